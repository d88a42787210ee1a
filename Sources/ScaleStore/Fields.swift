import GRDB
import ScaleCore

/// The columns of one row to write, by name.
struct Fields {
    private var names: [String] = []
    private var values: [DatabaseValue] = []

    mutating func set(_ name: String, _ value: (some DatabaseValueConvertible)?) {
        names.append(name)
        values.append(value?.databaseValue ?? .null)
    }

    mutating func set(_ name: String, _ value: Nanoseconds?) { set(name, value?.rawValue) }
    mutating func set(_ name: String, _ value: WallTime?) { set(name, value?.microseconds) }

    /// - Returns: the row id.
    @discardableResult
    func insert(into table: String, _ db: Database) throws -> Int64 {
        let places = [String](repeating: "?", count: names.count).joined(separator: ", ")
        let statement = try db.cachedStatement(
            sql: "INSERT INTO \(table) (\(names.joined(separator: ", "))) VALUES (\(places))")
        try statement.execute(arguments: StatementArguments(values))
        return db.lastInsertedRowID
    }
}

/// Reads columns by name. Every read throws where the value is of another type, so that a file that was edited by
/// hand is an error and never a crash.
extension Row {
    func value<Value: DatabaseValueConvertible & StatementColumnConvertible>(_ name: String) throws -> Value {
        try decode(Value.self, forColumn: name)
    }

    func optional<Value: DatabaseValueConvertible & StatementColumnConvertible>(_ name: String) throws -> Value? {
        try decode(Value?.self, forColumn: name)
    }

    func nanoseconds(_ name: String) throws -> Nanoseconds { Nanoseconds(try value(name)) }
    func optionalNanoseconds(_ name: String) throws -> Nanoseconds? {
        try decode(Int64?.self, forColumn: name).map(Nanoseconds.init)
    }

    func wallTime(_ name: String) throws -> WallTime { WallTime(microseconds: try value(name)) }

    /// A value of one of our enums by its raw value.
    func member<Value: RawRepresentable<String>>(_ name: String) throws -> Value {
        let text: String = try value(name)
        guard let member = Value(rawValue: text) else {
            throw ScaleError(.storage, "the column '\(name)' holds '\(text)', which this version does not know")
        }
        return member
    }

    func optionalMember<Value: RawRepresentable<String>>(_ name: String) throws -> Value? {
        try optional(name) as String? == nil ? nil : member(name)
    }
}
