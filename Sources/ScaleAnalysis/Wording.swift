extension Int {
    /// With commas between groups of three digits: `16,384`.
    var grouped: String {
        let digits = String(magnitude)
        var text = self < 0 ? "-" : ""
        for (offset, digit) in digits.enumerated() {
            if offset > 0, (digits.count - offset) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }

    /// `1 session`, `16,384 sessions`.
    func counted(_ singular: String, _ plural: String) -> String {
        grouped + " " + (self == 1 ? singular : plural)
    }
}

extension Double {
    /// A share as a whole percentage: `92 %`. A share that is not whole never reads as 100 %, nor as 0 %.
    var percent: String {
        let rounded = (self * 100).rounded()
        if rounded >= 100, self < 1 { return "99 %" }
        if rounded <= 0, self > 0 { return "1 %" }
        return "\(Int(rounded)) %"
    }

    /// With at most `places` digits after the point and no trailing zeros.
    func rounded(places: Int) -> String {
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        let text = "\((self * scale).rounded() / scale)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
