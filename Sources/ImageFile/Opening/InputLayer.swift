import FileTree
public import FirmwareImage
public import FlashBytes

/// Something that was taken off an input to get at the file system.
public enum InputLayer: Sendable, Hashable, CustomStringConvertible {
    /// The file was compressed, or the only file of an archive; so many bytes of it were read.
    case packed(PackedForm, member: String?, bytes: Int)
    /// The file was a U-Boot legacy image whose data are compressed.
    case compressedUImage(UImage, PackedForm)
    /// The bytes are reversed in groups of this many.
    case wordSwapped(group: Int)
    /// Behind each page lay its spare area; in so many of them there is a cleanmarker.
    case spareArea(SpareArea, cleanmarkers: Int)
    /// These blocks of the flash are bad, as their spare areas say, and were taken for erased ones (bytes, without spare areas).
    case badBlocks([Range<Int>])
    /// The file system is the data of a U-Boot legacy image.
    case uImage(UImage)
    /// The file system is a member of a U-Boot FIT image, and begins at `offset` (bytes).
    case flattenedImage(member: String, offset: Int)
    /// Bytes in front of the file system.
    case skipped(bytes: Int)
    /// Bytes behind the file system.
    case trailing(bytes: Int)

    /// What was taken off, without full stop.
    public var description: String {
        switch self {
        case .packed(let form, let member, let bytes):
            member.map { "'\(printable(Array($0.utf8)))' of a \(form) archive (\(bytes) bytes)" }
                ?? "\(form)-compressed (\(bytes) bytes)"
        case .compressedUImage(let image, let form):
            "the \(form)-compressed data of a uImage '\(printable(image.header.name))'"
                + (image.faults.isEmpty ? "" : " with a wrong CRC")
        case .wordSwapped(let group): "word-swapped (groups of \(group) bytes reversed)"
        case .spareArea(let area, let cleanmarkers):
            "NAND dump with spare area (\(area))"
                + (cleanmarkers == 0 ? "" : ", \(cleanmarkers) cleanmarker\(cleanmarkers == 1 ? "" : "s") in it")
        case .badBlocks(let ranges):
            "\(ranges.count) bad block\(ranges.count == 1 ? "" : "s") left out ("
                + ranges.prefix(4).map { hex($0.lowerBound) }.joined(separator: ", ")
                + (ranges.count > 4 ? " and so on)" : ")")
        case .uImage(let image):
            "in a uImage '\(printable(image.header.name))'"
                + (image.offset > 0 ? " at \(hex(image.offset))" : "")
                + (image.faults.isEmpty ? "" : " with a wrong CRC")
        case .flattenedImage(let member, let offset):
            "'\(printable(Array(member.utf8)))' of a FIT image, at \(hex(offset))"
        case .skipped(let bytes): "file system at offset \(hex(bytes))"
        case .trailing(let bytes): "\(bytes) bytes behind the file system"
        }
    }
}
