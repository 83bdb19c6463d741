public import FlashBytes

/// How an image with the spare area of NAND flash is written: behind each page its spare bytes, all of them 0xFF but for a
/// cleanmarker in the first page of each erase block. What the controller or Linux puts there itself, the ECC, is left to it.
public struct SpareAreaForm: Sendable, Hashable {
    /// Pages and spare areas.
    public let area: SpareArea
    /// Where in the spare area the bytes of the cleanmarker stand, ascending.
    public let positions: [Int]

    /// What Linux writes there: 8 bytes, or as many as are free (OOB_CM_SIZE in wbuf.c).
    private static let markerSize = 8

    /// Where Linux's drivers that have no layout of their own leave bytes free (`nand_ooblayout_free_sp` and `_lp` in
    /// nand_base.c): from the third byte on in pages of 2048 bytes and more; in smaller ones the upper half of 16 bytes, and 4
    /// of 8.
    public init(linux area: SpareArea) {
        self.area = area
        let free =
            switch area.spareSize {
            case ...8 where area.pageSize <= 512: [3, 4, 6, 7]
            case ...16 where area.pageSize <= 512: Array(8..<16)
            default: Array(2..<2 + Self.markerSize)
            }
        positions = free.filter { $0 < area.spareSize }
    }

    /// For a driver with a layout of its own; nil if a cleanmarker does not fit.
    ///
    /// - Parameter freeOffset: where in the spare area the free bytes begin.
    public init?(_ area: SpareArea, freeOffset: Int) {
        guard freeOffset >= 0, freeOffset + Self.markerSize <= area.spareSize else { return nil }
        self.area = area
        positions = Array(freeOffset..<freeOffset + Self.markerSize)
    }

    /// What stands behind a page.
    ///
    /// - Parameter hasCleanmarker: whether it is the first page of an erase block.
    public func spare(hasCleanmarker: Bool, _ order: ByteOrder) -> [UInt8] {
        var bytes = [UInt8](repeating: 0xff, count: area.spareSize)
        guard hasCleanmarker else { return bytes }
        var writer = ByteWriter(order)
        writer.uint16(NodeHeader.magic)
        writer.uint16(NodeType.cleanmarker.rawValue)
        writer.uint32(UInt32(Self.markerSize))
        for (position, byte) in zip(positions, writer.bytes) { bytes[position] = byte }
        return bytes
    }

    /// A piece of an image, from the start of an erase block and no longer than one, in whole pages with their spare areas.
    public func pages(of block: RawSpan, _ order: ByteOrder) -> [UInt8] {
        var result: [UInt8] = []
        for start in stride(from: 0, to: block.byteCount, by: area.pageSize) {
            let end = min(start + area.pageSize, block.byteCount)
            unsafe block.extracting(start..<end).withUnsafeBytes { unsafe result.append(contentsOf: $0) }
            result += [UInt8](repeating: 0xff, count: area.pageSize - (end - start))
            result += spare(hasCleanmarker: start == 0, order)
        }
        return result
    }

    /// What is wrong with the spare areas of a file that was written so; nil if nothing is.
    public func problem(of file: RawSpan, eraseSize: Int, _ order: ByteOrder) -> String? {
        guard file.byteCount % area.stride == 0 else { return "the file does not end with a spare area" }
        let (first, other) = (spare(hasCleanmarker: true, order), spare(hasCleanmarker: false, order))
        for (page, range) in area.spareRanges(in: file.byteCount).enumerated() {
            let wanted = page * area.pageSize % eraseSize == 0 ? first : other
            if (try? file.bytes(in: range)) != wanted {
                return "the spare area of page \(page) is not as it was written"
            }
        }
        return nil
    }
}
