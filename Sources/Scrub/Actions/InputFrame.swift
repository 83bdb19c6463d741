import FirmwareImage
import FlashBytes
import ImageInput

/// What lies around the file systems of an input, so that the output gets it too: other bytes of the file, and the order of
/// the bytes.
///
/// The spare area of a NAND dump is left out: its sums would belong to other data, and only the driver of the flash can
/// make new ones.
struct InputFrame {
    /// The whole file.
    private let file: FileBytes
    /// The part of it that was looked at (bytes).
    private let selected: Range<Int>
    private let swapGroup: Int?
    private let hasSpareArea: Bool
    /// The U-Boot image around the file systems, whose sums must fit the new data.
    private let uImage: UImage?
    /// The size of the view before anything was replaced (bytes).
    private let originalCount: Int
    /// The selected part in the order in which the file systems were read.
    private(set) var view: [UInt8]

    /// - Parameter images: of one input, opened with `options`.
    init(_ image: OpenedImage, _ options: InputOptions) {
        file = image.file
        let start = options.offset ?? 0
        selected = start..<min(file.count, options.length.map { start + $0 } ?? file.count)
        swapGroup = image.swapGroup
        uImage = image.uImage
        hasSpareArea = image.spareArea != nil
        let region = ByteRegion(image.file, selected)
        var bytes = region.withBytes { Array($0) }
        if let group = image.swapGroup { bytes = unsafe WordSwap.swapped(bytes.span.bytes, group: group) }
        if let area = image.spareArea { bytes = area.data(of: unsafe bytes.span.bytes) }
        view = bytes
        originalCount = bytes.count
    }

    /// Puts new bytes at a place; what ends behind the end of the view makes it longer.
    mutating func replace(_ range: Range<Int>, with bytes: [UInt8]) { view.replaceSubrange(range, with: bytes) }

    /// The whole file with the view as it is now, in the order of the input; of a NAND dump with spare area only the data
    /// of the selected part.
    func assembled() -> [UInt8] {
        var view = view
        if let uImage { Self.correct(uImage, in: &view, grownBy: view.count - originalCount) }
        let inner = swapGroup.map { group in unsafe WordSwap.swapped(view.span.bytes, group: group) } ?? view
        if selected == 0..<file.count || hasSpareArea { return inner }
        return file.withBytes { bytes in
            Array(bytes.extracting(0..<selected.lowerBound)) + inner
                + Array(bytes.extracting(selected.upperBound..<bytes.byteCount))
        }
    }
}

extension InputFrame {
    /// Writes the header with the size and the sums of the data as it is now; all other fields stay.
    private static func correct(_ image: UImage, in view: inout [UInt8], grownBy growth: Int) {
        let data = image.data.lowerBound..<min(view.count, max(image.data.lowerBound, image.data.upperBound + growth))
        guard image.offset + UImageHeader.size <= view.count else { return }
        // As it stands in the view: its name may have been redacted.
        guard var header = UImageHeader(reading: unsafe view.span.bytes, at: image.offset) else { return }
        header.dataSize = UInt32(clamping: data.count)
        header.dataCRC = CRC32.zlib(unsafe view.span.bytes.extracting(data))
        header.headerCRC = header.computedHeaderCRC
        view.replaceSubrange(image.offset..<image.offset + UImageHeader.size, with: header.bytes)
    }
}

extension Array<UInt8> {
    /// A copy of `bytes`.
    init(_ bytes: RawSpan) {
        self = unsafe bytes.withUnsafeBytes { unsafe Array($0) }
    }
}
