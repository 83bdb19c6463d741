/// By its last three letters, whether a name may mean anything: nearly none does, and to take it apart into words costs much.
struct NameTails: Sendable {
    /// By the letters' numbers; a name that ends otherwise means nothing.
    private let known: [Bool]

    /// - Parameter words: in lower case; what they end in counts, and a name of fewer than three letters always may be one.
    init(_ words: some Sequence<String>) {
        var known = [Bool](repeating: false, count: 26 * 26 * 26)
        for word in words {
            if let tail = Self.tail(Array(word.utf8)) { known[tail] = true }
        }
        self.known = known
    }

    /// Whether a name ends as one of the words, or in a way that says nothing.
    func mayEnd(_ name: [UInt8]) -> Bool {
        guard let tail = Self.tail(name) else { return true }
        return known[tail] || Self.hasDynamicName(name)
    }

    /// The number of the last three letters; nil where they are no word's end for sure: fewer of them, a capital that begins a
    /// word among them, other languages' letters, a name that is too long to be read to its end.
    private static func tail(_ name: [UInt8]) -> Int? {
        guard name.count <= 128 else { return nil }
        var end = name.count
        while end > 0, !ByteText.isLetter(name[end - 1]) {
            if name[end - 1] >= 0x80 { return nil }
            end -= 1
        }
        guard end >= 3 else { return nil }
        let (first, second, third) = (name[end - 3], name[end - 2], name[end - 1])
        guard ByteText.isLetter(first), ByteText.isLetter(second), ByteText.isLetter(third) else { return nil }
        // `deviceSN` ends in a word of two letters, `WPAKey` in one of three.
        guard isCapital(second) == isCapital(third), isCapital(first) || !isCapital(second) else { return nil }
        return (letter(first) * 26 + letter(second)) * 26 + letter(third)
    }

    private static func isCapital(_ byte: UInt8) -> Bool { byte & 0x20 == 0 }

    private static func letter(_ byte: UInt8) -> Int { Int(byte | 0x20) - 0x61 }

    /// `ddns` counts wherever it is.
    private static func hasDynamicName(_ name: [UInt8]) -> Bool {
        var run = 0
        for byte in name {
            switch (run, byte | 0x20) {
            case (2, 0x73): return true
            case (1, 0x6e): run = 2
            case (_, 0x64): run = 1
            default: run = 0
            }
        }
        return false
    }
}
