/// Where a session is, and what is to be done for it next.
extension Episode {
    enum State: UInt8 {
        /// Its intended start has not come, or the loop has not got to it.
        case pending
        /// Wants a connection that is not free.
        case queued
        case connecting
        case resetting
        case stepping
        /// Has an answer, and its policy takes its time: open, but not in step.
        case thinking
        /// Has decided, and waits until all others have: open, but not in step.
        case gated
        /// Said goodbye and waits for the peer to finish.
        case closing
        case over
    }

    enum Action {
        case none
        /// Send the request that ``state`` names.
        case request
        /// Let the policy think; then ``Episode/thought(script:at:)``.
        case think
        /// Wait for the others; then ``Episode/released(at:)``.
        case gate
        /// Say goodbye and wait for the peer.
        case close
        /// The session is over: let its connection go.
        case finish
    }
}
