import ScaleCore
import ScaleEnv
import Testing

@Suite struct EnvironmentOptionsTests {
    @Test func theDefaults() throws {
        let configuration = try EnvironmentOptions().configuration { _ in nil }
        #expect(configuration == EnvironmentConfiguration())
        #expect(configuration.host == "127.0.0.1")
        #expect(configuration.port == 8000)
        #expect(configuration.workers == 1)
        #expect(configuration.maxConcurrentEnvs == nil)
    }

    @Test func variablesStandInForFlags() throws {
        let variables = ["PORT": "9000", "HOST": "0.0.0.0", "WORKERS": "3", "MAX_CONCURRENT_ENVS": "100", "ADVERTISE_HOST": ""]
        let configuration = try EnvironmentOptions(port: "9001").configuration { variables[$0] }
        #expect(
            configuration
                == EnvironmentConfiguration(host: "0.0.0.0", port: 9001, workers: 3, maxConcurrentEnvs: 100))
    }

    @Test func unlimitedCanBeSaid() throws {
        let variables = ["MAX_CONCURRENT_ENVS": "5"]
        let configuration = try EnvironmentOptions(maxConcurrentEnvs: "unlimited").configuration { variables[$0] }
        #expect(configuration.maxConcurrentEnvs == nil)
    }

    @Test func bracketsOfAnAddressAreTakenOff() throws {
        #expect(try EnvironmentOptions(host: "[::1]").configuration { _ in nil }.host == "::1")
    }

    @Test(
        "a wrong value is named with its source",
        arguments: [
            (EnvironmentOptions(port: "x"), "--port 'x' is not a whole number"),
            (EnvironmentOptions(port: "65536"), "--port '65536' is out of range"),
            (EnvironmentOptions(port: "-1"), "--port '-1' is out of range"),
            (EnvironmentOptions(workers: "0"), "--workers '0' is out of range"),
            (EnvironmentOptions(maxConcurrentEnvs: "0"), "--max-concurrent-envs '0' is out of range"),
            (EnvironmentOptions(host: ""), "--host '' is not a host"),
            (EnvironmentOptions(host: "a b"), "--host 'a b' is not a host"),
            (EnvironmentOptions(advertisedHost: "\""), "--advertise-host '\"' is not a host"),
            (EnvironmentOptions(), "WORKERS 'many' is not a whole number"),
        ])
    func wrongValues(options: EnvironmentOptions, message: String) {
        do throws(ScaleError) {
            _ = try options.configuration { $0 == message.prefix { $0 != " " } ? "many" : nil }
            Issue.record("accepted")
        } catch {
            #expect(error.message == message)
            #expect(error.code == .usage)
            #expect(error.hint != nil)
        }
    }
}
