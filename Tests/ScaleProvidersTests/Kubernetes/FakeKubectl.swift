import Foundation
import ScaleControl
import ScaleCore

@testable import ScaleProviders

/// A `kubectl` that writes down how it is called and answers from files: of a call's name the n-th answer, or the one for all.
/// `get-view`, `get-names` and `get-version` are told apart; every other call has the name of its first word.
final class FakeKubectl: Sendable {
    let folder: String
    var path: String { folder + "/kubectl" }

    private static let script = #"""
        #!/bin/sh
        here=${0%/*}
        echo "$*" >>"$here/calls"
        name=
        for word; do case $word in -*) ;; *) name=$word; break ;; esac; done
        case "$*" in
        *--raw=/version*) name=get-version ;;
        *deployments,pods,services,secrets*) name=get-names ;;
        *deployments,pods,services*) name=get-view ;;
        *current-context*) name=context ;;
        *jsonpath*) name=namespace ;;
        esac
        [ "$name" = create ] && cat >"$here/manifest"
        count=$(($(cat "$here/count-$name" 2>/dev/null || echo 0) + 1))
        echo "$count" >"$here/count-$name"
        answer=$here/$name-$count
        [ -e "$answer" ] || [ -e "$answer.error" ] || answer=$here/$name
        if [ -e "$answer.error" ]; then cat "$answer.error" >&2; exit 1; fi
        if [ -e "$answer" ]; then if [ "$name" = port-forward ]; then cat "$answer" >&2; exec sleep 1000; else cat "$answer"; fi; fi

        """#

    init(_ answers: [String: String] = [:]) throws {
        folder = NSTemporaryDirectory() + "scalebench-kubectl-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(Self.script.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        try answer(["get-version": #"{"major": "1", "gitVersion": "v1.31.2"}"#, "context": "here\n", "namespace": "team"])
        try answer(answers)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// By name, with `-n` behind it for the n-th only, and `.error` for what is said of a call that fails.
    func answer(_ answers: [String: String]) throws {
        for (name, text) in answers { try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name)) }
    }

    private func text(_ name: String) -> String {
        FileManager.default.contents(atPath: folder + "/" + name).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// In their order, a line each.
    var calls: [String] { text("calls").split(separator: "\n").map(String.init) }
    var manifest: String { text("manifest") }

    /// - Parameter deadline: for the start.
    func request(deadline: Nanoseconds = .seconds(60)) -> LaunchRequest {
        LaunchRequest(
            program: "/usr/bin/env", arguments: [], keeper: [], hostCores: 2, client: ControlClient(version: "1"),
            startupDeadline: deadline,
            stopGrace: .milliseconds(500), run: "0c1d")
    }

    func provider(_ options: String) throws -> KubernetesProvider {
        var provider = try KubernetesProvider(spec: ProviderSpec("kubernetes:" + options))
        provider.program = path
        return provider
    }
}
