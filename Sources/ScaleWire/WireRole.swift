/// Which end of a connection a codec stands at: the one that receives.
public enum WireRole: Sendable {
    /// Connects and asks; its frames go out masked and its messages come in as responses.
    case client
    /// Accepts and answers.
    case server
}
