/// Words that names of settings may end with, in lower case.
///
/// Nearly every word of a text is held against them, and nearly none ends so: by its last two bytes it is seen at once.
struct NameEndings: Sendable, ExpressibleByArrayLiteral {
    private let byTail: [UInt16: [[UInt8]]]
    /// All of them.
    let words: [String]

    /// Words of two bytes and more.
    init(arrayLiteral words: String...) {
        self.words = words
        byTail = Dictionary(grouping: words.map { Array($0.utf8) }, by: { Self.tail($0) })
    }

    /// Whether the name ends with one of them.
    func include(endOf name: String) -> Bool {
        guard let words = byTail[Self.tail(name.utf8)] else { return false }
        let count = name.utf8.count
        return words.contains { $0.count <= count && name.utf8.suffix($0.count).elementsEqual($0) }
    }

    /// The last two bytes.
    private static func tail(_ bytes: some BidirectionalCollection<UInt8>) -> UInt16 {
        bytes.suffix(2).reduce(0) { $0 << 8 | UInt16($1) }
    }
}
