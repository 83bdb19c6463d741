import FirmwareImage
package import FlashBytes
package import JFFS2

/// What lies around the file systems of an input, so that the output gets it too: other bytes of the file, and the order of
/// the bytes.
///
/// The spare area of a NAND dump is left out: its sums would belong to other data, and only the driver of the flash can
/// make new ones.
package struct InputFrame: Sendable {
    /// The whole file.
    private let file: FileBytes
    /// The part of it that was looked at (bytes).
    private let selected: Range<Int>
    private let swapGroup: Int?
    private let hasSpareArea: Bool
    /// The U-Boot images around file systems, whose sums must fit the new data.
    private let containers: [UImage]
    /// Where the file systems are in the view (bytes).
    private let ranges: [Range<Int>]
    private let eraseSizes: [Int]
    /// The view before anything was replaced.
    private let original: [UInt8]
    /// The selected part in the order in which the file systems were read.
    package private(set) var view: [UInt8]

    /// - Parameter images: of one input, opened with `options`; at least one.
    package init(images: [OpenedImage], options: InputOptions) {
        let image = images[0]
        containers = images.compactMap(\.uImage)
        ranges = images.map(\.range)
        eraseSizes = images.map(\.fileSystem.eraseSize)
        file = image.file
        let start = options.offset ?? 0
        selected = start..<min(file.count, options.length.map { start + $0 } ?? file.count)
        swapGroup = image.swapGroup
        hasSpareArea = image.spareArea != nil
        view = Self.view(
            of: ByteRegion(file: image.file, range: selected), swapGroup: swapGroup, spareArea: image.spareArea,
            badBlocks: image.badBlocks)
        original = view
    }

    /// A part of a file in the order in which file systems are read, without spare areas, bad blocks as erased ones.
    package static func view(
        of region: ByteRegion, swapGroup: Int?, spareArea: SpareArea? = nil, badBlocks: [Range<Int>] = []
    ) -> [UInt8] {
        var bytes = region.withBytes { Array($0) }
        if let swapGroup { bytes = unsafe WordSwap.swapped(bytes.span.bytes, group: swapGroup) }
        if let spareArea { bytes = spareArea.data(of: unsafe bytes.span.bytes, erasing: badBlocks) }
        return bytes
    }

    /// Puts new bytes at a place; what ends behind the end of the view makes it longer.
    package mutating func replace(_ range: Range<Int>, with bytes: [UInt8]) { view.replaceSubrange(range, with: bytes) }

    /// The whole file with the view as it is now, in the order of the input; of a NAND dump with spare area only the data
    /// of the selected part.
    package func assembled() -> [UInt8] {
        var view = view
        correctSums(in: &view)
        let inner = swapGroup.map { group in unsafe WordSwap.swapped(view.span.bytes, group: group) } ?? view
        if selected == 0..<file.count || hasSpareArea { return inner }
        return file.withBytes { bytes in
            Array(bytes.extracting(0..<selected.lowerBound)) + inner
                + Array(bytes.extracting(selected.upperBound..<bytes.byteCount))
        }
    }
}

extension InputFrame {
    /// The erase blocks in which a whole output differs from the input. Of a dump with spare areas, offsets are those in the
    /// output, which holds the data of the selected part alone.
    ///
    /// - Parameter rewritten: why blocks of each file system were rewritten, ascending.
    /// - Throws: `LayoutError.check` where anything else in a file system differs.
    package func comparison(
        with output: [UInt8], rewritten: [[ChangedBlock]]
    ) throws(LayoutError) -> FlashComparison {
        let start = hasSpareArea ? 0 : selected.lowerBound
        let areas = zip(zip(ranges, eraseSizes), rewritten).map { place, rewritten in
            FlashComparison.Area(
                range: place.0.lowerBound + start..<place.0.upperBound + start, eraseSize: place.1,
                rewritten: rewritten)
        }
        let input =
            hasSpareArea
            ? FileBytes(swapGroup.map { unsafe WordSwap.swapped(original.span.bytes, group: $0) } ?? original) : file
        return try input.withBytes { (bytes: RawSpan) throws(LayoutError) in
            try FlashComparison(of: bytes, with: unsafe output.span.bytes, areas: areas)
        }
    }

    /// What lies around the file systems and was changed.
    private func changedStructures(in view: [UInt8]) -> [FlashStructure] {
        FlashStructure.all(in: unsafe original.span.bytes, skipping: ranges.sorted { $0.lowerBound < $1.lowerBound })
            .filter { structure in
                let range = structure.summedRange
                return range.upperBound > view.count
                    || view.count != original.count && range.upperBound == original.count
                    || view[range] != original[range]
            }
    }

    /// Renews the sums of everything that was changed and has some.
    private func correctSums(in view: inout [UInt8]) {
        var images: [Int: UImage] = [:]
        for image in containers { images[image.offset] = image }
        for structure in changedStructures(in: view) {
            switch structure.kind {
            // Of an image whose sum was wrong before, the end is not known, unless a file system is in it.
            case .uImage(let image): if image.dataIsIntact { images[image.offset] = image }
            case .environment(let environment): Self.correct(environment, at: structure.range, in: &view)
            default: break
            }
        }
        for image in images.values { correct(image, in: &view) }
    }

    /// What was changed and has sums that cannot be renewed here; sentences without full stop.
    package var staleSums: [String] {
        changedStructures(in: view).compactMap { structure in
            switch structure.kind {
            case .ubi, .flattenedImage, .trx:
                "bytes were redacted in \(structure) at \(hex(structure.range.lowerBound)), whose own sums are wrong now"
            default: nil
            }
        }
    }

    /// Writes the header with the size and the sums of the data as it is now; all other fields stay.
    private func correct(_ image: UImage, in view: inout [UInt8]) {
        // What reached the end grows and shrinks with the view.
        let growth = image.data.upperBound == original.count ? view.count - original.count : 0
        let data = image.data.lowerBound..<min(view.count, max(image.data.lowerBound, image.data.upperBound + growth))
        // As it stands in the view: its name may have been redacted.
        guard image.offset + UImageHeader.size <= view.count,
            var header = UImageHeader(reading: unsafe view.span.bytes, at: image.offset)
        else { return }
        header.dataSize = UInt32(clamping: data.count)
        header.dataCRC = CRC32.zlib(unsafe view.span.bytes.extracting(data))
        header.headerCRC = header.computedHeaderCRC
        view.replaceSubrange(image.offset..<image.offset + UImageHeader.size, with: header.bytes)
    }

    private static func correct(_ environment: UBootEnvironment, at range: Range<Int>, in view: inout [UInt8]) {
        guard range.upperBound <= view.count else { return }
        let start = range.lowerBound + (environment.isRedundant ? 5 : 4)
        var sum = ByteWriter(environment.byteOrder, capacity: 4)
        sum.uint32(CRC32.zlib(unsafe view.span.bytes.extracting(start..<range.upperBound)))
        view.replaceSubrange(range.lowerBound..<range.lowerBound + 4, with: sum.bytes)
    }
}
