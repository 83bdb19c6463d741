/// What a wrongly wired or wrongly read chip does to all of its bytes: the bits of each byte in reverse order, all bits
/// inverted, the bytes of each group reversed, or its 16-bit or 32-bit parts. Undoing it is doing it once more.
package struct ByteTransform: Sendable, Hashable {
    /// Whether the bits of each byte stand in reverse order.
    package var reversesBits: Bool
    /// Whether all bits are inverted.
    package var inverts: Bool
    /// The size of the groups whose bytes are reversed: 2, 4 or 8; nil for none (bytes).
    package var group: Int?
    /// The size of the parts of a group that change places, each of which keeps the order of its bytes: 1 for bytes; 2 or 4,
    /// less than the group (bytes).
    package var unit: Int

    /// A transformation; with no argument, none.
    package init(reversesBits: Bool = false, inverts: Bool = false, group: Int? = nil, unit: Int = 1) {
        self.reversesBits = reversesBits
        self.inverts = inverts
        self.group = group
        self.unit = unit
    }

    /// Whether nothing changes.
    package var isIdentity: Bool { !reversesBits && !inverts && group == nil }

    /// The transformed bytes; an incomplete last group keeps its order.
    package func applied(to bytes: RawSpan) -> [UInt8] {
        var result: [UInt8]
        if let group {
            result = WordSwap.swapped(bytes, group: group)
            // Reversed once more within its parts, only their order is another one.
            if unit > 1, unit < group {
                let whole = result.count - result.count % group
                let parts = WordSwap.swapped(unsafe result.span.bytes.extracting(0..<whole), group: unit)
                result = parts + result[whole...]
            }
        } else {
            result = (try? bytes.bytes(in: 0..<bytes.byteCount)) ?? []
        }
        guard reversesBits || inverts else { return result }
        let table = (0...UInt8.max).map { byte in
            let turned = reversesBits ? Self.reversed(byte) : byte
            return inverts ? ~turned : turned
        }
        for index in result.indices { result[index] = table[Int(result[index])] }
        return result
    }

    private static func reversed(_ byte: UInt8) -> UInt8 {
        (0..<8).reduce(0) { $0 | (byte >> UInt8($1) & 1) << UInt8(7 - $1) }
    }
}

/// Two chips side by side on one bus: one has the lower bytes of each word, the other the upper ones.
package enum Interleave {
    /// The bytes of both chips as the processor sees them.
    ///
    /// - Parameters:
    ///   - first: the chip whose bytes come first.
    ///   - second: the other one; what is longer in one of them is left out.
    ///   - width: how many bytes of each chip make up a word: 1 or 2.
    package static func merged(_ first: RawSpan, with second: RawSpan, width: Int) -> [UInt8] {
        let width = max(width, 1)
        let count = min(first.byteCount, second.byteCount) / width * width
        var result: [UInt8] = []
        result.reserveCapacity(2 * count)
        func append(_ chip: RawSpan, at start: Int) {
            for index in start..<start + width {
                result.append(unsafe chip.unsafeLoad(fromByteOffset: index, as: UInt8.self))
            }
        }
        for start in stride(from: 0, to: count, by: width) {
            append(first, at: start)
            append(second, at: start)
        }
        return result
    }
}
