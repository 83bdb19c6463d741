import FileTree
import FlashBytes

/// The format of `-printf`, with the directives of GNU find.
///
/// Names are printed as everywhere, with `\ooo` for what cannot be shown; where a NUL is in the format, programs read it, and
/// names are raw bytes.
struct FindFormat: Sendable {
    private enum Piece: Sendable {
        case bytes([UInt8])
        case directive(Character, width: Int, most: Int, isLeft: Bool)
        /// A time (`a`, `c` or `m`) and what is wanted of it.
        case time(Character, Character)
    }

    /// What is printed of a file.
    struct Subject {
        let trail: PathTrail
        let inode: Inode
        let links: UInt32
        /// The names of the image's own lists; nil where there is none.
        let (user, group): (String?, String?)
    }

    private var pieces: [Piece] = []
    private var isRaw = false

    /// - Returns: nil for a directive that is not known.
    init?(_ text: String) {
        var rest = text.unicodeScalars[...]
        var literal: [UInt8] = []
        func octal(_ first: Unicode.Scalar) -> UInt8 {
            var value = first.value & 7
            var count = 1
            while count < 3, let next = rest.first, ("0"..."7").contains(next) {
                value = value << 3 | next.value & 7
                count += 1
                rest.removeFirst()
            }
            return UInt8(truncatingIfNeeded: value)
        }
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\\":
                guard let next = rest.popFirst() else { return nil }
                guard let byte = Self.escapes[next] ?? (("0"..."7").contains(next) ? octal(next) : nil) else {
                    return nil
                }
                literal.append(byte)
            case "%":
                guard let piece = Self.directive(&rest) else { return nil }
                if case .bytes(let bytes) = piece {
                    literal += bytes
                } else {
                    pieces += [.bytes(literal), piece]
                    literal = []
                }
            default: literal += Array(String(scalar).utf8)
            }
        }
        pieces.append(.bytes(literal))
        isRaw = pieces.contains { if case .bytes(let bytes) = $0 { bytes.contains(0) } else { false } }
    }

    private static let escapes: [Unicode.Scalar: UInt8] = [
        "n": 0x0a, "t": 0x09, "r": 0x0d, "\\": 0x5c, "a": 0x07, "b": 0x08, "f": 0x0c, "v": 0x0b,
    ]
    private static let letters: Set<Unicode.Scalar> = [
        "p", "P", "f", "h", "H", "d", "s", "b", "k", "m", "M", "u", "U", "g", "G", "i", "n", "y", "Y", "l", "a", "c",
        "t",
        "D", "S", "F",
    ]

    private static func directive(_ rest: inout Substring.UnicodeScalarView) -> Piece? {
        var isLeft = false
        var width = 0
        while let next = rest.first, ["-", "0", " ", "+", "#"].contains(next) {
            isLeft = isLeft || next == "-"
            rest.removeFirst()
        }
        while let next = rest.first, ("0"..."9").contains(next) {
            width = min(width * 10 + Int(next.value & 15), 4096)
            rest.removeFirst()
        }
        var most = Int.max
        if rest.first == "." {
            rest.removeFirst()
            most = 0
            while let next = rest.first, ("0"..."9").contains(next) {
                most = min(most * 10 + Int(next.value & 15), 4096)
                rest.removeFirst()
            }
        }
        guard let letter = rest.popFirst() else { return nil }
        switch letter {
        case "%": return .bytes([0x25])
        case "A", "C", "T":
            guard let field = rest.popFirst(), field.isASCII,
                FindTime.text(0, field: Character(field)) != nil
            else { return nil }
            return .time(Character(letter), Character(field))
        case _ where letters.contains(letter):
            return .directive(Character(letter), width: width, most: most, isLeft: isLeft)
        default: return nil
        }
    }

    /// What is printed of a file.
    func bytes(_ subject: Subject) -> [UInt8] {
        var bytes: [UInt8] = []
        for piece in pieces {
            switch piece {
            case .bytes(let literal): bytes += literal
            case .time(let which, let field):
                let metadata = subject.inode.metadata
                let time =
                    which == "A" ? metadata.accessTime : which == "C" ? metadata.changeTime : metadata.modificationTime
                bytes += (FindTime.text(time, field: field) ?? "").utf8
            case .directive(let letter, let width, let most, let isLeft):
                let value = Array(value(letter, of: subject).prefix(most))
                let fill = [UInt8](repeating: 0x20, count: max(0, width - value.count))
                bytes += isLeft ? value + fill : fill + value
            }
        }
        return bytes
    }

    private func path(_ names: some Collection<FileName>, isWhole: Bool) -> [UInt8] {
        let texts = names.map { isRaw ? $0.bytes : Array($0.description.utf8) }
        return (isWhole ? [0x2f] : []) + Array(texts.joined(separator: [0x2f]))
    }

    private func value(_ letter: Character, of subject: Subject) -> [UInt8] {
        let (names, inode) = (subject.trail.names, subject.inode)
        switch letter {
        case "p": return path(names, isWhole: true)
        case "P": return path(names.suffix(subject.trail.depth), isWhole: false)
        case "H": return path(names.dropLast(subject.trail.depth), isWhole: true)
        case "h": return names.count < 2 ? [] : path(names.dropLast(), isWhole: true)
        case "f": return names.isEmpty ? [0x2f] : path(names.suffix(1), isWhole: false)
        case "l":
            guard case .symbolicLink(let target) = inode.payload else { return [] }
            return isRaw ? target : Array(printable(target).utf8)
        case "a": return whole(inode.metadata.accessTime)
        case "c": return whole(inode.metadata.changeTime)
        case "t": return whole(inode.metadata.modificationTime)
        default: return Array(text(letter, of: subject).utf8)
        }
    }

    /// A time as `%t` has it.
    private func whole(_ time: Int64) -> [UInt8] {
        Array((FindTime.text(time, field: "c", fraction: FindTime.zeros) ?? "").utf8)
    }

    private func text(_ letter: Character, of subject: Subject) -> String {
        let inode = subject.inode
        let metadata = inode.metadata
        return switch letter {
        case "d": String(subject.trail.depth)
        case "s": String(inode.size)
        case "b": String(inode.size / 512 + (inode.size % 512 == 0 ? 0 : 1))
        case "k": String(inode.size / 1024 + (inode.size % 1024 == 0 ? 0 : 1))
        case "m": String(metadata.permissions & 0o7777, radix: 8)
        case "M": Listing.modeString(inode)
        case "U": String(metadata.owner)
        case "G": String(metadata.group)
        case "u": subject.user ?? String(metadata.owner)
        case "g": subject.group ?? String(metadata.group)
        case "i": inode.number?.description ?? "0"
        case "n": String(subject.links)
        case "y", "Y": inode.kind == .regular ? "f" : String(inode.kind.letter)
        case "S": "1"
        case "F": "jffs2"
        default: "0"
        }
    }
}

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
        case "j":
            guard let first = CalendarTime.seconds("\(parts[0])-01-01") else { return nil }
            return String(String(1001 + (seconds - first) / 86_400).suffix(3))
        case "n": return "\n"
        case "d": return parts[2]
        case "F": return String(date)
        case "T", "X": return "\(time)\(zeros)"
        case "H": return clock[0]
        case "M": return clock[1]
        case "S": return clock[2] + zeros
        case "R": return "\(clock[0]):\(clock[1])"
        case "D": return "\(parts[1])/\(parts[2])/\(parts[0].suffix(2))"
        case "s": return String(seconds)
        case "Z": return "UTC"
        case "z": return "+0000"
        default: return nil
        }
    }
}
