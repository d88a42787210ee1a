extension Double {
    /// Without a useless `.0`: `2`, `0.5`.
    var plainText: String { self == rounded() && magnitude < 1e15 ? String(Int64(self)) : String(self) }
}
