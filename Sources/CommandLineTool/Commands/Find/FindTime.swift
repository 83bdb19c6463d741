import FlashBytes

/// Times as find writes them: UTC, and no parts of a second, since a flash has none.
enum FindTime {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// A flash knows no parts of a second.
    static let zeros = ".0000000000"

    private static let longDays = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"]
    private static let longMonths = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    /// Days since a Thursday, of which 1970-01-01 was one.
    private static func weekday(_ seconds: Int64) -> Int {
        let days = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        return Int((days % 7 + 7) % 7)
    }

    /// A field of a time; nil where there is no such field.
    ///
    /// - Parameter fraction: what stands behind the seconds of a whole time: `%a` has it, `%Ac` has none.
    static func text(_ seconds: Int64, field: Character, fraction: String = "") -> String? {
        let text = CalendarTime(seconds).text(.seconds)
        let (date, time) = (text.prefix { $0 != " " }, text.drop { $0 != " " }.dropFirst())
        let parts = date.split(separator: "-").map(String.init)
        let clock = time.split(separator: ":").map(String.init)
        guard parts.count == 3, clock.count == 3 else { return nil }
        let month = months[(Int(parts[1]) ?? 1) - 1]
        switch field {
        case "@": return "\(seconds)\(zeros)"
        case "+": return "\(date)+\(time)\(zeros)"
        case "c":
            let day = days[weekday(seconds)]
            let dayOfMonth = parts[2].hasPrefix("0") ? " " + parts[2].dropFirst() : parts[2]
            return "\(day) \(month) \(dayOfMonth) \(time)\(fraction) \(parts[0])"
        case "Y": return parts[0]
        case "y": return String(parts[0].suffix(2))
        case "m": return parts[1]
        case "b", "h": return month
        case "B": return longMonths[(Int(parts[1]) ?? 1) - 1]
        case "a": return days[weekday(seconds)]
        case "A": return longDays[weekday(seconds)]
        case "w": return String((weekday(seconds) + 4) % 7)
        case "C": return String(parts[0].prefix(2))
        case "e": return parts[2].hasPrefix("0") ? " " + parts[2].dropFirst() : parts[2]
        case "I", "l", "p", "r":
            let hour = Int(clock[0]) ?? 0
            let (short, half) = ((hour + 11) % 12 + 1, hour < 12 ? "AM" : "PM")
            let padded = (short < 10 ? "0" : "") + String(short)
            return switch field {
            case "I": padded
            case "l": (short < 10 ? " " : "") + String(short)
            case "p": half
            default: "\(padded):\(clock[1]):\(clock[2]) \(half)"
            }
        case "k": return clock[0].hasPrefix("0") ? " " + clock[0].dropFirst() : clock[0]
        case "j", "U", "W", "g", "G", "V":
            guard let first = CalendarTime.seconds("\(parts[0])-01-01"), let year = Int(parts[0]) else { return nil }
            return week(field, year: year, day: Int((seconds - first) / 86_400), weekday: weekday(seconds))
        case "u": return String((weekday(seconds) + 3) % 7 + 1)
        case "n": return "\n"
        case "t": return "\t"
        case "d": return parts[2]
        case "F": return String(date)
        case "T", "X": return "\(time)\(zeros)"
        case "H": return clock[0]
        case "M": return clock[1]
        case "S": return clock[2] + zeros
        case "R": return "\(clock[0]):\(clock[1])"
        case "D", "x": return "\(parts[1])/\(parts[2])/\(parts[0].suffix(2))"
        case "s": return String(seconds)
        case "Z": return "UTC"
        case "z": return "+0000"
        default: return nil
        }
    }

    /// Day of the year, and weeks: those that begin with a Sunday (`U`) or a Monday (`W`), and those of ISO 8601 with their
    /// year (`V`, `G`, `g`): the first one has the year's first Thursday.
    ///
    /// - Parameters:
    ///   - day: of the year, from 0.
    ///   - weekday: from Thursday, as 0.
    private static func week(_ field: Character, year: Int, day: Int, weekday: Int) -> String {
        func padded(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        switch field {
        case "j": return String(String(1001 + day).suffix(3))
        case "U": return padded((day + 7 - (weekday + 4) % 7) / 7)
        case "W": return padded((day + 7 - (weekday + 3) % 7) / 7)
        default: break
        }
        func length(of year: Int) -> Int { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 366 : 365 }
        // The Thursday of the same week is in the year that the week belongs to.
        var (thursday, owner) = (day + 3 - (weekday + 3) % 7, year)
        if thursday < 0 {
            owner -= 1
            thursday += length(of: owner)
        } else if thursday >= length(of: year) {
            thursday -= length(of: year)
            owner += 1
        }
        return switch field {
        case "G": String(owner)
        case "g": padded(owner % 100)
        default: padded(thursday / 7 + 1)
        }
    }
}
