import FlashBytes

/// The size that a file gets when it is filled up with erased flash (0xFF), or freed of it.
package enum Padding: Sendable, Hashable {
    /// Up to the next multiple of so many bytes.
    case multiple(of: Int)
    /// Up to just so many bytes.
    case size(Int)
    /// Down to the end of the last block of so many bytes in which anything is not 0xFF.
    case trimmed(block: Int)

    /// What cannot be done.
    package enum Refusal: Error, Hashable, CustomStringConvertible {
        /// Padding never throws bytes away.
        case wouldShorten(from: Int, to: Int)
        /// Nothing would be left.
        case allErased
        /// No flash is that large, and a mistyped size must not fill the disk.
        case tooLarge(Int)

        /// Why it cannot be padded so, without full stop.
        package var description: String {
            switch self {
            case .wouldShorten(let from, let to):
                "it has \(from) bytes, \(from - to) more than \(to) (\(hex(to))); padding does not shorten"
            case .allErased: "all bytes are 0xff; nothing would be left"
            case .tooLarge(let size):
                "\(hex(size)) is larger than any flash; the limit is \(SizeExpression.readable(Padding.largestSize))"
            }
        }
    }

    /// The largest size that is padded to (bytes).
    package static let largestSize = 64 << 30

    /// The size that a file with these bytes gets.
    package func size(for bytes: RawSpan) throws(Refusal) -> Int {
        let count = bytes.byteCount
        switch self {
        case .multiple(let block):
            let rest = block > 0 ? count % block : 0
            return try Self.checked(rest == 0 ? count : count - rest, plus: rest == 0 ? 0 : block)
        case .size(let size):
            guard size >= count else { throw .wouldShorten(from: count, to: size) }
            return try Self.checked(size, plus: 0)
        case .trimmed(let block):
            let used = bytes.endOfUsed(0..<count)
            guard used > 0 else { throw .allErased }
            let rest = used % max(block, 1)
            // The last block may be incomplete in the file already.
            return rest == 0 ? used : used + min(count - used, block - rest)
        }
    }

    private static func checked(_ size: Int, plus more: Int) throws(Refusal) -> Int {
        guard size <= largestSize, more <= largestSize - size else { throw .tooLarge(max(size, more)) }
        return size + more
    }
}

extension RawSpan {
    /// The end of the bytes in `range` (which must be inside) that are not erased: behind the last one that is not
    /// 0xFF, the start of `range` if all are.
    func endOfUsed(_ range: Range<Int>) -> Int {
        var end = range.upperBound
        while end - 8 >= range.lowerBound,
            unsafe unsafeLoadUnaligned(fromByteOffset: end - 8, as: UInt64.self) == .max
        {
            end -= 8
        }
        while end > range.lowerBound, unsafe unsafeLoad(fromByteOffset: end - 1, as: UInt8.self) == 0xff { end -= 1 }
        return end
    }
}
