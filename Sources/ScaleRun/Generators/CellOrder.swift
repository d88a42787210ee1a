import Foundation
import ScaleCore
import ScaleEngine
import ScaleReactor
import ScaleTLS

/// One process's part of a cell, as it is sent to a generator process: values only, which that process turns into a
/// ``LoadSpec`` in the same way as its parent does.
///
/// It may hold credentials of a server, so it travels through a socket pair and never on a command line.
struct CellOrder: Codable {
    struct Target: Codable {
        var secure: Bool
        var host: String
        var port: UInt16
        var prefix: String
        var credentials: String?
        var query: String?
        var headers: [SecretHeader]
        /// Numeric, as it was resolved by the parent: all processes connect to the same one.
        var address: String
        var sources: [String]
    }

    var plan: Plan
    var key: CellKey
    var targets: [Target]
    var trust: TLSTrust
    /// Loops of all processes, and which of them are meant.
    var threads: Int
    var loops: Range<Int>

    init(plan: Plan, spec: LoadSpec, trust: TLSTrust, loops: Range<Int>) {
        self.plan = plan
        self.trust = trust
        self.loops = loops
        key = spec.key
        threads = spec.threads
        targets = spec.targets.map { target in
            let end = target.endpoint
            return Target(
                secure: end.secure, host: end.host, port: end.port, prefix: end.prefix, credentials: end.credentials,
                query: end.query, headers: end.headers, address: target.address.text, sources: target.sources.map(\.text))
        }
    }

    /// What the process runs.
    func spec() throws(ScaleError) -> LoadSpec {
        var resolved: [LoadTarget] = []
        for target in targets { resolved.append(try target.resolved()) }
        let secure = targets.contains(where: \.secure)
        let context = LiveDeployment.Context(
            targets: resolved, tls: secure ? try TLSContext(trust: trust) : nil, trace: try plan.trace?.read())
        var spec = try plan.spec(key, context, threads: threads)
        spec.loops = loops
        return spec
    }
}

extension CellOrder.Target {
    func resolved() throws(ScaleError) -> LoadTarget {
        let endpoint = Endpoint(
            secure: secure, host: host, port: port, prefix: prefix, credentials: credentials, query: query, headers: headers)
        do throws(ResolveFault) {
            var from: [SocketAddress] = []
            for source in sources { from += try SocketAddress.resolve(host: source, port: 0).prefix(1) }
            guard let to = try SocketAddress.resolve(host: address, port: port).first else {
                throw ResolveFault(host: address, message: "no address")
            }
            return LoadTarget(endpoint: endpoint, address: to, sources: from)
        } catch {
            throw ScaleError(.infrastructure, "a generator process cannot use an address", cause: error.description)
        }
    }
}

/// A message of a socket pair: its length in 8 bytes, lowest first, and then its bytes.
enum Framed {
    static let head = 8
    /// No share of a cell comes near it; what claims more is no message.
    private static let longest: UInt64 = 1 << 32

    static func message(_ bytes: [UInt8]) -> [UInt8] {
        withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { Array($0) } + bytes
    }

    /// The length that a message's first bytes state; nil for one that cannot be.
    static func length(_ head: some Collection<UInt8>) -> Int? {
        let value = head.prefix(Self.head).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return value <= longest ? Int(value) : nil
    }
}
