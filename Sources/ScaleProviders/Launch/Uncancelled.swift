/// Does something to its end although the task is cancelled: what was begun must be known, and what was made must go.
func uncancelled<Value: Sendable, Failure: Error>(
    _ work: @escaping @Sendable () async throws(Failure) -> Value
) async throws(Failure) -> Value {
    try await Task.detached { () async -> Result<Value, Failure> in
        do throws(Failure) { return .success(try await work()) } catch { return .failure(error) }
    }.value.get()
}
