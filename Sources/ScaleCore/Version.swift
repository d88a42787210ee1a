/// What this build calls itself, in records, `--version` and the `User-Agent` of the control plane.
public enum Version {
    public static let current = "0.1.0"
}
