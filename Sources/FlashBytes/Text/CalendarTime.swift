/// A moment in UTC by the Gregorian calendar, to a second.
package struct CalendarTime: Sendable, Hashable {
    private let year: Int64
    private let month: Int64
    private let day: Int64
    /// Within the day.
    private let second: Int64

    /// How exactly a time is written.
    package enum Precision: Sendable {
        /// `2023-11-14 22:13`
        case minutes
        /// `2023-11-14 22:13:20`
        case seconds
        /// `2023-11-14T22:13:20Z` (ISO 8601)
        case standard
    }

    /// - Parameter seconds: since 1970.
    package init(_ seconds: Int64) {
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        second = seconds - days * 86_400
        // The Gregorian calendar from a March that begins 400 years: no leap day is in the way.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let isAfterDecember = shiftedMonth >= 10
        year = yearOfEra + era * 400 + (isAfterDecember ? 1 : 0)
        month = isAfterDecember ? shiftedMonth - 9 : shiftedMonth + 3
    }

    /// Date and time.
    package func text(_ precision: Precision) -> String {
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let digits = String(year)
        let date = String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "-\(two(month))-\(two(day))"
        let time = "\(two(second / 3600)):\(two(second % 3600 / 60))"
        return switch precision {
        case .minutes: "\(date) \(time)"
        case .seconds: "\(date) \(time):\(two(second % 60))"
        case .standard: "\(date)T\(time):\(two(second % 60))Z"
        }
    }

    /// Reads a time as people write it: `2023-11-14`, `2023-11-14T22:13`, `2023-11-14 22:13:20`, with `Z`, `+01:00` or the like
    /// behind it, UTC without; or `@1700000000`.
    ///
    /// - Returns: seconds since 1970, the beginning of what is left out; nil for anything else.
    package static func seconds(_ text: String) -> Int64? {
        if text.hasPrefix("@") { return number(text.utf8.dropFirst()[...], digits: 1...12) }
        var rest = Array(text.utf8)[...]
        let zone = zone(&rest)
        guard let zone else { return nil }
        let halves = rest.split(maxSplits: 1, omittingEmptySubsequences: false) {
            $0 == UInt8(ascii: "T") || $0 == UInt8(ascii: "t") || $0 == UInt8(ascii: " ")
        }
        guard let first = halves.first, let days = days(first) else { return nil }
        // A zone without a time means nothing.
        if halves.count == 1 { return zone.isGiven ? nil : days * 86_400 }
        return timeOfDay(halves[1]).map { days * 86_400 + $0 - zone.offset }
    }

    /// Takes the zone off the end.
    private static func zone(_ text: inout ArraySlice<UInt8>) -> (isGiven: Bool, offset: Int64)? {
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else { return (false, 0) }
        if text.last == UInt8(ascii: "Z") || text.last == UInt8(ascii: "z") {
            text.removeLast()
            return (true, 0)
        }
        guard let sign = text[colon...].lastIndex(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }) else {
            return (false, 0)
        }
        let digits = text[(sign + 1)...].filter { $0 != UInt8(ascii: ":") }
        let isWest = text[sign] == UInt8(ascii: "-")
        text = text[..<sign]
        guard digits.count == 2 || digits.count == 4, let hours = number(digits[..<2], digits: 2...2),
            let minutes = digits.count == 2 ? 0 : number(digits[2...], digits: 2...2), hours < 24, minutes < 60
        else { return nil }
        return (true, (isWest ? -1 : 1) * (hours * 3600 + minutes * 60))
    }

    private static func days(_ text: ArraySlice<UInt8>) -> Int64? {
        let parts = text.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count == 3, let year = number(parts[0], digits: 4...4), let month = number(parts[1], digits: 2...2),
            let day = number(parts[2], digits: 2...2), (1...12).contains(month), day >= 1
        else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard day <= lengths[Int(month) - 1] else { return nil }
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func timeOfDay(_ text: ArraySlice<UInt8>) -> Int64? {
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), let hour = number(parts[0], digits: 2...2),
            let minute = number(parts[1], digits: 2...2), hour < 24, minute < 60
        else { return nil }
        // Fractions are finer than any time in a flash.
        let seconds =
            parts.count == 3 ? parts[2].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) : []
        guard let first = seconds.first else { return hour * 3600 + minute * 60 }
        guard let second = number(first, digits: 2...2), second < 60,
            seconds.count == 1 || seconds.count == 2 && number(seconds[1], digits: 1...9) != nil
        else { return nil }
        return hour * 3600 + minute * 60 + second
    }

    private static func number(_ text: some Collection<UInt8>, digits: ClosedRange<Int>) -> Int64? {
        guard digits.contains(text.count), text.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return text.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }
}
