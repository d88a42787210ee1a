/// How the sessions of a cell fared at one of several addresses, where each session has one of its own.
public struct AddressUse: Hashable, Sendable, Codable {
    /// `127.0.0.1:8000`, `[::1]:8000`; of a capability URL redacted.
    public var address: String
    /// Sessions that were sent there.
    public var offered: Int
    public var succeeded: Int

    public init(address: String, offered: Int, succeeded: Int) {
        self.address = address
        self.offered = offered
        self.succeeded = succeeded
    }
}
