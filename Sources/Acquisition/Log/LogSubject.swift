internal import FlashBytes

/// Memory that a command of a loader is about, besides those that show it: `crc32`, `cmp.b`, `tftpput`. Whoever takes a
/// dump asks about all of it.
struct LogSubject: Hashable {
    var range: Range<UInt64>
    /// The command, or what it has answered.
    var what: String
    /// What it says against the memory, as a sentence.
    var objection: String?
    /// Whether it was put there.
    var isLoad = false

    /// What a command that was typed is about.
    static func all(_ command: String) -> [LogSubject] {
        command.split(separator: ";").flatMap { part -> [LogSubject] in
            let words = part.split(whereSeparator: \.isWhitespace)
            guard let verb = words.firstIndex(where: { verbs.contains(String($0.prefix { $0 != "." })) }) else {
                return []
            }
            let numbers = words[(verb + 1)...].map { ChecksumLine.number($0) }
            func at(_ index: Int) -> UInt64? { index < numbers.count ? numbers[index] : nil }
            func subject(_ start: UInt64?, size: UInt64?) -> [LogSubject] {
                guard let start, let size, size > 0, size <= 1 << 31, start <= .max - size else { return [] }
                let what = words[verb...].joined(separator: " ")
                return [LogSubject(range: start..<start + size, what: what)]
            }
            switch words[verb] {
            case "tftpput", "crc32", "md5sum", "sha1sum": return subject(at(0), size: at(1))
            case "hash": return subject(at(1), size: at(2))
            case "fatwrite", "ext4write", "save": return subject(at(2), size: at(4))
            case let word where word.hasPrefix("cmp"):
                let unit: UInt64 = ["cmp.b": 1, "cmp.w": 2, "cmp.q": 8][String(word)] ?? 4
                let size = at(2).flatMap { $0 < 1 << 31 ? $0 * unit : nil }
                return subject(at(0), size: size) + subject(at(1), size: size)
            default: return []
            }
        }
    }
    private static let verbs: Set<String> = [
        "tftpput", "crc32", "md5sum", "sha1sum", "hash", "fatwrite", "ext4write", "save", "cmp",
    ]

    /// What `cmp` has found to be different: `byte at 0x82000010 (0x12) != byte at 0x83000010 (0x13)`, or that it has
    /// compared less than it was asked to: `Total of 16 byte(s) were the same`.
    ///
    /// - Parameter asked: what the last command is about.
    static func objections(_ line: ArraySlice<UInt8>, asked: [LogSubject]) -> [LogSubject] {
        guard line.count < 200, line.count > 16, line.contains(0x74) else { return [] }
        let text = String(decoding: LogInterpreter.trimmed(line), as: UTF8.self)
        let words = text.split(whereSeparator: \.isWhitespace)
        if words.starts(with: ["Total", "of"]), words.count >= 5, text.hasSuffix("same"), let count = UInt64(words[2]) {
            let units: [(String, UInt64)] = [("byte", 1), ("halfword", 2), ("word", 4), ("double word", 8)]
            guard let unit = units.first(where: { words[3...].joined(separator: " ").hasPrefix($0.0) })?.1,
                count < 1 << 31
            else { return [] }
            return asked.filter { $0.what.hasPrefix("cmp") && UInt64($0.range.count) > count * unit }.map {
                LogSubject(range: $0.range, what: $0.what, objection: "'\($0.what)' has found only that \(text)")
            }
        }
        guard text.contains("!="), let first = words.first, ["byte", "halfword", "word", "double"].contains(first)
        else {
            return []
        }
        return words.indices.dropFirst().compactMap { index in
            guard words[index - 1] == "at", let address = ChecksumLine.number(words[index]), address < .max - 8 else {
                return nil
            }
            return LogSubject(
                range: address..<address + 1, what: text, objection: "two copies in memory differ: '\(text)'")
        }
    }
}

extension RecordedSession {
    /// Memory that the log's commands are about, and that the log does not show, is missing, perhaps: whoever asks for the
    /// sum of a dump asks for that of all of it.
    ///
    /// - Parameter isAll: whether all that the log shows is the image, and no part of it was asked for.
    mutating func doubtSubjects(_ picture: LogPicture, isAll: Bool) {
        var told: Set<String> = []
        for subject in Self.subjects(picture) where subject.range.overlaps(range) {
            if let objection = subject.objection {
                if told.insert(objection).inserted, told.count < 20 { doubts.append(objection) }
                continue
            }
            if !isAll || subject.range.clamped(to: range) == subject.range { continue }
            var left = RangeList([subject.range])
            for segment in picture.memory.segments { left.subtract(segment) }
            // A gap is told as such.
            guard left.ranges.contains(where: { $0.clamped(to: range) != $0 }), told.insert(subject.what).inserted,
                told.count < 20
            else { continue }
            // Whoever says how much is to be shown, and gets that, has meant it. Where commands show one part behind the other,
            // others may be missing.
            if subject.isLoad, isShownAsAsked(picture) {
                notes.append(
                    "'\(subject.what)' has loaded \(hex(subject.range.lowerBound)) to \(hex(subject.range.upperBound)): more "
                        + "than the log shows, and all that its command asks for")
                continue
            }
            doubts.append(
                "'\(subject.what)' is about \(hex(subject.range.lowerBound)) to \(hex(subject.range.upperBound)), and the "
                    + "log does not show all of that")
        }
    }

    /// Whether one command has asked for the image, or the same one more than once.
    private func isShownAsAsked(_ picture: LogPicture) -> Bool {
        let asked = picture.expected.filter { $0.overlaps(range) }
        return gaps.isEmpty && !asked.isEmpty && asked.allSatisfy { $0 == range }
    }

    /// Also what sums are of, and what was loaded last.
    private static func subjects(_ picture: LogPicture) -> [LogSubject] {
        var subjects = picture.subjects
        for sum in picture.sums where sum.end >= sum.start && sum.end < .max {
            subjects.append(LogSubject(range: sum.start..<sum.end + 1, what: "crc32"))
        }
        for digest in picture.digests {
            if let range = digest.range { subjects.append(LogSubject(range: range, what: digest.name)) }
        }
        for (index, load) in picture.loads.enumerated() where load.isSizeKnown && load.isOfStorage {
            // What is written into it by hand leaves the rest as it was loaded.
            let isOver = picture.loads[(index + 1)...].contains { later in
                !later.isOtherFile && later.range.overlaps(load.range)
                    && (later.isOfStorage || later.range.clamped(to: load.range) == load.range)
            }
            if !isOver { subjects.append(LogSubject(range: load.range, what: load.what, isLoad: true)) }
        }
        return subjects
    }
}
