/// Why a server does not do what a message asks for: the code of the error frame and, for a message that fails its model,
/// the field and what is wrong with it, in the words of the reference server's validator.
public struct OpenEnvRejection {
    public enum Problem: Sendable, CaseIterable {
        case missing, extraForbidden, notAnObject, notANumber, notAnInteger, notAString
        case negative, notPositive, tooLong
        case notJSON, unknownType

        /// The validator's name of the problem.
        public var type: StaticString {
            switch self {
            case .missing: "missing"
            case .extraForbidden: "extra_forbidden"
            case .notAnObject: "dict_type"
            case .notANumber: "float_type"
            case .notAnInteger: "int_type"
            case .notAString: "string_type"
            case .negative: "greater_than_equal"
            case .notPositive: "greater_than"
            case .tooLong: "string_too_long"
            case .notJSON: "json_invalid"
            case .unknownType: "literal_error"
            }
        }

        public var message: StaticString {
            switch self {
            case .missing: "Field required"
            case .extraForbidden: "Extra inputs are not permitted"
            case .notAnObject: "Input should be an object"
            case .notANumber: "Input should be a number"
            case .notAnInteger: "Input should be an integer"
            case .notAString: "Input should be a string"
            case .negative: "Input should be greater than or equal to 0"
            case .notPositive: "Input should be greater than 0"
            case .tooLong: "String should have at most 255 characters"
            case .notJSON: "Input is not JSON"
            case .unknownType: "Unknown message type"
            }
        }
    }

    public var code: OpenEnvErrorCode
    public var problem: Problem
    /// The name of the field as it stands between its quotes, valid as long as the message; nil when the whole message
    /// is meant.
    public var field: UnsafeRawBufferPointer?

    init(_ code: OpenEnvErrorCode, _ problem: Problem, _ field: UnsafeRawBufferPointer? = nil) {
        self.code = code
        self.problem = problem
        self.field = field
    }

    /// A field that has a fixed name.
    init(_ problem: Problem, _ field: StaticString) {
        self.init(
            .validation, problem, UnsafeRawBufferPointer(start: field.utf8Start, count: field.utf8CodeUnitCount))
    }
}
