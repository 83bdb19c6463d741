/// How a NAND dump that contains the spare area (OOB) lies in a file: behind the data of each page its spare bytes.
public struct SpareArea: Sendable, Hashable, CustomStringConvertible {
    /// The data of a page (bytes).
    public let pageSize: Int
    /// What follows it (bytes).
    public let spareSize: Int

    /// Nil unless both sizes are positive and the spare area is smaller than the page.
    public init?(pageSize: Int, spareSize: Int) {
        guard spareSize > 0, spareSize < pageSize, pageSize <= 1 << 20 else { return nil }
        self.pageSize = pageSize
        self.spareSize = spareSize
    }

    /// Reads `PAGE+SPARE`, such as `2048+64`.
    public init?(_ text: String) {
        let parts = text.split(separator: "+", omittingEmptySubsequences: false)
        guard parts.count == 2, let page = try? SizeExpression.bytes(String(parts[0])),
            let spare = try? SizeExpression.bytes(String(parts[1]))
        else { return nil }
        self.init(pageSize: Int(clamping: page), spareSize: Int(clamping: spare))
    }

    /// The distance from one page to the next (bytes).
    public var stride: Int { pageSize + spareSize }

    /// What people call it: `2048+64`.
    public var description: String { "\(pageSize)+\(spareSize)" }

    /// The layouts of the chips that there are.
    public static let known: [SpareArea] = [
        (256, [8]), (512, [16]), (2048, [64, 80, 96, 112, 120, 128]),
        (4096, [128, 160, 192, 208, 216, 218, 224, 232, 240, 256]),
        (8192, [436, 448, 512, 640, 744]), (16384, [1024, 1216, 1280, 1664, 1872]),
    ].flatMap { page, spares in spares.compactMap { SpareArea(pageSize: page, spareSize: $0) } }

    /// Where the byte at `offset` of the dump lies in the data; nil if it is a spare byte.
    @inlinable
    public func dataOffset(of offset: Int) -> Int? {
        let (page, rest) = offset.quotientAndRemainder(dividingBy: stride)
        return rest < pageSize ? page * pageSize + rest : nil
    }

    /// Where the byte at `offset` of the data lies in the dump.
    @inlinable
    public func dumpOffset(of offset: Int) -> Int { offset + offset / pageSize * spareSize }

    /// The data alone. A page that is cut off at the end is kept as far as it goes.
    public func data(of dump: RawSpan) -> [UInt8] {
        let (pages, rest) = dump.byteCount.quotientAndRemainder(dividingBy: stride)
        let count = pages * pageSize + min(rest, pageSize)
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            let target = UnsafeMutableRawBufferPointer(buffer)
            unsafe dump.withUnsafeBytes { source in
                var from = 0
                var to = 0
                while to < count {
                    let length = min(pageSize, count - to)
                    unsafe UnsafeMutableRawBufferPointer(rebasing: target[to..<to + length])
                        .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[from..<from + length]))
                    to += length
                    from += stride
                }
            }
            initialized = count
        }
    }

    /// Where in the dump the spare bytes of each whole page are.
    public func spareRanges(in count: Int) -> some Sequence<Range<Int>> {
        (0..<count / stride).lazy.map { page in
            page * stride + pageSize..<(page + 1) * stride
        }
    }
}
