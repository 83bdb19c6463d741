import FlashBytes

/// Something in a flash dump that is no JFFS2, recognised by more than its magic: by a sum, or by several fields that
/// agree with each other.
package struct FlashStructure: Sendable, Hashable {
    /// What it is.
    package enum Kind: Sendable, Hashable {
        case uImage(UImage)
        case squashFS(SquashFSHeader)
        case ubi(UBIVolumeArea)
        case environment(UBootEnvironment)
        case deviceTree
        /// A U-Boot FIT image; places in it count from its own beginning.
        case flattenedImage(FlattenedImageTree)
        /// The header of a TRX firmware whose sum is right; its parts lie behind it.
        case trx(TRXHeader)
    }

    /// What it is.
    package let kind: Kind
    /// Where it lies (bytes).
    package let range: Range<Int>

    /// What its own sums are of (bytes): more than itself for a header whose parts are structures of their own.
    package var summedRange: Range<Int> {
        if case .trx(let header) = kind { return range.lowerBound..<range.lowerBound + header.length }
        return range
    }

    /// Which it is, as a word for `--json`.
    package var word: String {
        switch kind {
        case .uImage: "uImage"
        case .squashFS: "squashfs"
        case .ubi: "ubi"
        case .environment: "environment"
        case .deviceTree: "deviceTree"
        case .flattenedImage: "fit"
        case .trx: "trx"
        }
    }

    /// All structures in `bytes`, in order; none overlaps another.
    ///
    /// - Parameter skipping: what is known to be something else (ascending, disjoint), for example file systems: what
    ///   lies in there is some file's contents.
    package static func all(in bytes: RawSpan, skipping: [Range<Int>] = []) -> [FlashStructure] {
        var found: [FlashStructure] = []
        var rest = skipping[...]
        var reader = Reader(treeWork: bytes.byteCount / 4 * 8 + (1 << 16))
        var at = 0
        while at + 4 <= bytes.byteCount {
            if let next = rest.first, at >= next.lowerBound {
                at = max(at, next.upperBound)
                rest.removeFirst()
                continue
            }
            guard isCandidate(bytes, at: at), let structure = reader.read(bytes, at: at) else {
                let bound = min(
                    rest.first?.lowerBound ?? .max, (at / environmentAlignment + 1) * environmentAlignment,
                    bytes.byteCount - 3)
                at = starts.firstOffset(in: bytes, range: at + 1..<bound)
                continue
            }
            found.append(structure)
            at = max(structure.range.upperBound, at + 4)
        }
        return found
    }

    /// Environments have no magic, but stand at multiples of this (bytes).
    private static let environmentAlignment = 4096

    private static let magics = [
        UImageHeader.magic, SquashFSHeader.littleMagic, SquashFSHeader.bigMagic, UBIVolumeArea.magic, DeviceTree.magic,
        TRXHeader.magic,
    ]
    private static let starts = BytePairs(
        magics.map { (UInt8(truncatingIfNeeded: $0 >> 24), UInt8(truncatingIfNeeded: $0 >> 16)) })

    private static func isCandidate(_ bytes: RawSpan, at: Int) -> Bool {
        // In bounds: the caller looks 4 bytes ahead.
        at % environmentAlignment == 0
            || magics.contains(
                unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt32.self).bigEndian)
    }

    /// Reads what stands at the candidates. All of them together cost no more than some looks at each byte: headers that
    /// claim the rest of the flash as their own may stand everywhere.
    private struct Reader {
        /// How many nodes and properties of device trees are read at most; those that are none cost most.
        var treeWork: Int
        private var sums = RangeSums()

        init(treeWork: Int) { self.treeWork = treeWork }

        mutating func read(_ bytes: RawSpan, at: Int) -> FlashStructure? {
            guard let magic = try? bytes.uint32(at: at, .big) else { return nil }
            switch magic {
            case UImageHeader.magic:
                guard let header = UImageHeader(reading: bytes, at: at), header.isIntact,
                    let image = UImage(reading: bytes, at: at, &sums)
                else { return nil }
                // The header is true, but what follows it may be anything, unless the sum says otherwise.
                return FlashStructure(
                    kind: .uImage(image), range: image.dataIsIntact ? image.range : at..<at + UImageHeader.size)
            case SquashFSHeader.littleMagic, SquashFSHeader.bigMagic:
                guard let header = SquashFSHeader(reading: bytes, at: at) else { return nil }
                return FlashStructure(kind: .squashFS(header), range: at..<at + header.extent(bytes, at: at))
            case UBIVolumeArea.magic:
                guard let area = UBIVolumeArea(reading: bytes, at: at) else { return nil }
                return FlashStructure(kind: .ubi(area), range: at..<at + area.size)
            case TRXHeader.magic:
                guard let header = TRXHeader(reading: bytes, at: at, &sums), header.isIntact else { return nil }
                return FlashStructure(kind: .trx(header), range: at..<at + header.size)
            case DeviceTree.magic:
                let rest = bytes.extracting(at..<bytes.byteCount)
                guard treeWork > 0, let tree = try? DeviceTree(rest, work: &treeWork) else { return nil }
                if let images = try? FlattenedImageTree(tree: tree, bytes: rest) {
                    return FlashStructure(kind: .flattenedImage(images), range: at..<at + images.size)
                }
                return FlashStructure(kind: .deviceTree, range: at..<at + tree.size)
            default:
                guard let environment = UBootEnvironment(reading: bytes, at: at) else { return nil }
                return FlashStructure(kind: .environment(environment), range: at..<at + environment.size)
            }
        }
    }
}
