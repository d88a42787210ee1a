import CLinux

/// What the kernel lets this process do.
public enum HostLimits {
    public struct Descriptors: Sendable {
        public var soft: Int
        public var hard: Int
    }

    /// Raises the soft descriptor limit to the hard one, and answers what holds then.
    public static func raiseDescriptors() throws(SystemFault) -> Descriptors {
        var soft: UInt64 = 0
        var hard: UInt64 = 0
        let code = clinux_raise_descriptor_limit(&soft, &hard)
        if code < 0 { throw SystemFault("getrlimit", -code) }
        return Descriptors(soft: Int(clamping: soft), hard: Int(clamping: hard))
    }

    /// Processors the affinity mask allows; at least 1.
    public static func allowedCores() -> Int { max(1, Int(clinux_allowed_cores())) }

    /// Forgets how large the process has been, so that ``peakRSSBytes()`` counts from here (proc_pid_clear_refs(5)).
    /// - Returns: false where the kernel refuses; the peak then stays that of the whole life of the process.
    @discardableResult
    public static func resetPeakRSS() -> Bool { clinux_reset_peak_rss() == 0 }

    /// The largest resident set since ``resetPeakRSS()``, or since the process began.
    public static func peakRSSBytes() -> Int {
        var bytes: Int64 = 0
        _ = clinux_usage(&bytes)
        return Int(bytes)
    }
}
