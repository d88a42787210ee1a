import Logging
import ScaleControl
import ScaleCore
import Synchronization

/// Whether an image is fetched from its registry.
enum PullPolicy: String, CaseIterable, Sendable {
    case missing, always, never
}

// MARK: - Images

extension Engine {
    private struct Image: Decodable {
        var os: String?
        var architecture: String?

        /// Whether it is for `OS`, `OS/ARCHITECTURE` or `OS/ARCHITECTURE/VARIANT`.
        func isFor(_ platform: String?) -> Bool {
            guard let parts = platform?.split(separator: "/") else { return true }
            return zip(parts, [os, architecture]).allSatisfy { $1 == nil || $0 == $1! }
        }
    }

    /// A slow registry takes its time; a user who has waited long enough can stop it.
    private static let pullDeadline = Nanoseconds.seconds(6 * 3600)

    /// Sees to it that an image is there, and tells how far its pull is.
    /// - Throws: usage, for an image that is nowhere; infrastructure, where it cannot be pulled; interrupted.
    func provide(
        _ image: ImageName, _ policy: PullPolicy, platform: String?, _ request: LaunchRequest
    ) async throws(ScaleError) {
        var isThere = false
        do throws(EngineFault) {
            let found: Image = try await read("/images/\(image)/json")
            isThere = found.isFor(platform)
        } catch {
            if error.status == 400 { throw error.error("no image is called '\(image)'", hint: "write it like repository/name:tag") }
            guard error.isMissing else { throw error.error("it cannot be found out whether the image \(image) is there") }
        }
        switch policy {
        case .never where !isThere:
            throw .usage(
                "the image \(image)\(platform.map { " for \($0)" } ?? "") is not on the Docker engine at \(socket.path)",
                hint: "build or pull it there, or leave pull=never out")
        case .missing where isThere, .never: return
        case .missing, .always: try await pull(image, platform, request)
        }
    }

    private func pull(_ image: ImageName, _ platform: String?, _ request: LaunchRequest) async throws(ScaleError) {
        request.log.info("pulling an image", metadata: ["resource": "\(image)"])
        request.progress("pulling \(image) …")
        let pull = Pull(image: image, request: request)
        let query = [("fromImage", image.repository), ("tag", image.version)] + (platform.map { [("platform", $0)] } ?? [])
        do throws(EngineFault) {
            try await stream(.post, "/images/create", query, within: Self.pullDeadline) { pull.take($0) }
        } catch {
            if error.isMissing { throw absent(image, error.message) }
            throw error.error("the image \(image) cannot be pulled", hint: "check its name and that its registry can be reached")
        }
        if let failure = pull.failure {
            throw ScaleError(
                .infrastructure, "the image \(image) cannot be pulled", cause: failure,
                hint: "check its name and that its registry can be reached")
        }
        request.log.info("pulled an image", metadata: ["resource": "\(image)"])
    }

    /// Neither here nor in its registry.
    private func absent(_ image: ImageName, _ said: String) -> ScaleError {
        ScaleError(
            .usage, "there is no image \(image), neither on the Docker engine at \(socket.path) nor in its registry", cause: said,
            hint: "check its name; what needs a password is pulled by hand: docker pull \(image)")
    }
}

/// A pull on its way.
private final class Pull: Sendable {
    private struct State {
        var progress = PullProgress()
        var shown = ""
        var shownAt: MonotonicTime
    }

    private let image: ImageName
    private let request: LaunchRequest
    private let state: Mutex<State>

    init(image: ImageName, request: LaunchRequest) {
        self.image = image
        self.request = request
        state = Mutex(State(shownAt: request.clock.now))
    }

    /// Tells people twice a second, and only what is new.
    func take(_ piece: [UInt8]) {
        let news = state.withLock { state -> String? in
            state.progress.append(piece)
            let words = state.progress.words
            guard words != state.shown, request.clock.now - state.shownAt >= .milliseconds(500) || state.shown.isEmpty else { return nil }
            state.shown = words
            state.shownAt = request.clock.now
            return words
        }
        if let news { request.progress("pulling \(image): \(news)") }
    }

    var failure: String? {
        state.withLock { state in
            state.progress.finish()
            return state.progress.failure
        }
    }
}
