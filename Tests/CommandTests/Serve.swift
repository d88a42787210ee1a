import Testing

/// `scalebench serve` for the length of one closure.
enum Serve {
    /// - Parameter body: gets the URL of a port that the kernel chose.
    static func with(
        workers: Int = 1, in place: Workplace, _ body: @escaping @Sendable (String) async throws -> Void
    ) async throws {
        let ended = try await Program.run(["serve", "--port", "0", "--workers", "\(workers)"], in: place) { server in
            try await server.outputLines(1)
            let words = server.output.all[0].split(separator: " ")
            let place = try #require(words.firstIndex(of: "on"), "\(server.output.all)")
            try await body(String(words[place + 1]))
            server.signal(15)
        }
        #expect(ended.status == 0, "\(ended.said)")
    }
}
