import ScaleCore

/// Reads the times that Python's `datetime.isoformat` writes, and those of ``WallTime/iso8601``.
enum Timestamp {
    /// `2026-01-09T12:00:00`, with up to nine decimals, and with `Z`, an offset or nothing behind it, which stands for
    /// UTC. Nil for any other text, and for times before 1970 or after 9999.
    static func read(_ text: UnsafeRawBufferPointer) -> WallTime? {
        guard text.count >= 19, text[4] == dash, text[7] == dash, text[10] == UInt8(ascii: "T") || text[10] == UInt8(ascii: " "),
            text[13] == colon, text[16] == colon,
            let year = number(text, 0, 4), let month = number(text, 5, 2), let day = number(text, 8, 2),
            let hour = number(text, 11, 2), let minute = number(text, 14, 2), let second = number(text, 17, 2),
            year >= 1970, (1...12).contains(month), (1...lastDay(of: month, in: year)).contains(day), hour < 24, minute < 60,
            second <= 60
        else { return nil }
        var at = 19
        var micros = 0
        if at < text.count, text[at] == UInt8(ascii: ".") {
            at += 1
            var places = 0
            while at < text.count, let digit = digit(text[at]) {
                if places < 6 { micros = micros * 10 + digit }
                places += 1
                at += 1
            }
            guard (1...9).contains(places) else { return nil }
            for _ in min(places, 6)..<6 { micros *= 10 }
        }
        guard let offset = offset(text, at) else { return nil }
        let seconds = ((days(year, month, day) * 24 + hour) * 60 + minute - offset) * 60 + second
        return WallTime(microseconds: Int64(seconds) * 1_000_000 + Int64(micros))
    }

    private static let dash = UInt8(ascii: "-")
    private static let colon = UInt8(ascii: ":")

    /// Minutes east of Greenwich; nil for anything but an offset.
    private static func offset(_ text: UnsafeRawBufferPointer, _ start: Int) -> Int? {
        var at = start
        if at == text.count { return 0 }
        var minutes = 0
        if text[at] != UInt8(ascii: "Z") {
            guard text.count >= at + 6, text[at] == UInt8(ascii: "+") || text[at] == dash, text[at + 3] == colon,
                let hours = number(text, at + 1, 2), let rest = number(text, at + 4, 2), hours < 24, rest < 60
            else { return nil }
            minutes = (hours * 60 + rest) * (text[at] == dash ? -1 : 1)
            at += 6
            if at == text.count { return minutes }
        }
        // Python programs that put a Z behind whatever they have put it behind an offset as well.
        return at + 1 == text.count && text[at] == UInt8(ascii: "Z") ? minutes : nil
    }

    private static func digit(_ byte: UInt8) -> Int? {
        byte &- 0x30 < 10 ? Int(byte &- 0x30) : nil
    }

    private static func number(_ text: UnsafeRawBufferPointer, _ start: Int, _ length: Int) -> Int? {
        var value = 0
        for index in start..<start + length {
            guard let digit = digit(text[index]) else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    private static func lastDay(of month: Int, in year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01; Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
