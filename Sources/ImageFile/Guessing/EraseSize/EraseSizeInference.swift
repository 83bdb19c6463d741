import FlashBytes
import JFFS2

/// Finds the erase size of a file system, and where its blocks begin, by what its nodes do at block boundaries.
///
/// - No node crosses a boundary: an intact node across a multiple of a size proves that blocks are larger, whatever else
///   speaks for the size (vendors' images for small blocks are put onto flash with larger ones).
/// - A summary ends its block and says where in the block it begins.
/// - A cleanmarker stands at the start of a block, and so does what follows erased bytes.
/// - A node begins at each boundary inside the data; by accident that happens once in some hundred times, but often on NAND
///   flash, at the start of pages.
/// - Padding nodes end pages of NAND flash, and blocks have 32 pages or more.
///
/// Each size that is possible gets a likelihood from these; the confidence is how far the best one is ahead. What speaks for a
/// size is collected in `FlashTraces`, weighed in `EraseSizeCandidate`, compared and put into words in `EraseSizeRanking`.
struct EraseSizeInference {
    /// Where the first erase block begins that holds a node (bytes; negative where its start is cut off).
    let base: Int
    let result: EraseSize
    /// Whether several block boundaries are seen and nothing contradicts them.
    let showsBoundaries: Bool

    /// The block boundary at or in front of an offset (bytes).
    func boundary(before offset: Int) -> Int {
        offset - EraseSizeCandidate.modulo(offset - base, divisor: result.bytes)
    }

    /// What is known beside the nodes.
    struct Surroundings {
        /// Where the bytes begin in the whole input (bytes).
        var origin = 0
        /// Where the spare area of NAND flash has cleanmarkers (bytes, ascending).
        var blockStarts: [Int] = []
        /// The page size that the spare areas tell (bytes).
        var pageSize: Int?
        /// The erase size, where it is known (bytes).
        var given: Int?
    }

    /// - Parameters:
    ///   - bytes: the bytes of the census.
    ///   - census: of one byte order.
    init(bytes: RawSpan, census: NodeCensus, surroundings: Surroundings = Surroundings()) {
        let search = EraseSizeRanking(
            traces: FlashTraces(bytes: bytes, census: census, blockStarts: surroundings.blockStarts),
            surroundings: surroundings)
        let choice = search.choice(bytes)
        base = choice.best.boundary(before: search.traces.first)
        result = choice.size
        showsBoundaries =
            choice.isConsistent && choice.best.startsInside == 0 && choice.best.hidden == 0
            && choice.best.hits + choice.best.starts >= 3
    }
}
