import Foundation
import ScaleCore
import ScaleEngine

extension Trace {
    /// Reads a file of recorded episodes, before anything is launched.
    /// - Throws: a usage error that names the file, and the line that is wrong.
    public static func file(_ path: String, timing: TraceTiming) throws(ScaleError) -> Trace {
        if path.isEmpty { throw .usage("--trace '' names nothing", hint: "give a path") }
        let file: Data
        do {
            file = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        } catch {
            throw .usage("--trace \(path) cannot be read: \(reason(error))", hint: "give a file of recorded episodes")
        }
        let result = file.withUnsafeBytes { bytes in
            Result { () throws(ScaleError) in try Trace(bytes, path: path, timing: timing) }
        }
        return try result.get()
    }

    private static func reason(_ error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        guard let underlying, underlying.domain == NSPOSIXErrorDomain else { return "it is no file that can be read" }
        return String(cString: strerror(Int32(underlying.code)))
    }
}

extension TraceSource {
    /// Reads the file again, in another process.
    /// - Throws: `infrastructure` where it is not what it was.
    func read() throws(ScaleError) -> Trace {
        let trace = try Trace.file(path, timing: timing)
        if trace.fingerprint == fingerprint { return trace }
        throw ScaleError(.infrastructure, "--trace \(path) was changed while it was replayed", hint: "measure again")
    }
}
