public import FlashBytes

/// How an image is to be written. Plain values; `ImageBuilder` checks them.
public struct ImageConfiguration: Sendable, Hashable {
    /// What follows the last node.
    public enum Padding: Sendable, Hashable {
        /// Nothing: the image ends with its last node.
        case none
        /// Erased bytes to the end of the last erase block.
        case toEraseBlock
        /// Erased bytes to this size; further erase blocks begin with a cleanmarker (bytes).
        case toSize(UInt64)
    }

    /// Which times are written.
    public enum Times: Sendable, Hashable {
        /// Those of the tree.
        case asTheyAre
        /// One for all: `-f` of mkfs.jffs2 is 0 (seconds since 1970).
        case fixed(Int64)
        /// Those of the tree, but none later than this: SOURCE_DATE_EPOCH (seconds since 1970).
        case notAfter(Int64)
    }

    /// The byte order of the device.
    public var byteOrder = ByteOrder.little
    /// The size of an erase block (bytes).
    public var eraseSize = 65536
    /// How much of a file one node holds at most: the device's memory page (bytes).
    public var pageSize = 4096
    /// The size of the cleanmarker at the start of each erase block; nil for none, as on NAND (bytes).
    public var cleanmarkerSize: Int? = 12
    /// What follows the last node.
    public var padding = Padding.none
    /// Writes the spare area of NAND flash behind each page; the file ends with a whole page. Sizes and limits count without
    /// it.
    public var spareArea: SpareAreaForm?
    /// An image that gets larger is refused (bytes).
    public var maximumSize: UInt64?
    /// Whether each erase block ends with a summary node, which makes mounting faster.
    public var writesSummaries = false
    /// How file data is compressed.
    public var compression = CompressionSettings()
    /// Which times are written.
    public var times = Times.asTheyAre
    /// Uses `Inode.number` where all numbers of the tree are usable; else, and where there are none, inodes are numbered
    /// in the order in which they are written.
    public var keepsInodeNumbers = false
    /// The image behind which this one will stand (`-i`).
    public var appendage: Appendage?
    /// Writes the bytes of mkfs.jffs2 2.1.5: nothing that its format lacks (the root directory's own metadata, holes) and no
    /// gain of ours. Pages are compressed with zlib, one after the other.
    public var isCompatible = false
    /// In compatible mode: inodes from this index on were made by a device table, whose entries mkfs.jffs2 puts behind all
    /// others of a directory, in the order of the table.
    public var firstTableInode: Int?
    /// How many pages are compressed at a time; the image does not depend on it.
    public var jobs = 1

    /// As `mkfs.jffs2 -l` does without further options, but for the codecs.
    public init() {}
}

/// How file data is compressed.
public struct CompressionSettings: Sendable, Hashable {
    /// Which codec's result is taken.
    public enum Selection: Sendable, Hashable {
        /// No compression.
        case none
        /// The first codec whose result is smaller than the data.
        case priority
        /// The smallest result.
        case smallest
        /// LZO's, which is the fastest to read, unless another result is below 80 % of its size.
        case favourLZO
    }

    /// Which codec's result is taken.
    public var selection = Selection.smallest
    /// The codecs that are tried, in this order: any of zlib, rtime, lzo and lzma.
    ///
    /// Only the kernels of OpenWrt and dd-wrt read lzma.
    public var codecs: [Compression] = [.zlib]
    /// libdeflate's level: 1 (fast) to 12 (small).
    public var level = Self.defaultLevel

    /// Small enough, and more than three times as fast as mkfs.jffs2 on two cores.
    public static let defaultLevel = 6

    /// The smallest result of the usual codecs.
    public init() {}

    /// The codecs that there are encoders for.
    public static var encoders: [Compression] { Codec.writable.map(\.compression) }
}

extension ImageConfiguration {
    /// The smallest erase block that is written (bytes).
    public static let minimumEraseSize = 4096

    /// What is wrong with the values, if anything.
    var problem: String? {
        if appendage != nil, keepsInodeNumbers { return "an image behind another one has numbers of its own" }
        if eraseSize < Self.minimumEraseSize || eraseSize % 4 != 0 || eraseSize > 1 << 30 {
            return "the erase size must be a multiple of 4 from 4 KiB to 1 GiB, not \(eraseSize)"
        }
        if let cleanmarkerSize, cleanmarkerSize < 12 || cleanmarkerSize > eraseSize / 2 {
            return "the cleanmarker must have 12 to \(eraseSize / 2) bytes, not \(cleanmarkerSize)"
        }
        if let spareArea {
            if cleanmarkerSize != nil { return "cleanmarkers are in the spare area, if there is one" }
            if eraseSize % spareArea.area.pageSize != 0 {
                return "the erase size \(eraseSize) is not of whole pages of \(spareArea.area.pageSize) bytes"
            }
        }
        if !(1...1 << 20).contains(pageSize) { return "the page size must be from 1 byte to 1 MiB, not \(pageSize)" }
        if !Deflater.levels.contains(compression.level) {
            return "the compression level must be 1 to 12, not \(compression.level)"
        }
        if let codec = compression.codecs.first(where: { Codec.of($0)?.isWritable != true }) {
            return "there is no encoder for \(codec)"
        }
        if case .toSize(let size) = padding, let maximumSize, size > maximumSize {
            return "padding to \(size) bytes makes the image larger than the allowed \(maximumSize)"
        }
        if isCompatible, writesSummaries { return "mkfs.jffs2 writes no summaries" }
        return nil
    }

    /// Where nodes begin in an erase block (bytes).
    var firstNodeOffset: Int { cleanmarkerSize.map { ($0 + 3) & ~3 } ?? 0 }

    /// How much of a file a node holds at most: the page size, halved until a whole page fits an erase block (bytes).
    var nodeDataSize: Int {
        var size = pageSize
        // A quarter of the block is left to the header, the cleanmarker and the summary.
        while size > 512, size + RawInode.size > eraseSize - eraseSize / 4 - firstNodeOffset { size /= 2 }
        return size
    }
}

extension ImageConfiguration {
    /// A configuration for an image of the same flash: byte order, erase size, cleanmarkers and summaries as in
    /// `fileSystem`.
    public init(like fileSystem: FileSystem) {
        byteOrder = fileSystem.byteOrder
        eraseSize = fileSystem.eraseSize
        cleanmarkerSize = fileSystem.scan.cleanmarkers > 0 ? Int(fileSystem.scan.cleanmarkerSize ?? 12) : nil
        writesSummaries = fileSystem.scan.summaries > 0
    }
}
