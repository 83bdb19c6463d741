import FlashBytes
import JFFS2

/// A way to read the input, and the nodes that it shows.
struct ImageReading {
    var region: ByteRegion
    var swapGroup: Int?
    var spareArea: SpareAreaInference?
    /// Where in the data bad blocks were that are erased now (bytes).
    var badBlocks: [Range<Int>] = []
    var census: NodeCensus
    var votes: [ByteOrder: Int]
    /// Where the region begins in the input, after swapping (bytes).
    var base = 0
    /// Whether more than these nodes' file system is in the input.
    var isPart = false
    /// What the region is the data of.
    var container: FlashSection.Container?

    /// The same with some of the nodes only, and only the bytes in `range`.
    func part(
        _ nodes: Range<Int>, byteOrder order: ByteOrder, range: Range<Int>, container: FlashSection.Container?
    ) -> ImageReading {
        var part = self
        part.census = census.part(nodes, byteOrder: order, from: range.lowerBound)
        part.region = region.region(range)
        part.base = base + range.lowerBound
        part.isPart = container != nil || range != 0..<region.count
        part.container = container
        return part
    }

    /// All nodes of the byte order that most have.
    var whole: ImageReading {
        part(census.sightings.indices, byteOrder: census.byteOrder, range: 0..<region.count, container: nil)
    }

    /// What the nodes say of the erase size.
    var eraseSize: EraseSize {
        region.withBytes { EraseSizeInference(bytes: $0, census: census, surroundings: surroundings).result }
    }

    private var surroundings: EraseSizeInference.Surroundings {
        var surroundings = EraseSizeInference.Surroundings()
        surroundings.origin = base
        surroundings.blockStarts = (spareArea?.cleanmarkers ?? []).map { $0 - base }.filter { $0 >= 0 }
        surroundings.pageSize = spareArea?.area.pageSize
        return surroundings
    }

    /// The erase size, and where the file system lies in the bytes of the reading.
    func blocks(_ bytes: RawSpan, options: InputOptions) -> (EraseSizeInference, Range<Int>) {
        var surroundings = surroundings
        let inference = inference(bytes, surroundings: surroundings)
        surroundings.given = options.eraseSize
        let blocks =
            options.eraseSize == nil ? inference : self.inference(bytes, surroundings: surroundings)
        let isFirst = base == 0 || container != nil
        let extent = ImageExtent(
            bytes: bytes, census: census, base: blocks.base, eraseSize: blocks.result.bytes, isWholeInput: !isPart,
            ownsErasedFront: isFirst)
        return (inference, extent.range)
    }

    /// Where bytes are missing or too many in the middle, blocks lie as the first nodes show it, not as most do: so Linux would
    /// read what was written to flash.
    private func inference(_ bytes: RawSpan, surroundings: EraseSizeInference.Surroundings) -> EraseSizeInference {
        let whole = EraseSizeInference(bytes: bytes, census: census, surroundings: surroundings)
        guard !whole.showsBoundaries || whole.base != census.sightings.first?.offset else { return whole }
        let size = surroundings.given ?? whole.result.bytes
        guard let runs = BlockRuns.displaced(bytes, census: census, inferred: size, base: whole.base),
            let nodes = runs.runs.first?.nodes, surroundings.given == nil || runs.eraseSize == size
        else { return whole }
        var front = surroundings
        front.given = runs.eraseSize
        let census = census.part(nodes, byteOrder: census.byteOrder)
        let first = EraseSizeInference(bytes: bytes, census: census, surroundings: front)
        // The first block has no beginning, and no other one says where it was.
        return first.base >= 0 ? first : whole
    }
}

// MARK: - The ways to read an input

extension ImageReading {
    /// Erased flash, which Linux mounts as an empty file system: cleanmarkers in the spare area or the user say that it is one.
    static func erased(_ region: ByteRegion, options: InputOptions) -> ImageReading? {
        if options.spareArea == nil,
            let (spareArea, order) = region.withBytes({ SpareAreaInference.ofErased($0, byteOrder: options.byteOrder) })
        {
            let data = ByteRegion(region.withBytes { spareArea.area.data(of: $0) })
            let census = data.withBytes { NodeCensus($0, byteOrder: order) }
            let reading = ImageReading(region: data, spareArea: spareArea, census: census, votes: census.votes)
            return reading.withoutBadBlocks(of: region, options)
        }
        // Some bits may have flipped since.
        guard options.eraseSize != nil, region.withBytes({ $0.strayBytes() <= $0.byteCount / 4096 }) else { return nil }
        let census = region.withBytes { NodeCensus($0, byteOrder: options.byteOrder ?? .little) }
        return ImageReading(region: region, census: census, votes: census.votes)
    }

    /// So many valid headers make it needless to look for more in another order of bytes.
    private static let plentiful = 16

    /// The byte order and swap under which most node headers are valid.
    ///
    /// Swapped readings are only tried when the plain one shows next to nothing. Some groups may look as if they were swapped in
    /// another way: what bytes that repeat are swapped to is the same.
    static func best(_ region: ByteRegion, options: InputOptions) -> ImageReading? {
        for magic in [NodeHeader.magic, NodeHeader.oldMagic] {
            let groups = options.swapGroup.map { [$0] } ?? [0, 4, 2, 8]
            var best: ImageReading?
            for group in groups {
                let view = group > 1 ? ByteRegion(region.withBytes { WordSwap.swapped($0, group: group) }) : region
                guard let reading = reading(view, swapGroup: group > 1 ? group : nil, magic: magic, options: options)
                else { continue }
                if group <= 1, reading.census.sightings.count >= plentiful { return reading }
                if reading.census.sightings.count > best?.census.sightings.count ?? 0 { best = reading }
            }
            if let best { return best }
        }
        return nil
    }

    /// The byte order, and the layout of the spare area, under which most node headers are valid; nil if there are none.
    private static func reading(
        _ region: ByteRegion, swapGroup: Int?, magic: UInt16, options: InputOptions
    ) -> ImageReading? {
        if case .layout(let area)? = options.spareArea {
            let data = ByteRegion(region.withBytes { area.data(of: $0) })
            guard var reading = plainReading(data, swapGroup: swapGroup, magic: magic, options: options) else {
                return nil
            }
            reading.spareArea = region.withBytes {
                SpareAreaInference(area: area, bytes: $0, order: reading.census.byteOrder)
            }
            return reading.withoutBadBlocks(of: region, options)
        }
        guard let plain = plainReading(region, swapGroup: swapGroup, magic: magic, options: options) else { return nil }
        guard options.spareArea == nil,
            let inference = region.withBytes({
                SpareAreaInference(
                    bytes: $0, sightings: plain.census.sightings.filter { $0.byteOrder == plain.census.byteOrder },
                    order: plain.census.byteOrder)
            }),
            var reading = plainReading(
                ByteRegion(region.withBytes { inference.area.data(of: $0) }), swapGroup: swapGroup, magic: magic,
                options: options),
            reading.census.sightings.count >= plain.census.sightings.count
        else { return plain }
        reading.spareArea = inference
        return reading.withoutBadBlocks(of: region, options)
    }

    private static func plainReading(
        _ region: ByteRegion, swapGroup: Int?, magic: UInt16, options: InputOptions
    ) -> ImageReading? {
        let census = region.withBytes { NodeCensus($0, byteOrder: options.byteOrder, magic: magic) }
        guard !census.sightings.isEmpty, !region.withBytes({ LoneCleanmarker.isAll(census, of: $0) }) else {
            return nil
        }
        return ImageReading(region: region, swapGroup: swapGroup, census: census, votes: census.votes)
    }
}

extension RawSpan {
    /// How many bytes are not erased.
    func strayBytes() -> Int {
        var count = 0
        var at = 0
        while true {
            at = endOfRun(of: 0xff, in: at..<byteCount)
            if at == byteCount { return count }
            count += 1
            at += 1
        }
    }
}
