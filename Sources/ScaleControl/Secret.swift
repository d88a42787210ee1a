import ScaleCore

/// A token or password. It prints, reflects and interpolates as `***`; only ``revealed`` gives it away.
public struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// For the wire only.
    public let revealed: String

    public init(_ value: String) { revealed = value }

    public var description: String { Redaction.mark }
    public var debugDescription: String { Redaction.mark }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
