extension JSONValue {
    /// The elements of an array, at most `limit`; nil when this is no array. For messages to people: it allocates.
    public func elements(limit: Int = 16) -> [JSONValue]? {
        guard kind == .array, var cursor = JSONCursor(bytes, takesNonFinite: true), cursor.accept(UInt8(ascii: "[")) else { return nil }
        var found: [JSONValue] = []
        if cursor.accept(UInt8(ascii: "]")) { return found }
        while found.count < limit {
            guard let value = cursor.value() else { return nil }
            found.append(value)
            if !cursor.accept(UInt8(ascii: ",")) { break }
        }
        return found
    }
}
