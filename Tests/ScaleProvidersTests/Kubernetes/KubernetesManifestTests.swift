import ScaleCore
import Testing

@testable import ScaleProviders

@Suite struct KubernetesManifestTests {
    static let mark = LaunchMark(run: "0c1d", invocation: "1f0c9a7be0d2", launch: 3)

    func provider(_ options: String) throws -> KubernetesProvider { try KubernetesProvider(spec: ProviderSpec("kubernetes:" + options)) }

    @Test func theLeast() throws {
        #expect(
            try provider("image=env").manifest.text(Self.mark) == """
                {
                  "apiVersion": "v1",
                  "kind": "List",
                  "items": [
                    {
                      "apiVersion": "apps/v1",
                      "kind": "Deployment",
                      "metadata": {
                        "name": "sb-1f0c9a7be0d2-3",
                        "labels": {
                          "scalebench.launch": "sb-1f0c9a7be0d2-3",
                          "scalebench.run": "0c1d"
                        }
                      },
                      "spec": {
                        "replicas": 1,
                        "revisionHistoryLimit": 0,
                        "selector": {
                          "matchLabels": {
                            "scalebench.launch": "sb-1f0c9a7be0d2-3"
                          }
                        },
                        "template": {
                          "metadata": {
                            "labels": {
                              "scalebench.launch": "sb-1f0c9a7be0d2-3",
                              "scalebench.run": "0c1d"
                            }
                          },
                          "spec": {
                            "automountServiceAccountToken": false,
                            "enableServiceLinks": false,
                            "terminationGracePeriodSeconds": 5,
                            "containers": [
                              {
                                "name": "server",
                                "image": "env",
                                "ports": [
                                  {
                                    "name": "http",
                                    "containerPort": 8000
                                  }
                                ],
                                "env": [
                                  {
                                    "name": "HOST",
                                    "value": "0.0.0.0"
                                  },
                                  {
                                    "name": "PORT",
                                    "value": "8000"
                                  }
                                ],
                                "readinessProbe": {
                                  "httpGet": {
                                    "path": "/health",
                                    "port": "http"
                                  },
                                  "periodSeconds": 2,
                                  "timeoutSeconds": 30,
                                  "failureThreshold": 3
                                }
                              }
                            ]
                          }
                        }
                      }
                    }
                  ]
                }

                """)
    }

    /// What each option adds, without spaces.
    @Test(arguments: [
        ("replicas=3", #""replicas":3,"#), ("port=81", #""containerPort":81"#), ("port=81", #"{"name":"PORT","value":"81"}"#),
        ("workers=2", #"{"name":"WORKERS","value":"2"}"#), ("max-concurrent-envs=40", #"{"name":"MAX_CONCURRENT_ENVS","value":"40"}"#),
        (
            "cpus=1.5,memory=512m",
            #""resources":{"limits":{"cpu":"1500m","memory":"536870912"},"requests":{"cpu":"1500m","memory":"536870912"}}"#
        ),
        ("cpus=0.0001", #""limits":{"cpu":"1m"}"#), ("command=a 'b c'", #""args":["a","bc"],"#),
        (
            "expose=service",
            #"{"apiVersion":"v1","kind":"Service","metadata":{"name":"sb-1f0c9a7be0d2-3","labels":{"scalebench.launch":"sb-1f0c9a7be0d2-3","scalebench.run":"0c1d"}},"spec":{"type":"ClusterIP","selector":{"scalebench.launch":"sb-1f0c9a7be0d2-3"},"ports":[{"name":"http","port":8000,"targetPort":"http"}]}}"#
        ),
        ("expose=nodeport", #""type":"NodePort""#), ("expose=loadbalancer", #""type":"LoadBalancer""#),
        (
            "env.TOKEN=s3cret",
            #"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"sb-1f0c9a7be0d2-3","labels":{"scalebench.launch":"sb-1f0c9a7be0d2-3","scalebench.run":"0c1d"}},"type":"Opaque","stringData":{"TOKEN":"s3cret"}}"#
        ),
        ("env.TOKEN=s3cret", #"{"name":"TOKEN","valueFrom":{"secretKeyRef":{"name":"sb-1f0c9a7be0d2-3","key":"TOKEN"}}}"#),
    ])
    func options(options: String, adds: String) throws {
        let text = try provider("image=env," + options).manifest.text(Self.mark).filter { !$0.isWhitespace }
        #expect(text.contains(adds), "\(text)")
    }

    @Test func aVariableOfTheUsersGoesBeforeOurs() throws {
        let text = try provider("image=env,env.PORT=9,env.HOST=::").manifest.text(Self.mark)
        #expect(!text.contains(#""value""#) && text.split(separator: "s3cret").count == 1)
    }

    @Test(arguments: ["image=env", "image=env,expose=pods"]) func withoutNeedThereIsNeitherServiceNorSecret(options: String) throws {
        let text = try provider(options).manifest.text(Self.mark)
        #expect(!text.contains("Secret") && !text.contains(#""Service""#))
    }

    @Test(arguments: [
        ("image=env", "kubernetes-env-r1"),
        ("image=registry.example.org:5000/a/env:1.2,replicas=3,workers=2,max-concurrent-envs=40", "kubernetes-env-r3-w2-c40"),
        ("image=a/env@sha256:00", "kubernetes-env-r1"),
    ])
    func itsNameTellsItApart(options: String, infra: String) throws {
        let provider = try provider(options)
        #expect(provider.infra(replicas: provider.manifest.replicas) == infra)
    }

    @Test(arguments: [
        "replicas=2", "image=", "image=a,replicas=0", "image=a,port=0", "image=a,expose=ingress", "image=a,cpus=0", "image=a,memory=much",
        "image=a,command=",
        "image=a,command='x", "image=a,env.A-B=1", "image=a,env.1=1", "image=a,context=--as=root", "image=a,namespace=-n",
        "image=a,namespace=",
    ])
    func badOptionsAreRefused(options: String) {
        let error = #expect(throws: ScaleError.self) { try provider(options) }
        #expect(error?.code == .usage && error?.message.hasPrefix("--provider kubernetes") == true && error?.hint != nil)
    }
}
