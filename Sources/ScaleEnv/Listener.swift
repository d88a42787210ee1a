import ScaleCore
import ScaleReactor

/// The socket a server listens on, and in which words it fails.
enum Listener {
    /// A bound socket that does not listen yet, at the first address of the host that can be bound.
    static func bind(_ configuration: EnvironmentConfiguration) throws(ScaleError) -> Socket {
        let addresses: [SocketAddress]
        do throws(ResolveFault) {
            addresses = try SocketAddress.resolve(
                host: configuration.host, port: configuration.port, listening: true)
        } catch {
            throw ScaleError(
                .usage, "--host '\(configuration.host)' cannot be resolved", cause: error.message,
                hint: "give an address of this machine, such as 127.0.0.1, or 0.0.0.0 for every interface")
        }
        var failure = SystemFault("bind", Errno.addressNotAvailable)
        for address in addresses {
            do throws(SystemFault) {
                return try Socket.bound(to: address, shared: configuration.sharesPort)
            } catch {
                failure = error
            }
        }
        throw fault(failure, configuration)
    }

    static func fault(_ fault: SystemFault, _ configuration: EnvironmentConfiguration) -> ScaleError {
        let place = configuration.place(port: configuration.port)
        let hint =
            switch fault.code {
            case Errno.addressInUse: "stop what listens there, or give another --port (0 lets the kernel choose)"
            case Errno.addressNotAvailable: "give --host an address of this machine, or 0.0.0.0 for every interface"
            case Errno.permissionDenied: "give a --port above 1023, or run with the right to bind low ports"
            default: "check --host and --port"
            }
        return ScaleError(.infrastructure, "cannot listen on \(place)", cause: SystemFault.message(fault.code), hint: hint)
    }
}
