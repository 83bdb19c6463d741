public import FlashBytes

/// Something that was taken off an input to get at the file system.
public enum InputLayer: Sendable, Hashable, CustomStringConvertible {
    /// The bytes are reversed in groups of this many.
    case wordSwapped(group: Int)
    /// Behind each page lay its spare area; in so many of them there is a cleanmarker.
    case spareArea(SpareArea, cleanmarkers: Int)
    /// Bytes in front of the file system.
    case skipped(bytes: Int)
    /// Bytes behind the file system.
    case trailing(bytes: Int)

    public var description: String {
        switch self {
        case .wordSwapped(let group): "word-swapped (groups of \(group) bytes reversed)"
        case .spareArea(let area, let cleanmarkers):
            "NAND dump with spare area (\(area))"
                + (cleanmarkers == 0 ? "" : ", \(cleanmarkers) cleanmarker\(cleanmarkers == 1 ? "" : "s") in it")
        case .skipped(let bytes): "file system at offset \(hex(bytes))"
        case .trailing(let bytes): "\(bytes) bytes behind the file system"
        }
    }
}
