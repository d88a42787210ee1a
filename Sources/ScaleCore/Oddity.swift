/// What a server did that is unusual and fails no session: the official client takes it too. Counted per cell; the raw
/// values are stored and never change their meaning.
public enum Oddity: String, Hashable, Sendable, Codable, CaseIterable {
    /// A message came in a binary frame.
    case binaryMessage = "binary_message"
    /// A number was `NaN`, `Infinity` or `-Infinity`, which JSON does not have and Python reads.
    case nonFiniteNumber = "non_finite_number"
    /// A frame gave its length in more bytes than it needs.
    case longLength = "long_length"
    /// A message of an unknown type that nobody asked for was passed over. The official client takes it for the answer to
    /// its next request, and every answer from there on for that to the request before.
    case unaskedMessage = "unasked_message"
    /// A kept HTTP connection was closed before the first byte of an answer, and the request was sent again.
    case resentRequest = "resent_request"
    /// The answer to a reset said that the episode is done: no step was sent.
    case doneAtReset = "done_at_reset"
}
