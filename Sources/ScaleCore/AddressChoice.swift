/// Which addresses of a name get sessions. The raw values are stored and never change their meaning.
public enum AddressChoice: String, Hashable, Sendable, Codable, CaseIterable {
    /// All that answer, in turn, as if each stood in the list of URLs.
    case all
    /// The first that answers.
    case first
}
