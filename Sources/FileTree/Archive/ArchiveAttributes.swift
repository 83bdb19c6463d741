/// Extended attributes as libarchive gives them back.
enum ArchiveAttributes {
    /// Each attribute once, ascending by name.
    ///
    /// libarchive writes an attribute in two dialects, of which it decodes the name in one only (LIBARCHIVE.xattr), and gives
    /// both back: a name with characters that are encoded comes as it is and encoded. GNU tar and star write the other dialect
    /// alone, so an encoded name counts where the plain one is not there.
    static func withoutEncodedCopies(_ attributes: [ExtendedAttribute]) -> [ExtendedAttribute] {
        var counts: [ExtendedAttribute: Int] = [:]
        for attribute in attributes { counts[attribute, default: 0] += 1 }
        for attribute in Set(attributes) where attribute.name.contains(where: isEncoded) {
            let copy = ExtendedAttribute(name: encoded(attribute.name), value: attribute.value)
            if let count = counts[copy] { counts[copy] = count - 1 }
        }
        var known: Set<[UInt8]> = []
        return attributes.filter { counts[$0, default: 0] > 0 && known.insert($0.name).inserted }
            .sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }

    /// What libarchive's url_encode replaces.
    private static func isEncoded(_ byte: UInt8) -> Bool {
        byte < 33 || byte > 126 || byte == UInt8(ascii: "%") || byte == UInt8(ascii: "=")
    }

    private static func encoded(_ name: [UInt8]) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return name.flatMap { isEncoded($0) ? [UInt8(ascii: "%"), digits[Int($0 >> 4)], digits[Int($0 & 15)]] : [$0] }
    }
}
