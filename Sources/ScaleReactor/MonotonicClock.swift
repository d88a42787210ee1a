import CLinux
import ScaleCore

/// The clock every measurement is read from: `CLOCK_MONOTONIC`, through the vDSO without a system call.
public enum MonotonicClock {
    public static func now() -> MonotonicTime { MonotonicTime(nanoseconds: clinux_now()) }
}

/// Processor time and wall time, for labels and for what the generator itself costs.
public enum HostClock {
    public static func wallTime() -> WallTime { WallTime(microseconds: clinux_wall_microseconds()) }

    /// Processor time of the calling thread.
    public static func threadCPU() -> Nanoseconds { Nanoseconds(clinux_thread_cpu()) }

    /// How long the calling thread could have run and had no processor, since it began; nil where the kernel does not
    /// say (`CONFIG_SCHED_INFO`, sched-stats.rst). It opens a file: not for a path that is walked often.
    public static func threadStarved() -> Nanoseconds? {
        let span = clinux_thread_starved()
        return span < 0 ? nil : Nanoseconds(span)
    }

    /// Processor time of the whole process.
    public static func processCPU() -> Nanoseconds { Nanoseconds(clinux_process_cpu()) }
}
