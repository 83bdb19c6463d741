/// What padding nodes say of the pages of NAND flash.
///
/// Where Linux has to write a page that is not full, it fills it with a padding node (`__jffs2_flush_wbuf` in wbuf.c). So
/// each one ends a page and is smaller than a page.
struct FlashPages {
    /// The sizes that the pages can have, ascending (bytes); empty where there are no padding nodes, or not of pages.
    let sizes: [Int]
    /// How many padding nodes there are.
    let paddings: Int

    /// Pages of NAND flash (bytes).
    private static let known = [512, 1024, 2048, 4096, 8192, 16384]

    /// - Parameters:
    ///   - traces: of the flash.
    ///   - base: where a page begins (bytes).
    init(_ traces: FlashTraces, base: Int) {
        var zeros = 14
        var longest = 0
        for padding in traces.paddings {
            zeros = min(zeros, (padding.upperBound - base).trailingZeroBitCount)
            longest = max(longest, padding.count)
        }
        paddings = traces.paddings.count
        sizes = paddings == 0 ? [] : Self.known.filter { $0 > longest && $0 <= 1 << zeros }
    }

    /// How likely pages of so many bytes are among all NAND flash.
    static func frequency(_ size: Int) -> Double {
        switch size {
        case 512: 0.25
        case 1024: 0.01
        case 2048: 0.5
        case 4096: 0.18
        case 8192: 0.04
        default: 0.02
        }
    }

    /// How likely blocks of so many pages are on flash with pages of `size` bytes.
    static func frequency(ofPages count: Int, size: Int) -> Double {
        switch (size, count) {
        case (512, 32): 0.97
        case (512, 64): 0.01
        case (1024, 32), (1024, 64): 0.4
        case (1024, 128): 0.1
        case (2048, 32): 0.015
        case (2048, 64): 0.92
        case (2048, 128): 0.06
        case (4096, 32): 0.03
        case (4096, 64): 0.74
        case (4096, 128): 0.2
        case (4096, 256): 0.01
        case (8192, 64): 0.1
        case (8192, 128): 0.6
        case (8192, 256): 0.28
        case (16384, 128): 0.2
        case (16384, 256): 0.7
        default: 0
        }
    }
}
