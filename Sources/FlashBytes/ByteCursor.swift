/// A position in bytes that are handed to each call, in the byte order of an image.
///
/// The cursor holds no span: spans are passed down, offsets come up (so that no experimental language feature is
/// needed, and a value that was read can outlive the bytes).
public struct ByteCursor: Sendable {
    /// Where the next read begins (bytes from the start of the span).
    public var position: Int
    /// The byte order of the numbers.
    public let order: ByteOrder

    /// A cursor at an offset of the span that it will be used with.
    @inlinable
    public init(at position: Int = 0, _ order: ByteOrder) {
        self.position = position
        self.order = order
    }

    /// Reads a byte and moves past it.
    @inlinable
    public mutating func uint8(_ bytes: RawSpan) throws(OutOfBounds) -> UInt8 {
        let value = try bytes.uint8(at: position)
        position += 1
        return value
    }

    /// Reads a 16-bit number and moves past it.
    @inlinable
    public mutating func uint16(_ bytes: RawSpan) throws(OutOfBounds) -> UInt16 {
        let value = try bytes.uint16(at: position, order)
        position += 2
        return value
    }

    /// Reads a 32-bit number and moves past it.
    @inlinable
    public mutating func uint32(_ bytes: RawSpan) throws(OutOfBounds) -> UInt32 {
        let value = try bytes.uint32(at: position, order)
        position += 4
        return value
    }
}
