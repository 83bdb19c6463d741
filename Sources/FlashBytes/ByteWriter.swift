/// Appends numbers of one byte order and raw bytes to a growing array.
public struct ByteWriter: Sendable {
    /// What was written so far.
    public private(set) var bytes: [UInt8]
    /// The byte order of the numbers.
    public let order: ByteOrder

    /// - Parameter capacity: how many bytes to reserve.
    public init(_ order: ByteOrder, capacity: Int = 0) {
        bytes = []
        bytes.reserveCapacity(capacity)
        self.order = order
    }

    /// How many bytes were written.
    public var count: Int { bytes.count }

    /// Forgets what was written, keeps the capacity.
    public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    /// Appends a byte.
    public mutating func uint8(_ value: UInt8) { bytes.append(value) }

    /// Appends a 16-bit number.
    public mutating func uint16(_ value: UInt16) { append(order == .little ? value.littleEndian : value.bigEndian) }

    /// Appends a 32-bit number.
    public mutating func uint32(_ value: UInt32) { append(order == .little ? value.littleEndian : value.bigEndian) }

    /// Appends raw bytes.
    public mutating func append(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

    /// Appends raw bytes.
    public mutating func append(_ span: RawSpan) {
        unsafe span.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    }

    /// Appends `count` bytes of `value`.
    public mutating func fill(_ value: UInt8, count: Int) {
        if count > 0 { bytes.append(contentsOf: repeatElement(value, count: count)) }
    }

    private mutating func append(_ value: some FixedWidthInteger) {
        unsafe withUnsafeBytes(of: value) { unsafe bytes.append(contentsOf: $0) }
    }
}
