/// Rows of `od` and its like that show bytes as something else than pairs of digits: words of two bytes in octal or decimal
/// numbers (`od`, `od -d`, `hexdump -d`), binary digits (`xxd -b`), characters (`od -c`).
struct WordRows {
    private enum Form: CaseIterable {
        case octal
        case decimal
        case binary
        case characters
    }

    /// Rows of numbers of one byte each, whatever stands in front: an address, what a log writes there.
    private enum ByteForm: CaseIterable {
        case hex
        case octal
        case decimal

        var widths: ClosedRange<Int> { self == .hex ? 2...2 : self == .octal ? 3...3 : 1...3 }
        var radix: Int { self == .hex ? 16 : self == .octal ? 8 : 10 }
        var notation: Notation { self == .hex ? .hex : self == .octal ? .octal : .decimal }
    }

    private let source: [UInt8]
    /// Behind the last row.
    private(set) var end: Int
    private(set) var readings: [WrittenBytes] = []

    /// The characters at the right of `xxd -b`.
    private var column = WrittenBytes(notation: .plain)

    /// Shorter rows are something else (bytes of the text).
    private static let longestRow = 256
    private static let mostTokens = 32

    /// - Parameter start: where a line begins.
    init(_ source: [UInt8], from start: Int) {
        self.source = source
        end = start
        for form in Form.allCases {
            var read = WrittenBytes(notation: Self.notation(form))
            var at = start
            while let next = row(from: at, form: form, into: &read) { at = next }
            if read.bytes.count >= 8 { readings.append(read) }
            end = max(end, at)
        }
        if !column.bytes.isEmpty { readings.append(column) }
        for form in ByteForm.allCases { readByteRows(from: start, form: form) }
    }

    // MARK: - Rows of bytes

    private static let fewestBytes = 4

    private func lineEnd(_ start: Int) -> Int {
        let limit = min(source.count, start + Self.longestRow)
        return source[start..<limit].firstIndex(of: 0x0a) ?? limit
    }

    private mutating func readByteRows(from start: Int, form: ByteForm) {
        var read = WrittenBytes(notation: form.notation)
        var characters = WrittenBytes(notation: .plain)
        var at = start
        while at < source.count {
            let line = at..<lineEnd(at)
            let next = min(source.count, line.upperBound + 1)
            let fewest = read.bytes.isEmpty ? Self.fewestBytes : 1
            let numbers = byteNumbers(line, form: form)
            if numbers.count >= fewest {
                let values = numbers.compactMap { number($0, radix: form.radix) }.compactMap { UInt8(exactly: $0) }
                guard values.count == numbers.count else { break }
                let shown = shownCharacters(of: values, beside: numbers, line: line)
                for (place, value) in zip(numbers, values) { read.append(value, at: place) }
                for (place, value) in zip(shown, values) { characters.append(value, at: place) }
                at = next
                // `od -tx1 -tc` has a second row for the same bytes.
                guard shown.isEmpty, next < source.count else { continue }
                let below = next..<lineEnd(next)
                let cells = cells(below, of: values)
                if cells.isEmpty { continue }
                for (place, value) in zip(cells, values) { characters.append(value, at: place) }
                at = min(source.count, below.upperBound + 1)
            } else {
                // `od -tc -tx1` has it above.
                guard next < source.count, line.count >= Self.fewestBytes * 4 || !read.bytes.isEmpty else { break }
                let below = next..<lineEnd(next)
                let numbers = byteNumbers(below, form: form)
                let values = numbers.compactMap { number($0, radix: form.radix) }.compactMap { UInt8(exactly: $0) }
                guard !values.isEmpty, values.count == numbers.count else { break }
                let cells = cells(line, of: values)
                if cells.isEmpty { break }
                for (place, value) in zip(cells, values) { characters.append(value, at: place) }
                for (place, value) in zip(numbers, values) { read.append(value, at: place) }
                at = min(source.count, below.upperBound + 1)
            }
        }
        end = max(end, at)
        readings += [read, characters].filter { $0.bytes.count >= 8 }
    }

    /// The numbers that end a line, or stand in front of its characters.
    private func byteNumbers(_ line: Range<Int>, form: ByteForm) -> [Range<Int>] {
        var at = line.upperBound
        if at > line.lowerBound, source[at - 1] == 0x0d { at -= 1 }
        if at > line.lowerBound, source[at - 1] == 0x3c || source[at - 1] == 0x7c, let bar = bar(in: line) { at = bar }
        var numbers: [Range<Int>] = []
        while at > line.lowerBound, numbers.count < Self.mostTokens {
            while at > line.lowerBound, source[at - 1] == 0x20 { at -= 1 }
            let last = at
            while at > line.lowerBound, last - at < 4,
                form == .hex ? ByteText.isHexDigit(source[at - 1]) : ByteText.isDigit(source[at - 1])
            {
                at -= 1
            }
            guard form.widths.contains(last - at), at == line.lowerBound || source[at - 1] == 0x20 else { break }
            numbers.append(at..<last)
        }
        return numbers.reversed()
    }

    /// The sign that opens the column of characters: `  >text<`.
    private func bar(in line: Range<Int>) -> Int? {
        let opening: UInt8 = source[line.upperBound - 1] == 0x7c ? 0x7c : 0x3e
        return line.dropFirst(2).first { source[$0] == opening && source[$0 - 1] == 0x20 && source[$0 - 2] == 0x20 }
    }

    /// The characters of a column behind the numbers; none where it shows something else.
    private func shownCharacters(of values: [UInt8], beside numbers: [Range<Int>], line: Range<Int>) -> [Range<Int>] {
        guard let last = numbers.last,
            let bar = (last.upperBound..<line.upperBound).first(where: { source[$0] != 0x20 }),
            bar + values.count < line.upperBound
        else { return [] }
        let places = (0..<values.count).map { bar + 1 + $0..<bar + 2 + $0 }
        return isShown(values, by: places.map { source[$0.lowerBound] }) ? places : []
    }

    /// The cells of a row of `od -c` that end its line, if they show these bytes.
    private func cells(_ line: Range<Int>, of values: [UInt8]) -> [Range<Int>] {
        let end = line.upperBound > line.lowerBound && source[line.upperBound - 1] == 0x0d ? 1 : 0
        let first = line.upperBound - end - values.count * 4
        guard first >= line.lowerBound else { return [] }
        let cells = (0..<values.count).map { index -> Range<Int> in
            let start = first + index * 4
            var at = start + 1
            while at < start + 3, source[at] == 0x20 { at += 1 }
            return at..<start + 4
        }
        return isShown(values, by: cells.map { value(of: $0) ?? 0 }) ? cells : []
    }

    /// Whether characters are those of bytes, as far as they can be seen.
    private func isShown(_ values: [UInt8], by characters: [UInt8]) -> Bool {
        let visible = zip(values, characters).filter { (0x20..<0x7f).contains($0.0) }
        return !visible.isEmpty && visible.count { $0.0 != $0.1 } * 4 <= visible.count
            || visible.isEmpty && values.allSatisfy { $0 < 0x20 || $0 >= 0x7f }
    }

    /// Whether numbers of a byte each end a line.
    private static func endsWithNumbers(_ source: [UInt8], at place: Int) -> Bool {
        let limit = min(source.count, place + longestRow)
        var at = source[place..<limit].firstIndex(of: 0x0a) ?? limit
        if at > place, source[at - 1] == 0x0d { at -= 1 }
        // A column of characters follows.
        if at > place, source[at - 1] == 0x3c || source[at - 1] == 0x7c { return at - place >= 16 }
        var count = 0
        while count < fewestBytes {
            while at > place, source[at - 1] == 0x20 { at -= 1 }
            let last = at
            while at > place, last - at < 4, ByteText.isHexDigit(source[at - 1]) { at -= 1 }
            guard (1...3).contains(last - at), at == place || source[at - 1] == 0x20 else { return false }
            count += 1
        }
        return true
    }

    private static func notation(_ form: Form) -> Notation {
        switch form {
        case .octal: .octalWord
        case .decimal: .decimalWord
        case .binary: .binary
        case .characters: .plain
        }
    }

    /// Where the offset ends that begins a line of a dump; nil for another line.
    private static func offsetEnd(_ source: [UInt8], at place: Int) -> Int? {
        guard var end = ByteText.behindAddress(source, at: place) else { return nil }
        if source[end] == 0x3a { end += 1 }
        return end < source.count && source[end] == 0x20 ? end : nil
    }

    /// Whether a line may be such a row.
    static func begins(_ source: [UInt8], at place: Int) -> Bool {
        isIndented(source, at: place) || offsetEnd(source, at: place) != nil || endsWithNumbers(source, at: place)
    }

    /// Whether a line begins as those of `od -An -c` do.
    private static func isIndented(_ source: [UInt8], at place: Int) -> Bool {
        place + 16 < source.count && [0, 1, 4, 8, 12].allSatisfy { source[place + $0] == 0x20 }
    }

    /// - Returns: where the next line begins; nil where this one is no such row.
    private mutating func row(from start: Int, form: Form, into read: inout WrittenBytes) -> Int? {
        let isBare = form == .characters && Self.isIndented(source, at: start)
        guard let offset = isBare ? start : Self.offsetEnd(source, at: start) else { return nil }
        let line = offset..<(source[offset...].prefix(Self.longestRow).firstIndex(of: 0x0a) ?? source.count)
        guard line.count <= Self.longestRow else { return nil }
        var tokens: [Range<Int>] = []
        if form == .characters {
            guard let cells = cells(line) else { return nil }
            tokens = cells
        } else {
            tokens = numbers(line, form: form)
        }
        guard !tokens.isEmpty else { return nil }
        for token in tokens { append(token, form: form, to: &read) }
        if form == .binary, line.upperBound - tokens.count > tokens[tokens.count - 1].upperBound {
            for index in tokens.indices {
                let place = line.upperBound - tokens.count + index
                column.append(source[place], at: place..<place + 1)
            }
        }
        return min(source.count, line.upperBound + 1)
    }

    /// The numbers of a row, up to the column of characters.
    private func numbers(_ line: Range<Int>, form: Form) -> [Range<Int>] {
        let widths = form == .octal ? 6...6 : form == .binary ? 8...8 : 1...5
        let most: UInt8 = form == .octal ? 0x37 : form == .binary ? 0x31 : 0x39
        var tokens: [Range<Int>] = []
        var at = line.lowerBound
        while at < line.upperBound, tokens.count < Self.mostTokens {
            while at < line.upperBound, source[at] == 0x20 { at += 1 }
            let first = at
            while at < line.upperBound, (0x30...most).contains(source[at]) { at += 1 }
            guard widths.contains(at - first), at == line.upperBound || source[at] == 0x20 else { break }
            // The characters of `xxd -b` stand two blanks behind.
            if form == .binary, !tokens.isEmpty, source[first - 2] == 0x20 { break }
            tokens.append(first..<at)
        }
        if form == .binary { return tokens }
        return at == line.upperBound || tokens.isEmpty ? tokens : []
    }

    /// Each byte in four columns: itself, an escape or three octal digits. Nil where something else stands there.
    private func cells(_ line: Range<Int>) -> [Range<Int>]? {
        guard line.count.isMultiple(of: 4) || source[line.upperBound - 1] == 0x0d else { return nil }
        var cells: [Range<Int>] = []
        for start in stride(from: line.lowerBound, to: line.upperBound - 3, by: 4) {
            guard source[start] == 0x20 else { return nil }
            var first = start + 1
            while first < start + 3, source[first] == 0x20 { first += 1 }
            cells.append(first..<start + 4)
        }
        // A column of numbers is none of characters.
        return cells.allSatisfy { value(of: $0) != nil } && cells.contains { $0.count < 3 } ? cells : nil
    }

    /// What `od -a` calls control characters and the blank.
    private static let names = Dictionary(
        uniqueKeysWithValues: [
            "nul", "soh", "stx", "etx", "eot", "enq", "ack", "bel", "bs", "ht", "nl", "vt", "ff", "cr", "so", "si",
            "dle", "dc1", "dc2", "dc3", "dc4", "nak", "syn", "etb", "can", "em", "sub", "esc", "fs", "gs", "rs", "us",
            "sp",
        ].enumerated().map { number, name in (Array(name.utf8), UInt8(number)) })
    private static let escapes: [UInt8: UInt8] = [
        0x30: 0, 0x61: 7, 0x62: 8, 0x74: 9, 0x6e: 10, 0x76: 11, 0x66: 12, 0x72: 13, 0x5c: 0x5c,
    ]

    /// What a cell shows.
    private func value(of cell: Range<Int>) -> UInt8? {
        switch cell.count {
        case 1: return source[cell.lowerBound]
        case 2 where source[cell.lowerBound] == 0x5c: return Self.escapes[source[cell.lowerBound + 1]]
        default:
            return number(cell, radix: 8).flatMap { cell.count == 3 ? UInt8(exactly: $0) : nil }
                ?? Self.names[Array(source[cell])]
        }
    }

    private func number(_ digits: Range<Int>, radix: Int) -> Int? {
        var value = 0
        for digit in source[digits] {
            let digit = ByteText.isHexDigit(digit) ? Int(ByteText.hexValue(digit)) : radix
            guard digit < radix else { return nil }
            value = value * radix + digit
        }
        return value
    }

    private func append(_ token: Range<Int>, form: Form, to read: inout WrittenBytes) {
        switch form {
        case .characters:
            if let byte = value(of: token) { read.append(byte, at: token) }
        case .binary:
            if let byte = number(token, radix: 2) { read.append(UInt8(truncatingIfNeeded: byte), at: token) }
        case .octal, .decimal:
            guard let word = number(token, radix: form == .octal ? 8 : 10) else { return }
            read.append(UInt8(truncatingIfNeeded: word), at: token)
            read.append(UInt8(truncatingIfNeeded: word >> 8), at: token)
        }
    }
}
