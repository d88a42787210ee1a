import CLinux

/// SIGINT, SIGTERM and SIGHUP as something a loop can watch.
public enum Signals {
    /// Takes them over and answers a descriptor that is readable when one has come; the same one for
    /// every call. A signal that the process was started to ignore stays ignored.
    public static func descriptor() throws(SystemFault) -> Int32 {
        let descriptor = clinux_signal_descriptor()
        if descriptor < 0 { throw SystemFault("sigaction", -descriptor) }
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
