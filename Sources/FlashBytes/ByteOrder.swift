/// The order in which a multi-byte number lies in memory.
///
/// A value, not a type parameter: a JFFS2 image has the byte order of the device that wrote it.
public enum ByteOrder: String, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    case little
    case big

    /// The order of the machine that runs this code.
    @inlinable
    public static var host: ByteOrder { UInt16(littleEndian: 1) == 1 ? .little : .big }

    /// The other order.
    @inlinable
    public var opposite: ByteOrder { self == .little ? .big : .little }

    /// `little-endian` or `big-endian`.
    public var description: String { rawValue + "-endian" }
}
