import ScaleCore
import ScaleWire

@testable import ScaleEngine

/// What holds for every action template, whatever the user wrote.
enum ActionInvariants {
    private static let steps = [1, 9, 10, 99, 4_096, 99_999, Int.max]
    private static let sessions = [0, 8, 15, 777, 16_384, Int.max]
    private static let waits: [Nanoseconds] = [
        .zero, Nanoseconds(1), .milliseconds(250), .seconds(1), .seconds(86_400), Nanoseconds(.max),
    ]

    /// The data is what stands behind `--action`.
    /// - Returns: what is wrong; nil when nothing is.
    static func action(_ data: [UInt8]) -> String? {
        let text = String(decoding: data, as: UTF8.self)
        for wait in waits.map(Optional.some) + [nil] {
            do {
                let template = try ActionTemplate(text, wait: wait)
                if let problem = judge(template, mayDraw: wait == nil) { return problem }
            } catch {
                if error.code != .usage || !error.message.contains("--action") || error.hint?.isEmpty != false {
                    return "refused without saying why: \(error)"
                }
            }
        }
        return nil
    }

    private static func judge(_ template: ActionTemplate, mayDraw: Bool) -> String? {
        if template.isBenchmark { return "a user's action counts as the benchmark's" }
        let first = rendered(template, step: 1, session: 0, wait: .zero)
        for (index, step) in steps.enumerated() {
            let session = sessions[index % sessions.count]
            for wait in mayDraw ? waits : [.zero] {
                let action = rendered(template, step: step, session: session, wait: wait)
                let place = "with step \(step), session \(session) and wait \(wait.rawValue) ns"
                guard let action else { return "longer than it says \(place)" }
                let isObject = action.withUnsafeBytes { JSONValue.parse($0)?.kind == .object }
                if !isObject { return "no JSON object \(place): \(String(decoding: action, as: UTF8.self))" }
                if template.isConstant, action != first { return "constant, but different \(place)" }
            }
        }
        return nil
    }

    /// Into memory of exactly the size that the template says it needs, so that a sanitizer sees every byte beyond.
    private static func rendered(_ template: ActionTemplate, step: Int, session: Int, wait: Nanoseconds) -> [UInt8]? {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: template.maximumSize, alignment: 1)
        defer { memory.deallocate() }
        let count = template.write(step: step, session: session, wait: wait, to: memory)
        return count <= memory.count ? [UInt8](memory[..<count]) : nil
    }
}
