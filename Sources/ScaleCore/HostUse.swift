/// What the generator's host went through during a cell, from the kernel's own counters: host-wide unless said
/// otherwise, each nil where the kernel does not show it.
public struct HostUse: Hashable, Sendable, Codable {
    /// The most descriptors that the generator's processes had open at one moment, summed over them.
    public var openDescriptors: Int?
    /// Local ports that the cell's sockets could choose from toward one target, all source addresses together.
    public var availablePorts: Int?
    /// Sockets in TIME_WAIT when the cell began and when it was over.
    public var timeWaitBefore: Int?
    public var timeWaitAfter: Int?
    /// TCP segments that were sent again.
    public var retransmits: Int?
    /// Connections that a full accept queue turned away.
    public var listenDrops: Int?
    /// Pages that went to or came from swap.
    public var swappedPages: Int?
    /// Share of the processors' time that was not idle, 0 to 1.
    public var busyShare: Double?
    /// Share of the processors' time that the hypervisor gave to somebody else, 0 to 1.
    public var stealShare: Double?

    public init(
        openDescriptors: Int? = nil, availablePorts: Int? = nil, timeWaitBefore: Int? = nil, timeWaitAfter: Int? = nil,
        retransmits: Int? = nil, listenDrops: Int? = nil, swappedPages: Int? = nil, busyShare: Double? = nil,
        stealShare: Double? = nil
    ) {
        self.openDescriptors = openDescriptors
        self.availablePorts = availablePorts
        self.timeWaitBefore = timeWaitBefore
        self.timeWaitAfter = timeWaitAfter
        self.retransmits = retransmits
        self.listenDrops = listenDrops
        self.swappedPages = swappedPages
        self.busyShare = busyShare
        self.stealShare = stealShare
    }
}
