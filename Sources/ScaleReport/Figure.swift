/// Numbers as text, without a locale: the same bytes on every machine.
public enum Figure {
    /// What stands where there is no value. Never 0, which would be a measurement.
    public static let absent = "–"

    /// A decimal with a fixed count of places, rounded as C's `printf` rounds: the exact binary value to the nearest,
    /// ties to even. Not-a-number and infinity are ``absent``.
    public static func fixed(_ value: Double, _ places: Int, grouped: Bool = false) -> String {
        guard value.isFinite else { return absent }
        let magnitude = abs(value)
        guard magnitude < 9e18 else { return value.description }
        var whole = UInt64(magnitude.rounded(places == 0 ? .toNearestOrEven : .down))
        var units: UInt64 = 0
        if places > 0 {
            var scale = 1.0
            for _ in 0..<places { scale *= 10 }
            units = roundedProduct(magnitude - magnitude.rounded(.down), scale)
            if units == UInt64(scale) {
                units = 0
                whole += 1
            }
        }
        var text = grouped ? Self.grouped(String(whole)) : String(whole)
        if places > 0 { text += "." + padded(units, places) }
        return value < 0 && (whole > 0 || units > 0) ? "-" + text : text
    }

    /// A whole number with a comma before every third digit.
    public static func count(_ value: Int) -> String {
        let digits = grouped(String(value.magnitude))
        return value < 0 ? "-" + digits : digits
    }

    /// Three significant digits, and never fewer than the whole part has: `0.0123`, `1.23`, `12.3`, `1,234`.
    public static func significant(_ value: Double) -> String {
        guard value.isFinite else { return absent }
        return fixed(value, places(forThreeDigitsOf: abs(value)), grouped: true)
    }

    /// A ratio of counts: whole where it is whole, else three significant digits.
    public static func ratio(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? count(Int(value)) : significant(value)
    }

    /// The shortest decimal that reads back as the same number, without a needless `.0`.
    public static func plain(_ value: Double) -> String {
        guard value.isFinite else { return absent }
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        return value.description
    }

    /// A share from 0 to 1 in per cent. It reads `100 %` and `0 %` only where that is exactly true.
    public static func percent(_ share: Double) -> String {
        guard share.isFinite else { return absent }
        if share == 1 { return "100 %" }
        if share == 0 { return "0 %" }
        let shown = min(max(abs(share) * 100, 0.1), share > 0 && share < 1 ? 99.9 : .greatestFiniteMagnitude)
        return (share < 0 ? "-" : "") + fixed(shown, 1) + " %"
    }

    /// Bytes in binary units.
    public static func bytes(_ count: Int) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var value = Double(count)
        var unit = 0
        while abs(value) >= 1024, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        return (unit == 0 ? Self.count(count) : significant(value)) + " " + units[unit]
    }

    /// Steps per session: 0 stands for as many as the time allows for which sessions are held.
    static func steps(_ count: Int) -> String { count == 0 ? "as time allows" : String(count) }

    /// The places that give `value` three significant digits after rounding, so `0.9996` becomes `1.00`.
    static func places(forThreeDigitsOf value: Double) -> Int {
        if value == 0 { return 0 }
        var places = 0
        var reach = 99.95
        while value < reach, places < 9 {
            places += 1
            reach /= 10
        }
        return places
    }

    /// `value * scale` rounded to a whole number as if the product were exact: a fused multiply-add tells on which
    /// side of a tie the rounded product fell.
    private static func roundedProduct(_ value: Double, _ scale: Double) -> UInt64 {
        let product = value * scale
        let below = product.rounded(.down)
        let fraction = product - below
        let error = (-product).addingProduct(value, scale)
        let whole = UInt64(below)
        if fraction < 0.5 { return whole }
        if fraction > 0.5 || error > 0 { return whole + 1 }
        return error < 0 || whole.isMultiple(of: 2) ? whole : whole + 1
    }

    private static func padded(_ value: UInt64, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    private static func grouped(_ digits: String) -> String {
        var shown = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { shown.append(",") }
            shown.append(digit)
        }
        return shown
    }
}
