import ScaleControl
import ScaleCore
import Testing

@testable import ScaleProviders

@Suite struct KubernetesViewTests {
    /// A pod as `kubectl get` shows it, shortened.
    static func pod(
        _ name: String, phase: String = "Running", container: String = #""state": {"running": {"startedAt": "2026-01-01"}}"#,
        more: String = ""
    ) -> String {
        """
        {"kind": "Pod", "metadata": {"name": "\(name)"}, "status": {"phase": "\(phase)"\(more),
         "containerStatuses": [{"name": "server", "ready": false, "restartCount": 0, \(container)}]}}
        """
    }

    static func view(_ items: String...) -> String {
        #"{"apiVersion": "v1", "kind": "List", "items": ["# + items.joined(separator: ", ") + "]}"
    }

    static func waiting(_ reason: String, last: String = "") -> String {
        #""state": {"waiting": {"reason": "\#(reason)", "message": "m"}}\#(last)"#
    }

    @Test(
        arguments: [
            (pod("a"), .runs), (pod("a", phase: "Pending", container: waiting("ContainerCreating")), .waits("ContainerCreating: m")),
            (pod("a", phase: "Pending", container: waiting("ErrImagePull")), .waits("ErrImagePull: m")),
            (pod("a", phase: "Pending", container: waiting("ImagePullBackOff")), .fails("ImagePullBackOff: m")),
            (pod("a", phase: "Pending", container: waiting("InvalidImageName")), .fails("InvalidImageName: m")),
            (pod("a", phase: "Pending", container: waiting("CreateContainerConfigError")), .fails("CreateContainerConfigError: m")),
            (
                pod(
                    "a", container: waiting("CrashLoopBackOff", last: #", "lastState": {"terminated": {"exitCode": 3, "reason": "Error"}}"#)
                ),
                .fails("CrashLoopBackOff: m (Error, exit code 3)")
            ),
            (pod("a", container: waiting("SomethingNew")), .waits("SomethingNew: m")),
            (pod("a", container: #""state": {"terminated": {"exitCode": 1, "reason": "Error"}}"#), .waits("Error, exit code 1")),
            (pod("a", phase: "Failed", more: #", "reason": "Evicted", "message": "low on disk""#), .fails("Evicted: low on disk")),
            (pod("a", phase: "Succeeded", container: #""state": {}"#), .fails("Succeeded")),
            (
                #"{"kind": "Pod", "metadata": {"name": "a"}, "status": {"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes are available"}]}}"#,
                .waits("Unschedulable: 0/3 nodes are available")
            ),
            (#"{"kind": "Pod", "metadata": {"name": "a"}, "status": {"phase": "Pending"}}"#, .waits("Pending")),
            (#"{"kind": "Pod", "metadata": {"name": "a"}}"#, .waits("unknown")),
        ] as [(String, KubernetesPod.Standing)])
    func standings(pod: String, standing: KubernetesPod.Standing) throws {
        let view = try #require(KubernetesView(json: Self.view(pod)))
        #expect(view.pods.map(\.standing) == [standing])
    }

    @Test func whatALaunchConsistsOf() throws {
        let view = try #require(
            KubernetesView(
                json: Self.view(
                    #"{"kind": "Deployment", "metadata": {"name": "d"}, "status": {"conditions": [{"type": "Available", "status": "False"}, {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": "exceeded quota"}]}}"#,
                    Self.pod("b", more: #", "podIP": "10.0.0.2", "hostIP": "192.168.0.2""#),
                    #"{"kind": "Pod", "metadata": {"name": "going", "deletionTimestamp": "2026-01-01"}}"#, Self.pod("a"),
                    #"{"kind": "Service", "metadata": {"name": "s"}, "spec": {"ports": [{"port": 8000, "nodePort": 31000}]}, "status": {"loadBalancer": {"ingress": [{"hostname": "lb.example.org"}]}}}"#
                )))
        #expect(view.pods.map(\.name) == ["a", "b"] && view.pods[1].address == "10.0.0.2" && view.pods[1].nodeAddress == "192.168.0.2")
        #expect(view.pods.map(\.isScheduled) == [false, true])
        #expect(view.obstacle == "exceeded quota" && view.nodePort == 31_000 && view.balancerAddress == "lb.example.org")
    }

    @Test(arguments: ["", "{}", "[]", #"{"items": [{"kind": "Pod"}]}"#, "No resources found"]) func otherAnswersAreNone(json: String) {
        #expect(KubernetesView(json: json) == nil)
    }

    @Test(
        arguments: [
            (view(pod("a")), nil), (view(), "pod a is gone"), (view(pod("b")), "pod a is gone"),
            (view(pod("a", container: waiting("CrashLoopBackOff"))), "pod a does not run: CrashLoopBackOff: m"),
            (
                view(
                    #"{"kind": "Pod", "metadata": {"name": "a"}, "status": {"containerStatuses": [{"restartCount": 1, "state": {"running": {}}, "lastState": {"terminated": {"reason": "OOMKilled", "exitCode": 137}}}]}}"#
                ),
                "pod a was started again: OOMKilled, exit code 137"
            ),
        ] as [(String, String?)])
    func changes(now: String, change: String?) throws {
        let pod = try #require(KubernetesView(json: Self.view(Self.pod("a")))?.pods.first)
        #expect(KubernetesServers.change(of: pod, in: try #require(KubernetesView(json: now))) == change)
    }

    @Test(
        arguments: [
            ("Forwarding from 127.0.0.1:41231 -> 8000", 41_231), ("Forwarding from [::1]:41231 -> 8000", 41_231),
            ("Handling connection for 41231", nil), ("", nil),
            ("Forwarding from 127.0.0.1:0 -> 8000", nil),
        ] as [(String, UInt16?)])
    func ports(line: String, port: UInt16?) { #expect(PortForward.port(in: line) == port) }

    @Test(
        arguments: [
            (
                "E1127 03:13:56.040932   15573 memcache.go:265] \"Unhandled Error\"\nThe connection was refused\n",
                "The connection was refused"
            ),
            ("Error from server (Forbidden): no\n\nError: 2", "Error from server (Forbidden): no; Error: 2"), ("E1127 03:13:56.0 x\n", nil),
            ("", nil),
        ] as [(String, String?)])
    func complaints(text: String, sentence: String?) { #expect(KubernetesCommands.complaint(text) == sentence) }

    @Test(arguments: [
        ("a/b/c", "a/b", "c"), ("/ns", "", "ns"), ("ctx/", "ctx", ""), ("/", "", ""),
        ("arn:aws:eks:x:1:cluster/name/default", "arn:aws:eks:x:1:cluster/name", "default"),
    ])
    func places(place: String, context: String, namespace: String) {
        let commands = KubernetesCommands(place: place, clock: SystemClock())
        #expect(commands.context == context && commands.namespace == namespace && commands.place == place)
    }
}
