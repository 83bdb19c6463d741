/// A part of a text that writes something, and how.
struct WrittenPart {
    var place: Range<Int>
    var notation: Notation
    /// Of digits, what is written over them; nil where no bits of others are in them.
    var digits: DigitMask?

    /// The same part, of a text in front of which so much more stands (bytes).
    func moved(by distance: Int) -> WrittenPart {
        var part = self
        part.place = place.lowerBound + distance..<place.upperBound + distance
        return part
    }
}

extension [WrittenPart] {
    /// Where they are, without their notations: those that touch are one.
    var places: [Range<Int>] {
        reduce(into: []) { places, part in
            if let last = places.last, last.upperBound == part.place.lowerBound {
                places[places.count - 1] = last.lowerBound..<part.place.upperBound
            } else {
                places.append(part.place)
            }
        }
    }
}

/// Bytes that a part of a text writes down in digits, and where each of them stands: base64, hexadecimal, lists of numbers.
///
/// What is written so may hold anything: settings, another text of that kind, something packed.
struct WrittenBytes {
    private(set) var bytes: [UInt8] = []
    /// Of each byte, where its digits begin and where they end; empty for base64.
    private var starts: [UInt32] = []
    private var ends: [UInt32] = []
    /// Of base64 and base32, where the digits stand, and what one of them holds (bits): two bytes can share one.
    private var digits: [Int] = []
    private var bits = 0
    /// Of each byte, whether it is written as the character that it is: `'p'` in a list; empty if none is.
    private var characters: [Bool] = []
    let notation: Notation

    /// - Parameter notation: of its digits.
    init(notation: Notation) { self.notation = notation }

    /// What is written in base64 or base32.
    ///
    /// - Parameters:
    ///   - digits: where each of them stands.
    ///   - bits: what each of them holds.
    init(_ bytes: [UInt8], digits: [Int], bits: Int) {
        self.bytes = bytes
        self.digits = digits
        self.bits = bits
        notation = .base64
    }

    /// - Parameter isCharacter: whether it is written as itself, and not in digits.
    mutating func append(_ byte: UInt8, at place: Range<Int>, isCharacter: Bool = false) {
        if isCharacter, characters.isEmpty { characters = Array(repeating: false, count: bytes.count) }
        let isMixed = isCharacter || !characters.isEmpty
        bytes.append(byte)
        starts.append(UInt32(clamping: place.lowerBound))
        ends.append(UInt32(clamping: place.upperBound))
        if isMixed { characters.append(isCharacter) }
    }

    /// Where the first number of a list stands; nil for digits of base64.
    var firstNumber: Int? { starts.first.map(Int.init) }

    /// From the first number to the last one.
    var span: Range<Int> {
        guard let first = starts.first, let last = ends.last, first <= last else { return 0..<0 }
        return Int(first)..<Int(last)
    }

    /// The characters of the text that write some of the bytes, without what stands between them and must stay there.
    ///
    /// - Parameters:
    ///   - range: of `bytes`; not empty.
    ///   - source: the text.
    func parts(of range: Range<Int>, in source: [UInt8]) -> [WrittenPart] {
        if bits > 0 { return digits(of: range, in: source) }
        var parts: [WrittenPart] = []
        for index in range {
            let place = Int(starts[index])..<Int(ends[index])
            let notation = !characters.isEmpty && characters[index] ? .plain : notation
            if let last = parts.last, last.notation == notation, notation != .plain,
                !notation.isWords || place == last.place,
                // In words that are turned round a byte stands in front of the one before it.
                place.lowerBound <= last.place.upperBound && place.upperBound >= last.place.lowerBound
                    || place.lowerBound > last.place.upperBound
                        && source[last.place.upperBound..<place.lowerBound].allSatisfy({ staysMasked($0) })
            {
                parts[parts.count - 1].place =
                    min(last.place.lowerBound, place.lowerBound)..<max(last.place.upperBound, place.upperBound)
            } else {
                parts.append(WrittenPart(place: place, notation: notation))
            }
        }
        return parts
    }

    /// The digits that hold a bit of some bytes, those joined between which only white space stands.
    private func digits(of range: Range<Int>, in source: [UInt8]) -> [WrittenPart] {
        let first = range.lowerBound * 8 / bits
        let end = min(digits.count, (range.upperBound * 8 + bits - 1) / bits)
        let mask = DigitMask(bits: bits, of: range)
        var parts: [WrittenPart] = []
        for (index, place) in digits[first..<end].enumerated() {
            if let last = parts.last, source[last.place.upperBound..<place].allSatisfy({ $0 <= 0x20 }) {
                parts[parts.count - 1].place = last.place.lowerBound..<place + 1
                continue
            }
            var own = mask
            own.before = index == 0 ? mask.before : 0
            own.phase = index == 0 ? 0 : (index * bits - mask.before) % 8
            own.after = 0
            parts.append(WrittenPart(place: place..<place + 1, notation: .base64, digits: own))
        }
        if !parts.isEmpty { parts[parts.count - 1].digits?.after = mask.after }
        return parts
    }

    /// Whether the mask of the notation leaves a byte between two digits as it is.
    private func staysMasked(_ byte: UInt8) -> Bool {
        notation == .decimal || notation == .octal
            ? !ByteText.isAlphanumeric(byte) : byte == 0x30 || !ByteText.isAlphanumeric(byte) || byte | 0x20 == 0x78
    }

    /// Whether they are the bytes of a text: in ASCII, UTF-8 or UTF-16.
    var isText: Bool {
        let sample = bytes.prefix(4096)
        let readable = sample.count { (0x20..<0x7f).contains($0) || (0x09...0x0d).contains($0) }
        if readable * 8 >= sample.count * 7 { return true }
        if sample.count >= 16, WideText(bytes, in: 0..<sample.count) != nil { return true }
        let others = sample.count { $0 >= 0x80 }
        // Of the last character the rest may be missing.
        return readable + others == sample.count && readable * 4 >= sample.count
            && (0..<4).contains { String(validating: sample.dropLast($0), as: UTF8.self) != nil }
    }

    /// `0x1fU`, `0o163`
    private static let longestNumber = 5
    /// A shorter text says nothing that is not found as it is (bytes).
    private static let shortest = (numbers: 4, digits: 12)
    /// Of other bytes than those of a text, fewer are a word or a path (bytes).
    private static let shortestBinary = 48

    /// Everything in a text that is written so, ascending.
    ///
    /// - Parameters:
    ///   - range: where a run must begin.
    ///   - places: only runs with one of these in them are wanted, ascending; nil for all.
    static func all(in source: [UInt8], from range: Range<Int>, near places: [Int]? = nil) -> [WrittenBytes] {
        func isWanted(_ run: Range<Int>) -> Bool { places?.hasAny(in: run) ?? true }
        var found: [WrittenBytes] = []
        var at = range.lowerBound
        var (rowsEnd, numbersEnd) = (0, 0)
        while at < range.upperBound {
            if at >= rowsEnd, at == 0 || source[at - 1] == 0x0a, WordRows.begins(source, at: at) {
                let rows = WordRows(source, from: at)
                rowsEnd = rows.end
                if isWanted(at..<rows.end) { found += rows.readings }
            }
            guard starters[Int(source[at])], isStart(source, at: at) else {
                at += 1
                continue
            }
            let word = wordEnd(source, from: at)
            if word - at <= longestNumber {
                let numbers = NumberRun(source, from: at)
                if numbers.count >= shortest.numbers {
                    if isWanted(at..<numbers.end) { found += numbers.readings }
                    at = max(at + 1, numbers.end)
                    continue
                }
            }
            if let numbers = NumberWords.find(source, at: at, word: word, behind: &numbersEnd),
                isWanted(at..<numbers.end)
            {
                found += numbers.texts
                at = max(at + 1, numbers.end)
                continue
            }
            let listWidth = HexWords.listWidth(source, at: at)
            if listWidth != nil || wordWidths.contains(word - at), ByteText.isHexDigit(source[at]) {
                let words = HexWords(source, from: at, width: listWidth ?? word - at)
                let readings = isWanted(at..<words.end) ? words.readings : []
                if !readings.isEmpty {
                    found += readings.filter {
                        $0.bytes.count >= shortest.numbers
                            && (words.isCertain || $0.isText || EmbeddedStream.begins($0.bytes))
                    }
                    at = max(at + 1, words.end)
                    continue
                }
            }
            guard word - at >= DigitRun.shortestLine else {
                at = max(at + 1, word)
                continue
            }
            let digits = DigitRun(source, from: at)
            if isWanted(at..<digits.end) {
                found += digits.readings.filter {
                    $0.bytes.count >= shortest.digits
                        && ($0.bytes.count >= shortestBinary || EmbeddedStream.begins($0.bytes) || $0.isText)
                }
            }
            at = max(at + 1, digits.end)
        }
        return found
    }

    /// Digits of words of two, four and eight bytes.
    private static let wordWidths = [4, 8, 16]

    /// Which bytes a run may begin with.
    private static let starters: [Bool] = (0..<256).map { byte in
        let byte = UInt8(byte)
        return Base64Run.isDigit(byte) || [0x22, 0x27, 0x5c, 0x2d, 0x5f].contains(byte)
    }

    /// Behind the digits at a place, as far as it matters.
    private static func wordEnd(_ source: [UInt8], from start: Int) -> Int {
        var end = start
        while end < source.count, end - start < DigitRun.shortestLine,
            DigitRun.value(source[end]) != nil
                || source[end] == 0x5c && end + 1 < source.count && source[end + 1] == 0x2f
        {
            end += 1
        }
        return end
    }

    /// Whether a word may begin at a place.
    private static func isStart(_ source: [UInt8], at place: Int) -> Bool {
        guard place > 0, ByteText.isAlphanumeric(source[place - 1]) else { return true }
        // `\n` in a string.
        return place > 1 && source[place - 2] == 0x5c && "nrt".utf8.contains(source[place - 1])
    }
}
