import FlashBytes

/// The 64 bytes in front of a U-Boot legacy image (`legacy_img_hdr` in U-Boot's `include/image.h`), all big-endian.
public struct UImageHeader: Sendable, Hashable {
    /// `ih_magic`.
    public static let magic: UInt32 = 0x2705_1956
    /// In bytes.
    public static let size = 64
    /// The room for the name (bytes).
    public static let nameSize = 32
    /// `ih_type` of an image with several files.
    public static let multiFileType: UInt8 = 4
    /// `ih_type` of a script, which has a table of sizes as well.
    public static let scriptType: UInt8 = 6

    /// `ih_hcrc` as stored; the sum of the header with zeros in this place.
    public var headerCRC: UInt32 = 0
    /// `ih_time`, seconds since 1970.
    public var time: UInt32 = 0
    /// `ih_size`, of the data behind the header (bytes).
    public var dataSize: UInt32 = 0
    /// `ih_load`.
    public var loadAddress: UInt32 = 0
    /// `ih_ep`.
    public var entryPoint: UInt32 = 0
    /// `ih_dcrc`, the sum of the data.
    public var dataCRC: UInt32 = 0
    /// `ih_os`.
    public var operatingSystem: UInt8 = 5
    /// `ih_arch`.
    public var architecture: UInt8 = 2
    /// `ih_type`.
    public var type: UInt8 = 7
    /// `ih_comp`.
    public var compression: UInt8 = 0
    /// `ih_name`: the 32 bytes as they are; unused ones are 0.
    public private(set) var nameField = [UInt8](repeating: 0, count: nameSize)

    /// A header for a file system image of a camera: ARM, Linux, file system, not compressed, no name.
    public init() {}

    /// Reads a header.
    ///
    /// - Returns: nil where there is none: no magic, or no room.
    public init?(reading bytes: RawSpan, at offset: Int) {
        var cursor = ByteCursor(at: offset, .big)
        do throws(OutOfBounds) {
            guard try cursor.uint32(bytes) == Self.magic else { return nil }
            headerCRC = try cursor.uint32(bytes)
            time = try cursor.uint32(bytes)
            dataSize = try cursor.uint32(bytes)
            loadAddress = try cursor.uint32(bytes)
            entryPoint = try cursor.uint32(bytes)
            dataCRC = try cursor.uint32(bytes)
            operatingSystem = try cursor.uint8(bytes)
            architecture = try cursor.uint8(bytes)
            type = try cursor.uint8(bytes)
            compression = try cursor.uint8(bytes)
            nameField = try bytes.bytes(in: cursor.position..<cursor.position + Self.nameSize)
        } catch {
            return nil
        }
    }

    /// The header as it is stored.
    public var bytes: [UInt8] {
        var writer = ByteWriter(.big, capacity: Self.size)
        writer.uint32(Self.magic)
        writer.uint32(headerCRC)
        writer.uint32(time)
        writer.uint32(dataSize)
        writer.uint32(loadAddress)
        writer.uint32(entryPoint)
        writer.uint32(dataCRC)
        writer.uint8(operatingSystem)
        writer.uint8(architecture)
        writer.uint8(type)
        writer.uint8(compression)
        writer.append(nameField)
        return writer.bytes
    }

    /// What `headerCRC` has to be.
    public var computedHeaderCRC: UInt32 {
        var copy = self
        copy.headerCRC = 0
        return CRC32.zlib(unsafe copy.bytes.span.bytes)
    }

    /// Whether the header's sum is right.
    public var isIntact: Bool { headerCRC == computedHeaderCRC }

    /// The name up to its first NUL.
    public var name: [UInt8] { Array(nameField.prefix { $0 != 0 }) }

    /// A name that does not fit.
    public struct NameTooLong: Error, Hashable, CustomStringConvertible {
        /// How long it is (bytes).
        public let count: Int
        /// How long it is, and how long it may be.
        public var description: String {
            "the name has \(count) bytes; a uImage header holds \(UImageHeader.nameSize)"
        }
    }

    /// Sets the name.
    public mutating func setName(_ name: some Collection<UInt8>) throws(NameTooLong) {
        guard name.count <= Self.nameSize else { throw NameTooLong(count: name.count) }
        nameField = Array(name) + Array(repeating: 0, count: Self.nameSize - name.count)
    }

    /// Whether the data begins with a table of sizes.
    public var hasParts: Bool { type == Self.multiFileType || type == Self.scriptType }
}
