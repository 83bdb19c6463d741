/// A read past the end of the bytes at hand.
public struct OutOfBounds: Error, Hashable, CustomStringConvertible {
    /// Where the read began (bytes).
    public let offset: Int
    /// How many bytes were wanted.
    public let wanted: Int
    /// How many bytes there are in all.
    public let available: Int

    /// A read of `wanted` bytes at `offset`, where the data have `available`.
    @inlinable
    public init(offset: Int, wanted: Int, available: Int) {
        self.offset = offset
        self.wanted = wanted
        self.available = available
    }

    /// What was wanted and where the data end, without full stop.
    public var description: String {
        "\(wanted) bytes wanted at offset \(hex(offset)), but the data ends at \(hex(available))"
    }
}

extension RawSpan {
    /// Throws unless `count` bytes lie at `offset`.
    @inlinable @inline(__always)
    public func check(_ offset: Int, count: Int) throws(OutOfBounds) {
        guard offset >= 0, count >= 0, offset <= byteCount, count <= byteCount - offset else {
            throw OutOfBounds(offset: offset, wanted: count, available: byteCount)
        }
    }

    /// The byte at `offset`.
    @inlinable @inline(__always)
    public func uint8(at offset: Int) throws(OutOfBounds) -> UInt8 {
        try check(offset, count: 1)
        return unsafe unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
    }

    /// The 16-bit number at `offset`, which need not be aligned.
    @inlinable @inline(__always)
    public func uint16(at offset: Int, _ order: ByteOrder) throws(OutOfBounds) -> UInt16 {
        try check(offset, count: 2)
        let raw = unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt16.self)
        return order == .little ? UInt16(littleEndian: raw) : UInt16(bigEndian: raw)
    }

    /// The 32-bit number at `offset`, which need not be aligned.
    @inlinable @inline(__always)
    public func uint32(at offset: Int, _ order: ByteOrder) throws(OutOfBounds) -> UInt32 {
        try check(offset, count: 4)
        let raw = unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt32.self)
        return order == .little ? UInt32(littleEndian: raw) : UInt32(bigEndian: raw)
    }

    /// A copy of the bytes in `range`.
    public func bytes(in range: Range<Int>) throws(OutOfBounds) -> [UInt8] {
        try check(range.lowerBound, count: range.count)
        let part = extracting(range)
        return unsafe [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            unsafe part.withUnsafeBytes { source in
                unsafe UnsafeMutableRawBufferPointer(buffer).copyMemory(from: source)
            }
            count = range.count
        }
    }

    /// Whether all bytes in `range` (which must be inside) equal `value`.
    public func isFilled(with value: UInt8, in range: Range<Int>) -> Bool {
        let word = UInt64(value) &* 0x0101_0101_0101_0101
        var at = range.lowerBound
        while at + 8 <= range.upperBound {
            if unsafe unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self) != word { return false }
            at += 8
        }
        while at < range.upperBound {
            if unsafe unsafeLoad(fromByteOffset: at, as: UInt8.self) != value { return false }
            at += 1
        }
        return true
    }

    /// The first offset in `range` (which must be inside) at which a byte differs from `value`; the end if none does.
    public func endOfRun(of value: UInt8, in range: Range<Int>) -> Int {
        let word = UInt64(value) &* 0x0101_0101_0101_0101
        var at = range.lowerBound
        while at + 8 <= range.upperBound, unsafe unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self) == word {
            at += 8
        }
        while at < range.upperBound, unsafe unsafeLoad(fromByteOffset: at, as: UInt8.self) == value { at += 1 }
        return at
    }
}

/// `number` as `0x…`, the way offsets are printed everywhere.
public func hex(_ number: some BinaryInteger) -> String {
    "0x" + String(number, radix: 16)
}

/// The lower-case hexadecimal digits of `number`, with zeros before them up to `width` digits.
public func hexadecimalDigits(_ number: some BinaryInteger, width: Int = 8) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
