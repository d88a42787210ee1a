import CLinux

/// SIGINT and SIGTERM as something a loop can watch.
public enum Signals {
    /// Blocks SIGINT and SIGTERM in the calling thread and those it starts later, and answers a descriptor that is
    /// readable when one has come. Call it before any thread is started.
    public static func descriptor() throws(SystemFault) -> Int32 {
        let descriptor = clinux_signal_descriptor()
        if descriptor < 0 { throw SystemFault("signalfd", -descriptor) }
        return descriptor
    }

    /// The signal that came, nil when none is pending.
    public static func read(_ descriptor: Int32) -> Int32? {
        let number = clinux_read_signal(descriptor)
        return number > 0 ? number : nil
    }

    /// Writing to a closed pipe answers an error instead of ending the process.
    public static func ignorePipe() { _ = clinux_ignore_sigpipe() }
}
