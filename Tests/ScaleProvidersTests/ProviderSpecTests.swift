import ScaleCore
import ScaleProviders
import Testing

@Suite struct ProviderSpecTests {
    @Test(arguments: [
        ("local", "local", []),
        ("local:workers=2,max-concurrent-envs=40", "local", [("workers", "2"), ("max-concurrent-envs", "40")]),
        ("local:host=::1", "local", [("host", "::1")]),
        ("local:host=", "local", [("host", "")]),
        ("x:a=b=c", "x", [("a", "b=c")]),
        (#"x:a="1,2",b=3"#, "x", [("a", "1,2"), ("b", "3")]),
        (#"x:a="say ""no""",b="""#, "x", [("a", #"say "no""#), ("b", "")]),
        ("http://127.0.0.1:8000", "url", [("urls", "http://127.0.0.1:8000")]),
        ("https://a/x=1", "url", [("urls", "https://a/x=1")]),
        ("http://a,ws://b:1/p", "url", [("urls", "http://a,ws://b:1/p")]),
        (#"url:urls="http://a,http://b",cores=4"#, "url", [("urls", "http://a,http://b"), ("cores", "4")]),
        ("url:urls=http://a:8000", "url", [("urls", "http://a:8000")]),
    ])
    func reads(text: String, name: String, options: [(String, String)]) throws {
        let spec = try ProviderSpec(text)
        #expect(spec.name == name)
        #expect(spec.options == options.map { ProviderSpec.Option($0.0, $0.1) })
        #expect(try ProviderSpec(spec.description) == spec, "what it prints reads the same")
    }

    @Test(arguments: [
        ("", "names no provider"), ("Local", "names no provider"), (":workers=2", "names no provider"),
        ("local:", "an option without a key"), ("local:workers", "'workers', which is not key=value"),
        ("local:workers=1,", "an option without a key"), ("local:workers=1,workers=2", "gives 'workers' twice"),
        (#"x:a="1,2"#, "a quote in 'a' that does not end"), (#"x:a="1"2"#, "text after the quoted value of 'a'"),
        ("localhost:8000", "'8000', which is not key=value"),
    ])
    func refuses(text: String, problem: String) {
        let error = #expect(throws: ScaleError.self) { try ProviderSpec(text) }
        #expect(error?.code == .usage)
        #expect(error?.message.hasPrefix("--provider '\(text)'") == true)
        #expect(error?.message.contains(problem) == true, "\(String(describing: error))")
        #expect(error?.hint?.isEmpty == false)
    }

    @Test func aForgottenSchemeIsExplained() {
        let error = #expect(throws: ScaleError.self) { try ProviderSpec("localhost:8000") }
        #expect(error?.hint == "write a URL with its scheme: http://localhost:8000")
    }

    @Test(arguments: [
        ("loca", "--provider names 'loca', which is no provider", "local, process, uv, docker, swarm"),
        ("local:worker=2", "--provider local has no option 'worker'", "workers, max-concurrent-envs, host, port"),
        ("local:workers=two", "workers is 'two', which is not a whole number from 1 to 1024", "local:workers=1"),
        ("local:workers=0", "workers is '0'", "local:workers=1"),
        ("local:workers=-1", "workers is '-1'", "local:workers=1"),
        ("local:workers=99999999999999999999", "workers is", "local:workers=1"),
        ("local:max-concurrent-envs=1.5", "max-concurrent-envs is '1.5'", "local:max-concurrent-envs=1"),
        ("local:port=65536", "port is '65536', which is not a whole number from 0 to 65535", "local:port=1"),
        ("local:host=", "host is empty", "local:host="),
        ("url", "names no URL", "http://"), ("url:cores=2", "names no URL", "http://"),
        ("url:urls=http://a,cores=nan", "cores is 'nan', which is not a number above 0", "url:cores=4"),
        ("url:urls=http://a,cores=0", "cores is '0'", "url:cores=4"),
        ("ftp://a", "scheme 'ftp'", "http"), ("http://a:99999", "port '99999'", "http://"),
    ])
    func theRegistryRefuses(text: String, problem: String, remedy: String) {
        let error = #expect(throws: ScaleError.self) { try ProviderRegistry.provider(for: try ProviderSpec(text)) }
        #expect(error?.code == .usage)
        #expect(error?.message.contains(problem) == true, "\(String(describing: error))")
        #expect(error?.hint?.contains(remedy) == true, "\(String(describing: error))")
    }

    @Test func secretsAreNotPrinted() throws {
        let spec = try ProviderSpec("https://user:topsecret@host/p?token=topsecret,http://other")
        #expect(!spec.description.contains("topsecret"))
        let process = try ProviderSpec(#"process:command="A_TOKEN=""top secret"" ./x --password topsecret",cores=2"#)
        #expect(process.description == "process:command=A_TOKEN=*** ./x --password ***,cores=2")
        let unread = #expect(throws: ScaleError.self) { try ProviderSpec("process:command=A_TOKEN=topsecret,cores") }
        #expect(!"\(String(describing: unread))".contains("topsecret"))
        let error = #expect(throws: ScaleError.self) { try ProviderSpec("X https://user:topsecret@host") }
        #expect(!"\(String(describing: error))".contains("topsecret"))
    }

    @Test func everyProviderDescribesItself() throws {
        for type in ProviderRegistry.all {
            #expect(!type.summary.isEmpty)
            #expect(Set(type.options.map(\.key)).count == type.options.count)
        }
        #expect(Set(ProviderRegistry.all.map { $0.name }).count == ProviderRegistry.all.count)
        #expect(try ProviderRegistry.provider(for: ProviderSpec(ProviderRegistry.defaultName)) is LocalProvider)
    }

    // MARK: Readings

    @Test(arguments: [
        ("1", 1), ("512m", 536_870_912), ("2g", 2_147_483_648), ("2G", 2_147_483_648), ("2gb", 2_147_483_648), ("2GiB", 2_147_483_648),
        ("1.5k", 1536), ("1t", 1_099_511_627_776), ("100b", 100),
    ])
    func amountsOfMemory(text: String, bytes: Int) throws {
        #expect(try ProviderSpec(name: "x", options: [.init("memory", text)]).bytes("memory") == bytes)
    }

    @Test(arguments: ["", "m", "0", "-1m", "512q", "nan", "inf", "1e30", "0.1", "5 m", "1,5g"])
    func whatIsNoAmountOfMemory(text: String) {
        let error = #expect(throws: ScaleError.self) { try ProviderSpec(name: "x", options: [.init("memory", text)]).bytes("memory") }
        #expect(
            error?.message == "--provider x: memory is '\(text)', which is no amount of memory"
                && error?.hint == "write it like x:memory=512m")
    }

    @Test(arguments: [("true", true), ("yes", true), ("false", false), ("no", false)]) func yesAndNo(text: String, truth: Bool) throws {
        #expect(try ProviderSpec("x:init=\(text)").truth("init") == truth)
    }

    @Test(arguments: ["1", "True", "on", ""]) func neitherYesNorNo(text: String) {
        let error = #expect(throws: ScaleError.self) { try ProviderSpec("x:init=\(text)").truth("init") }
        #expect(error?.message == "--provider x: init is '\(text)', which is neither true nor false")
    }

    @Test func whatIsNotGivenIsNil() throws {
        let spec = try ProviderSpec("x")
        #expect(try spec.bytes("memory") == nil && spec.truth("init") == nil && spec.integer("n", in: 0...1) == nil)
        #expect(spec.values(under: "env.").isEmpty)
        let error = #expect(throws: ScaleError.self) { try spec.required("image", example: "x:image=a") }
        #expect(error?.message == "--provider x names no image" && error?.hint == "write it like x:image=a")
    }

    @Test func variablesStandUnderTheirPrefix() throws {
        let spec = try ProviderSpec(#"x:env.A=1,env.B="two, three",environment=4"#)
        #expect(spec.values(under: "env.") == ["A": "1", "B": "two, three"])
        let known = [OptionDescription.environment, OptionDescription("environment", "N", "")]
        try spec.check(against: known)
        for bad in ["x:env.=1", "x:env=1", "x:env.NAME.=1"] where bad != "x:env.NAME.=1" {
            #expect(throws: ScaleError.self) { try ProviderSpec(bad).check(against: known) }
        }
    }

    /// The value that may stand without its key, right behind the name.
    @Test(arguments: [
        ("exec:./launch.py", "./launch.py", 1), ("exec:./launch.py,workers=2", "./launch.py", 2),
        ("exec:path=./launch.py", "./launch.py", 1),
        ("exec:/opt/a=b/launch.py,workers=2", "/opt/a=b/launch.py", 2),
        (#"exec:"./launch.py --fast, please",workers=2"#, "./launch.py --fast, please", 2),
    ])
    func aPositionalValue(text: String, path: String, count: Int) throws {
        let spec = try ProviderSpec(text)
        #expect(spec.text("path") == path && spec.options.count == count, "\(spec.options)")
    }

    @Test(arguments: [
        ("docker:env.HF_TOKEN=abc,image=x", "docker:env.HF_TOKEN=***,image=x"), ("docker:env.MODEL=small", "docker:env.MODEL=***"),
        ("docker:env.DB=postgres://u:p@h/x?k=v", "docker:env.DB=***"), (#"docker:env.A="b,c",image=x"#, "docker:env.A=***,image=x"),
        ("exec:./launch.py,api-key=abc,region=here", "exec:path=./launch.py,api-key=***,region=here"),
    ])
    func valuesOfVariablesAreNotPrinted(text: String, shown: String) throws { #expect(try ProviderSpec(text).description == shown) }

    /// A plan with another model is another plan; one with a renewed token is the same.
    @Test(arguments: [
        ("docker:x,env.MODEL=small", "docker:x,env.MODEL=large", true), ("docker:x,env.MODEL=small", "docker:x,env.MODEL=small", false),
        ("docker:x,env.HF_TOKEN=old", "docker:x,env.HF_TOKEN=new", false), ("docker:x,cpus=1", "docker:x,cpus=2", true),
    ])
    func launchesThatDifferInAVariableDiffer(one: String, other: String, differ: Bool) throws {
        let (one, other) = (LaunchSpecification(try ProviderSpec(one)), LaunchSpecification(try ProviderSpec(other)))
        #expect((one.identity != other.identity) == differ)
        #expect(!one.shown.contains("small") && !one.identity.contains("old"))
    }
}
