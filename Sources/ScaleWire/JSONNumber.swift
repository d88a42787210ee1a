/// Decimal text to numbers, without allocation for what servers send.
enum JSONNumber {
    static func int(_ text: UnsafeRawBufferPointer) -> Int? {
        guard let base = text.baseAddress else { return nil }
        let isNegative = base.byte(0) == UInt8(ascii: "-")
        var value = 0
        for index in (isNegative ? 1 : 0)..<text.count {
            let byte = base.byte(index)
            guard byte.isDigit else { return nil }
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let digit = Int(byte - 0x30)
            // Downwards for negative numbers: the smallest integer has no positive twin.
            let (sum, carry) = isNegative ? tens.subtractingReportingOverflow(digit) : tens.addingReportingOverflow(digit)
            if overflow || carry { return nil }
            value = sum
        }
        return value
    }

    /// The Double nearest to a valid JSON number; nil beyond the finite range.
    static func double(_ text: UnsafeRawBufferPointer) -> Double? {
        guard let base = text.baseAddress else { return nil }
        let isNegative = base.byte(0) == UInt8(ascii: "-")
        var at = isNegative ? 1 : 0
        var mantissa: UInt64 = 0
        var digits = 0
        var scale = 0
        var isFraction = false
        while at < text.count {
            let byte = base.byte(at)
            if byte.isDigit {
                mantissa = mantissa &* 10 &+ UInt64(byte &- 0x30)
                if mantissa > 0 { digits += 1 }
                if isFraction { scale -= 1 }
            } else if byte == UInt8(ascii: ".") {
                isFraction = true
            } else {
                break
            }
            at += 1
        }
        // Nineteen digits fit 64 bits; more of them, or an exponent, is rare enough for the slow way.
        if at == text.count, digits <= 19, scale >= -19 {
            let magnitude = scaled(mantissa, -scale)
            return isNegative ? -magnitude : magnitude
        }
        guard let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else { return nil }
        return value
    }

    /// `mantissa / 10^places` rounded to the nearest Double, ties to even; `places` is 0 to 19.
    private static func scaled(_ mantissa: UInt64, _ places: Int) -> Double {
        // Both sides exact, so that one division rounds once (Clinger, "How to Read Floating Point Numbers
        // Accurately", 1990).
        if mantissa <= 1 << 53 { return Double(mantissa) / power(places) }
        let divisor = integerPower(places)
        // Both normalized, the quotient has 63 or 64 bits: ten more than a Double, and the remainder decides ties.
        let (up, down) = (mantissa.leadingZeroBitCount, divisor.leadingZeroBitCount)
        let (high, low) = ((mantissa &<< UInt64(up)) &>> 1, (mantissa &<< UInt64(up)) &<< 63)
        let division = (divisor &<< UInt64(down)).dividingFullWidth((high, low))
        // A remainder only says "not exactly": one odd bit far below the rounding point says the same.
        let quotient = division.quotient | (division.remainder == 0 ? 0 : 1)
        let exponent = down - up - 63
        return Double(quotient) * Double(sign: .plus, exponent: exponent, significand: 1)
    }

    /// Exact as Doubles up to 22.
    static func power(_ exponent: Int) -> Double {
        switch exponent {
        case 0: 1
        case 1: 1e1
        case 2: 1e2
        case 3: 1e3
        case 4: 1e4
        case 5: 1e5
        case 6: 1e6
        case 7: 1e7
        case 8: 1e8
        case 9: 1e9
        default: Double(integerPower(exponent))
        }
    }

    private static func integerPower(_ exponent: Int) -> UInt64 {
        var value: UInt64 = 1
        for _ in 0..<exponent { value &*= 10 }
        return value
    }
}
