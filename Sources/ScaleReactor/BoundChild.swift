import CLinux

/// A child that shares the caller's process group and is asked to end when the caller does, however that happens.
public enum BoundChild {
    /// Starts a program by its name or path. The thread that calls must live as long as the child shall: with it the
    /// child is sent SIGTERM.
    /// - Parameters:
    ///   - input: what becomes its standard input.
    ///   - output: what becomes its standard output; its errors go where the caller's do.
    /// - Returns: its number, for whoever reaps it.
    public static func start(_ words: [String], input: Int32, output: Int32) throws(SystemFault) -> Int32 {
        let started = CStringList.with(words) { clinux_spawn_bound($0, input, output) }
        if started < 0 { throw SystemFault("exec(\(words.first ?? ""))", -started) }
        return started
    }
}

/// Texts as C takes a list of them: with NULL behind the last.
enum CStringList {
    static func with<Value>(_ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Value) -> Value {
        var words: [UnsafeMutablePointer<CChar>?] = texts.map { text in
            let bytes = Array(text.utf8CString)
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
            copy.initialize(from: bytes, count: bytes.count)
            return copy
        }
        words.append(nil)
        defer { for word in words { word?.deallocate() } }
        return body(words)
    }
}
