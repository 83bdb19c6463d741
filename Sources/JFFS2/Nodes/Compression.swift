/// How the data of an inode node is stored (`compr`; `JFFS2_COMPR_*` in the kernel). What is known of each is in `Codec`.
public struct Compression: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The number in `compr`.
    public let rawValue: UInt8

    /// Any number; `Codec` tells which are known.
    @inlinable
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Stored as it is.
    public static let none = Compression(rawValue: 0)
    /// All zeros, nothing stored: a hole node.
    public static let zero = Compression(rawValue: 1)
    /// JFFS2's own: repeats what followed the same byte before.
    public static let rtime = Compression(rawValue: 2)
    /// Called RUBINMIPS in the header; Linux decodes it as dynrubin.
    public static let rubinmips = Compression(rawValue: 3)
    /// Never written by Linux.
    public static let copy = Compression(rawValue: 4)
    /// Called DYNRUBIN in the header; Linux decodes it as rubinmips, U-Boot as dynrubin.
    public static let dynrubin = Compression(rawValue: 5)
    /// A zlib stream.
    public static let zlib = Compression(rawValue: 6)
    /// LZO1X.
    public static let lzo = Compression(rawValue: 7)
    /// Raw LZMA of OpenWrt and others: lc=0, lp=0, pb=0, dictionary 8 KiB.
    public static let lzma = Compression(rawValue: 8)
    /// LZMA with five property bytes in front and no size.
    public static let lzmaWithProperties = Compression(rawValue: 0x15)
}
