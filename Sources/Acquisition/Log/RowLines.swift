/// Lines of which not each is a row with its address, made into such rows: those of `od` with more than one type, and those
/// of `hexdump -e` without addresses.
///
///     0000000  85  19  03  20              03020100 07060504
///             205 031 003                  0b0a0908 0f0e0d0c
struct RowLines: Hashable {
    enum Form: Hashable {
        /// So many lines in succession show the same bytes, and one of them in hexadecimal digits.
        case interleaved(count: Int, index: Int)
        /// Words of a size (bytes), one line behind the other.
        case sequential(unit: Int)
    }
    let form: Form
    /// The address of the lines that come, and the number of the last one of them.
    private var address: [UInt8] = []
    private var index = 0
    /// Where the next word lies.
    private var at: UInt64 = 0
    /// Words of a full line.
    private var width = 0

    init(_ form: Form) { self.form = form }

    enum Outcome {
        case row([UInt8])
        /// The same once more, in other digits.
        case passed
        case other
    }

    mutating func take(_ line: ArraySlice<UInt8>) -> Outcome {
        switch form {
        case .interleaved(let count, let wanted):
            let digits = line.prefix { hexadecimalValue($0) != nil }
            if digits.count >= 6, digits.endIndex == line.endIndex || MemoryRow.isBlank(line[digits.endIndex]) {
                if digits.count == line.count { return .other }
                (address, index) = (Array(digits), 0)
                return wanted == 0 ? .row(Array(line)) : .passed
            }
            guard let first = line.first, MemoryRow.isBlank(first), !address.isEmpty, index + 1 < count else {
                return .other
            }
            index += 1
            return index == wanted ? .row(address + [0x20] + LogInterpreter.trimmed(line)) : .passed
        case .sequential(let unit):
            var words: [UInt8] = []
            var count = 0
            for word in line.split(whereSeparator: MemoryRow.isBlank) {
                guard word.count % (2 * unit) == 0, word.allSatisfy({ hexadecimalValue($0) != nil }) else {
                    return .other
                }
                for start in stride(from: word.startIndex, to: word.endIndex, by: 2 * unit) {
                    words += [0x20] + word[start..<start + 2 * unit]
                    count += 1
                }
            }
            guard count > 0, width == 0 || count <= width else { return .other }
            width = max(width, count)
            let digits = Array(String(at, radix: 16).utf8)
            at += UInt64(count * unit)
            return .row([UInt8](repeating: 0x30, count: max(0, 8 - digits.count)) + digits + words)
        }
    }

    /// Of the options of `od`, in small letters: nil if they ask for one type, or for none in hexadecimal digits.
    init?(optionsOf words: [String]) {
        var types: [Character] = []
        var isValue = false
        for (index, word) in words.enumerated() {
            if isValue {
                types += Self.types(word)
                isValue = false
            } else if word == "-t" {
                isValue = true
            } else if word.hasPrefix("-t") {
                types += Self.types(word.dropFirst(2))
            } else if let equals = word.firstIndex(of: "="), word[..<equals].hasSuffix("-format") {
                types += Self.types(word[equals...])
            } else if word == "-a", index + 1 < words.count, ["x", "d", "o", "n"].contains(words[index + 1]) {
                // The radix of addresses.
                continue
            } else if word.count == 2, word.first == "-", let letter = word.last, "abcdfhiloxs".contains(letter) {
                types.append("hx".contains(letter) ? "x" : letter)
            }
        }
        guard types.count > 1, let index = types.firstIndex(of: "x") else { return nil }
        self.init(.interleaved(count: types.count, index: index))
    }

    /// `x1c` are two.
    private static func types(_ word: some StringProtocol) -> [Character] {
        Array(word.filter { "acdfoux".contains($0) })
    }
}
