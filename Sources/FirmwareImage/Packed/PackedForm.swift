internal import FlashBytes

/// How people pack a dump: a compressor, or an archiver.
public enum PackedForm: String, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    case gzip, bzip2, xz, lzma, lzip, zstd, lz4, compress, zip, tar, cpio

    /// The form that bytes have by their first ones; nil for anything else.
    ///
    /// No JFFS2 and no header of U-Boot begins like this, but a flash may: with a bare compressed kernel.
    package init?(_ bytes: RawSpan) {
        func starts(_ magic: [UInt8], at offset: Int = 0) -> Bool {
            (try? bytes.bytes(in: offset..<offset + magic.count)) == magic
        }
        func byte(_ offset: Int) -> UInt8 { (try? bytes.uint8(at: offset)) ?? 0 }
        if starts([0x1f, 0x8b, 8]), byte(3) & 0xe0 == 0 {
            self = .gzip
        } else if starts(Array("BZh".utf8)), (0x31...0x39).contains(byte(3)),
            starts([0x31, 0x41, 0x59, 0x26, 0x53, 0x59], at: 4) || starts([0x17, 0x72, 0x45, 0x38, 0x50, 0x90], at: 4)
        {
            self = .bzip2
        } else if starts([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]) {
            self = .xz
        } else if starts(Array("LZIP".utf8)), byte(4) <= 1 {
            self = .lzip
        } else if starts([0x28, 0xb5, 0x2f, 0xfd]) {
            self = .zstd
        } else if starts([0x04, 0x22, 0x4d, 0x18]) || starts([0x02, 0x21, 0x4c, 0x18]) {
            self = .lz4
        } else if starts([0x1f, 0x9d]), byte(2) & 0x60 == 0, (9...16).contains(byte(2) & 0x1f) {
            self = .compress
        } else if starts([0x50, 0x4b, 3, 4]) || starts([0x50, 0x4b, 5, 6]) {
            self = .zip
        } else if Self.isTar(bytes) {
            self = .tar
        } else if Self.isCpio(bytes) {
            self = .cpio
        } else if Self.isLZMA(bytes) {
            self = .lzma
        } else {
            return nil
        }
    }

    /// Its usual name; `compress` is better known by its files' ending.
    public var description: String { self == .compress ? "Z" : rawValue }

    /// How much more than what comes out of a cut-off file may lie in it; 0 where the last byte comes out (bytes).
    ///
    /// libarchive gives whole pieces of 64 KiB, and some compressors pack blocks of which there is all or nothing.
    package var mostKeptBack: Int {
        switch self {
        case .gzip, .xz, .lzma, .zip, .tar, .cpio, .compress: 0
        case .bzip2: 900_000 + 1 << 16
        case .lzip: 1 << 16
        case .zstd: 1 << 17 + 1 << 16
        case .lz4: 4 << 20 + 1 << 16
        }
    }

    /// Whether it holds files with names.
    public var isArchive: Bool { self == .zip || self == .tar || self == .cpio }

    /// A header of 512 bytes with its magic and its sum, in which the sum itself counts as spaces.
    private static func isTar(_ bytes: RawSpan) -> Bool {
        guard let header = try? bytes.bytes(in: 0..<512), Array(header[257..<262]) == Array("ustar".utf8) else {
            return false
        }
        let digits = header[148..<156].drop { $0 == 0x20 }.prefix { (0x30...0x37).contains($0) }
        let sum = header.enumerated().reduce(0) { $0 + (148..<156 ~= $1.offset ? 0x20 : Int($1.element)) }
        return Int(String(decoding: digits, as: UTF8.self), radix: 8) == sum
    }

    /// A header in ASCII: 13 numbers of eight hexadecimal digits (`newc`), or ten octal ones (`odc`); one is the length of the name
    /// that follows, which ends with a NUL.
    private static func isCpio(_ bytes: RawSpan) -> Bool {
        guard let magic = try? bytes.bytes(in: 0..<6) else { return false }
        let isNew = magic == Array("070701".utf8) || magic == Array("070702".utf8)
        guard isNew || magic == Array("070707".utf8) else { return false }
        let (radix, field, end) = isNew ? (16, 94..<102, 110) : (8, 59..<65, 76)
        guard let digits = try? bytes.bytes(in: 6..<end),
            digits.allSatisfy({ Int(String(UnicodeScalar($0)), radix: radix) != nil }),
            let text = try? bytes.bytes(in: field),
            let length = Int(String(decoding: text, as: UTF8.self), radix: radix),
            (2...4096).contains(length)
        else { return false }
        return (try? bytes.uint8(at: end + length - 1)) == 0
    }

    /// There is no magic: a byte of properties, a dictionary of 2^n or 2^n + 2^(n-1) bytes, the size or -1, and the first
    /// byte of the range coder, which is 0.
    private static func isLZMA(_ bytes: RawSpan) -> Bool {
        guard let properties = try? bytes.uint8(at: 0), properties < 9 * 5 * 5,
            let dictionary = try? bytes.uint32(at: 1, .little), let low = try? bytes.uint32(at: 5, .little),
            let high = try? bytes.uint32(at: 9, .little), let first = try? bytes.uint8(at: 13)
        else { return false }
        let bits = dictionary.nonzeroBitCount
        let isUsual = dictionary >= 4096 && (bits == 1 || bits == 2 && dictionary & (dictionary << 1) != 0)
        return first == 0 && isUsual && (high == .max && low == .max || high < 16)
    }
}
