import ScaleCore

/// Work that a cancelled task does to its end all the same, such as removing what was launched.
enum Undisturbed {
    static func run<Value: Sendable>(
        _ work: @escaping @Sendable () async throws(ScaleError) -> Value
    ) async throws(ScaleError) -> Value {
        let result = await Task.detached { () -> Result<Value, ScaleError> in
            do throws(ScaleError) { return .success(try await work()) } catch { return .failure(error) }
        }.value
        return try result.get()
    }
}
