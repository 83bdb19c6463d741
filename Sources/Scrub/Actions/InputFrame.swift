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
    /// The selected part in the order in which the file systems were read.
    private(set) var view: [UInt8]

    /// - Parameter images: of one input, opened with `options`.
    init(_ image: OpenedImage, _ options: InputOptions) {
        file = image.file
        let start = options.offset ?? 0
        selected = start..<min(file.count, options.length.map { start + $0 } ?? file.count)
        swapGroup = image.swapGroup
        let region = ByteRegion(image.file, selected)
        if let group = image.swapGroup {
            view = region.withBytes { WordSwap.swapped($0, group: group) }
        } else {
            view = region.withBytes { Array($0) }
        }
        hasSpareArea = image.spareArea != nil
        if let area = image.spareArea { view = area.data(of: unsafe view.span.bytes) }
    }

    /// Puts new bytes at a place; what ends behind the end of the view makes it longer.
    mutating func replace(_ range: Range<Int>, with bytes: [UInt8]) { view.replaceSubrange(range, with: bytes) }

    /// The whole file with the view as it is now, in the order of the input; of a NAND dump with spare area only the data
    /// of the selected part.
    func assembled() -> [UInt8] {
        let inner = swapGroup.map { group in unsafe WordSwap.swapped(view.span.bytes, group: group) } ?? view
        if selected == 0..<file.count || hasSpareArea { return inner }
        return file.withBytes { bytes in
            Array(bytes.extracting(0..<selected.lowerBound)) + inner
                + Array(bytes.extracting(selected.upperBound..<bytes.byteCount))
        }
    }
}

extension Array<UInt8> {
    /// A copy of `bytes`.
    init(_ bytes: RawSpan) {
        self = unsafe bytes.withUnsafeBytes { unsafe Array($0) }
    }
}
