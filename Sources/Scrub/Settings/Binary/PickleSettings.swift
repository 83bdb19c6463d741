/// Reads names and values of Python's pickles of all protocols (Lib/pickletools.py): a text that follows a name at once belongs to it.
struct PickleSettings {
    private let bytes: [UInt8]
    private let end: Int
    private var at: Int
    /// The text that was put on the stack last, if nothing but marks and notes came since.
    private var last: Range<Int>?
    /// What was noted, by its number.
    private var memo: [Int: Range<Int>] = [:]
    private var memoCount = 0
    private var settings: [Setting] = []

    private static let longest = 16384
    private static let mostNotes = 1 << 16

    /// - Returns: nothing for what does not end as a pickle does.
    static func read(_ bytes: [UInt8], in range: Range<Int>) -> [Setting] {
        guard let first = range.first, range.count >= 12, isStart(bytes[first], then: bytes[first + 1]) else {
            return []
        }
        var reader = PickleSettings(bytes: bytes, range: range)
        while reader.at < reader.end {
            guard let goesOn = reader.step() else { return [] }
            if !goesOn { return reader.settings }
        }
        return []
    }

    private init(bytes: [UInt8], range: Range<Int>) {
        self.bytes = bytes
        at = range.lowerBound
        end = range.upperBound
    }

    /// A protocol, or a list, a dictionary or an object of the oldest ones.
    private static func isStart(_ first: UInt8, then second: UInt8) -> Bool {
        first == 0x80 && second <= 8 || "(]}c".utf8.contains(first) && "dlqp(i_abcos".utf8.contains(second)
    }

    /// Goes over one instruction.
    ///
    /// - Returns: false behind the last one, nil for what is none.
    private mutating func step() -> Bool? {
        let code = bytes[at]
        at += 1
        switch code {
        case 0x2e: return false
        // Marks and notes leave the text on top.
        case UInt8(ascii: "("): return true
        case 0x95: return skip(8)
        case 0x94: return note(memoCount)
        case UInt8(ascii: "q"): return number(1).flatMap { note($0) }
        case UInt8(ascii: "r"): return number(4).flatMap { note($0) }
        case UInt8(ascii: "p"): return line().flatMap { note(Int(text($0)) ?? -1) }
        case UInt8(ascii: "h"): return number(1).map { push(memo[$0]) }
        case UInt8(ascii: "j"): return number(4).map { push(memo[$0]) }
        case UInt8(ascii: "g"): return line().map { push(memo[Int(text($0)) ?? -1]) }
        case UInt8(ascii: "V"): return line().map { push($0) }
        case UInt8(ascii: "S"): return line().map { push($0.count >= 2 ? $0.dropFirst().dropLast() : $0) }
        case UInt8(ascii: "U"), UInt8(ascii: "C"), 0x8c: return counted(1)
        case UInt8(ascii: "T"), UInt8(ascii: "X"), UInt8(ascii: "B"): return counted(4)
        case 0x8d, 0x8e, 0x96: return counted(8)
        default:
            last = nil
            return other(code)
        }
    }

    /// What is no text.
    private mutating func other(_ code: UInt8) -> Bool? {
        switch code {
        case UInt8(ascii: "F"), UInt8(ascii: "I"), UInt8(ascii: "L"), UInt8(ascii: "P"): line().map { _ in true }
        case UInt8(ascii: "c"), UInt8(ascii: "i"): line().flatMap { _ in line() }.map { _ in true }
        case UInt8(ascii: "K"), 0x80, 0x82: skip(1)
        case UInt8(ascii: "M"), 0x83: skip(2)
        case UInt8(ascii: "J"), 0x84: skip(4)
        case UInt8(ascii: "G"): skip(8)
        case 0x8a: number(1).flatMap { skip($0) }
        case 0x8b: number(4).flatMap { skip($0) }
        default:
            "012NQRabde}lo]st)u".utf8.contains(code) || (0x81...0x93).contains(code) || code == 0x97 || code == 0x98
                ? true : nil
        }
    }

    private mutating func push(_ text: Range<Int>?) -> Bool {
        guard let text else {
            last = nil
            return true
        }
        if let name = last, (3...64).contains(name.count), (3...Self.longest).contains(text.count),
            case let name = Array(bytes[name]),
            SettingsSearch.isWanted(text, of: name, in: bytes)
        {
            settings.append(Setting(names: [name], value: text, isArgument: true))
            last = nil
        } else {
            last = text
        }
        return true
    }

    private mutating func note(_ number: Int) -> Bool? {
        memoCount += 1
        guard memo.count < Self.mostNotes else { return nil }
        memo[number] = last
        return true
    }

    private mutating func counted(_ size: Int) -> Bool? {
        guard let count = number(size), count <= end - at else { return nil }
        at += count
        return push(at - count..<at)
    }

    /// The lowest byte first.
    private mutating func number(_ size: Int) -> Int? {
        guard size <= end - at else { return nil }
        at += size
        return Int(exactly: bytes[at - size..<at].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    private mutating func skip(_ count: Int) -> Bool? {
        guard count <= end - at else { return nil }
        at += count
        return true
    }

    /// Up to the end of a line, which is gone over.
    private mutating func line() -> Range<Int>? {
        guard let stop = ByteText.first(0x0a, bytes: bytes, in: at..<end) else { return nil }
        defer { at = stop + 1 }
        return at..<stop
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range.prefix(20)], as: UTF8.self) }
}
