import CFuzzer
import Glibc

// libFuzzer takes a C function, which captures nothing: what it calls stands here. Set once, before the loop starts.
nonisolated(unsafe) private var check: ([UInt8]) -> String? = { _ in nil }

/// Hands the process to libFuzzer; whatever `check` says is wrong ends it with a report and the input that did it.
public func fuzz(_ body: @escaping ([UInt8]) -> String?) -> Never {
    check = body
    var count = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    let status = withUnsafeMutablePointer(to: &arguments) { pointer in
        pointer.withMemoryRebound(to: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?.self, capacity: 1) {
            LLVMFuzzerRunDriver(&count, $0) { data, size in
                let bytes = [UInt8](UnsafeRawBufferPointer(start: data, count: size))
                if let problem = check(bytes) { fatalError(problem) }
                return 0
            }
        }
    }
    exit(status)
}
