import Foundation
import ScaleControl
import ScaleCore
import ScaleTestKit
import Testing

@testable import ScaleProviders

/// To the last byte of its calls, against a `kubectl` that follows a script.
@Suite struct KubernetesProviderTests {
    private typealias View = KubernetesViewTests

    private static let address = #", "podIP": "10.0.0.7", "hostIP": "127.0.0.2""#
    private static let one = View.view(View.pod("p1", more: address))
    private static let two = View.view(View.pod("p1", more: address), View.pod("p2", more: address))

    @Test func fromItsFirstCallToItsLast() async throws {
        let kubectl = try FakeKubectl([
            "get-view": Self.two, "get-view-1": View.view(View.pod("p1", phase: "Pending", container: View.waiting("ContainerCreating"))),
            "port-forward-1": "Forwarding from 127.0.0.1:4001 -> 81\n", "port-forward-2": "Forwarding from 127.0.0.1:4002 -> 81\n",
            "get-names": "", "get-names-1": "deployment.apps/d\npod/p1\n", "get-names-2": "pod/p1\n", "logs": "a\nb\n",
        ])
        let request = kubectl.request()
        let provider = try kubectl.provider("image=env,replicas=2,port=81,cpus=2,env.TOKEN=s3cret")
        let servers = try await provider.launch(request)
        #expect(servers.endpoints.map(\.redacted) == ["http://127.0.0.1:4001", "http://127.0.0.1:4002"])
        #expect(
            servers.facts
                == DeploymentRecord(
                    provider: "kubernetes", infra: "kubernetes-env-r2", cores: 4, replicas: 2, workers: nil, sessionCap: nil,
                    endpoints: ["http://127.0.0.1:4001", "http://127.0.0.1:4002"], balancer: "kubectl port-forward"))
        #expect(servers.lifecycle.map(\.stage) == [.create, .scheduled, .started, .create, .scheduled, .started])
        #expect(kubectl.manifest == provider.manifest.text(request.mark))
        #expect((servers as? any ResourceReading)?.balancerProcesses.count == 2)
        #expect(await servers.health() == .alive)
        #expect(await servers.logs(last: 4) == ["p1: a", "p1: b", "p2: a", "p2: b"])
        let name = request.mark.name
        let there = "--context=here --namespace=team"
        let select = "--selector=scalebench.launch=\(name)"
        #expect(request.ledger.outstanding.first == Resource(.kubernetes, name, place: "here/team"))
        try await servers.stop()
        try await servers.stop()
        #expect(request.ledger.outstanding.isEmpty)
        let view = "\(there) get deployments,pods,services \(select) --output=json --request-timeout=25s"
        let names = "\(there) get deployments,pods,services,secrets \(select) --output=name --request-timeout=25s"
        #expect(
            kubectl.calls == [
                "config current-context --request-timeout=25s",
                "--context=here config view --minify --output=jsonpath={..namespace} --request-timeout=25s",
                "\(there) get --raw=/version --request-timeout=5s", "\(there) create --filename=- --output=name --request-timeout=25s",
                view, view,
                "\(there) port-forward pod/p1 :81 --address=127.0.0.1", "\(there) port-forward pod/p2 :81 --address=127.0.0.1", view,
                "\(there) logs p1 --tail=2 --request-timeout=5s", "\(there) logs p2 --tail=2 --request-timeout=5s", names,
                "\(there) delete deployments,services,secrets \(select) --wait=false --ignore-not-found --output=name --request-timeout=25s",
                names, names,
                names,
            ])
        #expect(!kubectl.calls.joined().contains("s3cret") && kubectl.manifest.contains("s3cret"))
    }

    @Test(arguments: [
        ("pods", ["http://10.0.0.7:8000"]), ("service", ["http://NAME.team.svc:8000"]), ("nodeport", ["http://127.0.0.2:31000"]),
        ("loadbalancer", ["http://lb.example.org:8000"]),
    ])
    func otherWays(expose: String, endpoints: [String]) async throws {
        let service =
            #"{"kind": "Service", "metadata": {"name": "s"}, "spec": {"ports": [{"nodePort": 31000}]}, "status": {"loadBalancer": {"ingress": [{"hostname": "lb.example.org"}]}}}"#
        let kubectl = try FakeKubectl([
            "get-view-1": View.view(View.pod("p1")), "get-view": View.view(View.pod("p1", more: Self.address), service),
        ])
        let request = kubectl.request()
        let servers = try await kubectl.provider("image=env,expose=\(expose)").launch(request)
        #expect(servers.endpoints.map(\.redacted) == endpoints.map { $0.replacing("NAME", with: request.mark.name) })
        try await servers.stop()
    }

    /// What of a launch goes wrong, the answer that says so, and the sentence.
    @Test(
        arguments: [
            (
                ["get-version.error": "The connection to the server was refused\n"], "no cluster of Kubernetes answers",
                "The connection to the server was refused"
            ),
            (
                ["create.error": "Error from server (Forbidden): deployments is forbidden\n"],
                "the cluster refuses what kubectl was to create", "Error from server (Forbidden): deployments is forbidden"
            ),
            (
                ["get-view": View.view(View.pod("p1", phase: "Pending", container: View.waiting("ImagePullBackOff")))],
                "pod p1 ended before it was ready: ImagePullBackOff: m", "last words"
            ),
            (
                [
                    "get-view": View.view(
                        #"{"kind": "Pod", "metadata": {"name": "p1"}, "status": {"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes"}]}}"#
                    )
                ], "0 of 1 pods run after 1 s", "pod p1: Unschedulable: 0/3 nodes"
            ),
            (
                [
                    "get-view": View.view(
                        #"{"kind": "Deployment", "metadata": {"name": "d"}, "status": {"conditions": [{"type": "ReplicaFailure", "status": "True", "message": "exceeded quota"}]}}"#
                    )
                ], "0 of 1 pods run after 1 s", "exceeded quota"
            ),
            (["get-view": View.view()], "0 of 1 pods run after 1 s", "the others have not been made"),
            (
                ["get-view.error": "E0101 00:00:00 noise\nUnable to connect\n"], "the cluster does not tell of what was launched",
                "Unable to connect"
            ),
            (
                ["port-forward.error": "error: unable to forward port\n"], "kubectl port-forward to pod p1 ended with exit status 1",
                "error: unable to forward port"
            ),
        ] as [([String: String], String, String)])
    func whatGoesWrongIsSaidAndRemoved(answers: [String: String], sentence: String, cause: String) async throws {
        let kubectl = try FakeKubectl(["get-view": Self.one, "logs": "last words\n", "get-names-1": "deployment.apps/d\n"])
        try kubectl.answer(answers)
        let request = kubectl.request(deadline: .seconds(1))
        let provider = try kubectl.provider("image=env")
        let error = await #expect(throws: ScaleError.self) { try await provider.launch(request) }
        #expect(error?.code == .infrastructure && error?.message == sentence && error?.cause == cause)
        #expect(request.ledger.outstanding.isEmpty)
        #expect(answers["get-version.error"] != nil || kubectl.calls.contains { $0.contains(" delete ") })
    }

    @Test func whatCannotBeRemovedStaysInTheLedger() async throws {
        let kubectl = try FakeKubectl(["create.error": "half\n", "get-names": "deployment.apps/d\n", "delete.error": "Forbidden\n"])
        let request = kubectl.request()
        let provider = try kubectl.provider("image=env")
        await #expect(throws: ScaleError.self) { try await provider.launch(request) }
        let left = Resource(.kubernetes, request.mark.name, place: "here/team")
        #expect(request.ledger.outstanding == [left])
        let sweeper = KubernetesSweeper(program: kubectl.path)
        #expect(try await sweeper.find(left, request) == ["deployment.apps/d"])
        let error = await #expect(throws: ScaleError.self) { try await sweeper.remove(left, request) }
        #expect(error?.message == "the cluster does not remove what is left of \(left.name)" && error?.cause == "Forbidden")
        try FileManager.default.removeItem(atPath: kubectl.folder + "/delete.error")
        try kubectl.answer(["get-names": ""])
        try await sweeper.remove(left, request)
        #expect(try await sweeper.find(left, request) == [])
    }

    @Test func aCancelledLaunchIsRemoved() async throws {
        let kubectl = try FakeKubectl(["get-view": View.view(), "get-names-1": "deployment.apps/d\n"])
        let request = kubectl.request()
        let provider = try kubectl.provider("image=env")
        let launch = Task { () -> ScaleError.Code? in
            do throws(ScaleError) { _ = try await provider.launch(request) } catch { return error.code }
            return nil
        }
        #expect(await eventually { kubectl.calls.contains { $0.contains(" get deployments,pods,services ") } })
        launch.cancel()
        #expect(await launch.value == .interrupted)
        #expect(kubectl.calls.contains { $0.contains(" delete ") } && request.ledger.outstanding.isEmpty)
    }

    @Test func aPodThatIsStartedAgainEndsTheDeployment() async throws {
        let kubectl = try FakeKubectl([
            "get-view-1": Self.one, "port-forward": "Forwarding from 127.0.0.1:4001 -> 8000\n", "logs": "last words\n",
        ])
        let again =
            #"{"kind": "Pod", "metadata": {"name": "p1"}, "status": {"containerStatuses": [{"restartCount": 1, "state": {"running": {}}, "lastState": {"terminated": {"reason": "OOMKilled", "exitCode": 137}}}]}}"#
        try kubectl.answer(["get-view": View.view(again)])
        let servers = try await kubectl.provider("image=env").launch(kubectl.request())
        #expect(
            await servers.health() == .ended(.init(state: "pod p1 was started again: OOMKilled, exit code 137", lastLines: ["last words"])))
        #expect(kubectl.calls.last?.contains("logs p1 --tail=8 --previous") == true)
        try await servers.stop()
    }

    @Test func aWayThatBreaksEndsTheDeployment() async throws {
        let kubectl = try FakeKubectl(["get-view": Self.one, "port-forward": "Forwarding from 127.0.0.1:4001 -> 8000\n"])
        let servers = try await kubectl.provider("image=env").launch(kubectl.request())
        #expect(await servers.health() == .alive)
        let way = try #require((servers as? any ResourceReading)?.balancerProcesses.first)
        kill(way, SIGKILL)
        #expect(await eventually { await servers.health() != .alive })
        #expect(await servers.health() == .ended(.init(state: "kubectl port-forward to pod p1 ended with signal 9")))
        try await servers.stop()
    }

    @Test func thereCanBeMoreOfThem() async throws {
        let kubectl = try FakeKubectl([
            "get-view-1": Self.one, "get-view": Self.two, "port-forward-1": "Forwarding from 127.0.0.1:4001 -> 8000\n",
            "port-forward-2": "Forwarding from 127.0.0.1:4002 -> 8000\n",
        ])
        let request = kubectl.request()
        let servers = try #require(try await kubectl.provider("image=env").launch(request) as? any Rescalable)
        let more = try await servers.rescale(to: 2)
        #expect(more.endpoints.map(\.redacted) == ["http://127.0.0.1:4001", "http://127.0.0.1:4002"])
        #expect(more.facts.replicas == 2 && more.facts.infra == "kubernetes-env-r2")
        #expect(
            kubectl.calls.contains(
                "--context=here --namespace=team scale deployment/\(request.mark.name) --replicas=2 --request-timeout=25s"))
        try await more.stop()
        #expect(request.ledger.outstanding.isEmpty)
    }
}
