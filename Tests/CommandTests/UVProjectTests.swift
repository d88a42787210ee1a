import Foundation
import ScaleTestKit
import Testing

/// Projects in OpenEnv's layout, with a script in the place of uv that does what matters here: it goes to the folder that it is
/// told and runs what follows `--` there. The bundled environment stands for uvicorn.
@Suite("A project in OpenEnv's layout", .patience(minutes: 2)) struct UVProjectTests {
    static let uv = """
        #!/bin/sh
        if [ "$1" = --version ]; then echo uv 0; exit; fi
        while [ "$1" != -- ]; do if [ "$1" = --directory ]; then cd "$2" || exit 9; fi; shift; done
        test -f server/app.py || { echo "ModuleNotFoundError: No module named 'server'"; exit 1; }
        echo "$3" > served
        exec '\(Program.path)' serve --port "$7"
        """

    static func run(_ yaml: String, _ options: String, in place: Workplace) async throws -> Program.Ended {
        for folder in ["bin", "env/server"] {
            try FileManager.default.createDirectory(atPath: place.file(folder), withIntermediateDirectories: true)
        }
        for (name, text) in [("bin/uv", uv), ("env/pyproject.toml", ""), ("env/server/app.py", ""), ("env/openenv.yaml", yaml)] {
            try place.write(text, to: name)
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: place.file("bin/uv"))
        let words = ["--provider", "uv:./env" + options, "-n", "2", "-w", "0", "--no-calibrate", "--json", "--db", "run.sqlite"]
        return try await Program.run(words, in: place, shell: "PATH=$PWD/bin:$PATH")
    }

    @Test func itIsServedFromItsOwnFolderAsItsFileSays() async throws {
        try await Workplace.with { place in
            let ended = try await Self.run("app: server.app:other\nport: 8000\n", ",port=0", in: place)
            try #require(ended.isMeasured, "\(ended.said)")
            #expect(try place.text(of: "env/served") == "server.app:other\n")
            #expect(try Results(ended.output).cells.first?.infra == "uv-env-w1")
        }
    }

    @Test func itsPortIsTheOneOfItsFile() async throws {
        try await Workplace.with { place in
            let other = try StandIn(.mute)
            defer { other.stop() }
            let ended = try await Self.run("port: \(other.port)\n", "", in: place)
            #expect(ended.status == 2, "\(ended.said)")
            #expect(ended.sentences.first?.contains("port \(other.port) of 127.0.0.1 is taken") == true, "\(ended.said)")
            #expect(ended.said.contains("port=0"), "\(ended.said)")
        }
    }
}
