import ScaleCore
import ScaleReactor

extension EnvironmentServer {
    /// Serves on a thread of its own, in this process, while `body` runs; the server has stopped when this returns.
    /// - Parameter body: takes the port, on which the server listens already.
    public static func serving<Result>(
        _ configuration: EnvironmentConfiguration, isolation: isolated (any Actor)? = #isolation,
        _ body: (UInt16) async throws -> Result
    ) async throws -> Result {
        let listener = try Listener.bind(configuration)
        let wakeUp: WakeUp
        do throws(SystemFault) {
            wakeUp = try WakeUp()
            try listener.listen()
        } catch {
            listener.close()
            throw Listener.fault(error, configuration)
        }
        defer { wakeUp.close() }
        let served = ReactorThread.start { () -> ScaleError? in
            do throws(ScaleError) {
                var server = try EnvironmentServer(configuration, listener: listener)
                try server.run(until: [.wakeUp(wakeUp)])
                return nil
            } catch {
                return error
            }
        }
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body(listener.localPort)) } catch { result = .failure(error) }
        wakeUp.ring()
        if let failure = await served.value { throw failure }
        return try result.get()
    }
}
