package import FileTree
import FlashBytes

/// Changes an image so that it shows another tree, and rewrites only the erase blocks that must change.
///
/// A block must change if it holds any node, live or dead, or other bytes with content or a name that was taken out. It is
/// rewritten whole: what is still needed keeps its bytes, the rest becomes 0xFF. Nodes that hide what is left in a block
/// that stays are kept, or made anew. New nodes go into what is free in changed blocks; where they do not fit, further
/// blocks change.
package struct LayoutRewriter: Sendable {
    /// The image to be changed.
    package let original: FileSystem
    /// How new nodes are compressed, and how large the image may get: `maximumSize`, at least the size of the original.
    /// Byte order, erase size, cleanmarkers and summaries are the original's.
    package let configuration: ImageConfiguration
    /// Whether the last erase block of an image that ends within it may be filled up.
    package let mayGrow: Bool

    /// Takes what does not depend on the original from `configuration`.
    ///
    /// - Throws: `oldMagic`, or `build` for a configuration that does not fit the image.
    package init(
        original: FileSystem, configuration: ImageConfiguration, mayGrow: Bool
    ) throws(LayoutError) {
        if original.scan.magic == NodeHeader.oldMagic { throw .oldMagic }
        var own = ImageConfiguration(like: original)
        own.pageSize = configuration.pageSize
        own.compression = configuration.compression
        own.maximumSize = configuration.maximumSize
        if let problem = own.problem { throw .build(.configuration(problem)) }
        self.original = original
        self.configuration = own
        self.mayGrow = mayGrow
    }

    /// How large the image may get (bytes).
    private var capacity: Int {
        let size = original.image.count
        guard mayGrow else { return size }
        let eraseSize = configuration.eraseSize
        let asked = configuration.maximumSize.map { Int(clamping: $0) / eraseSize * eraseSize } ?? 0
        return max((size + eraseSize - 1) / eraseSize * eraseSize, asked)
    }

    /// Makes the new image in memory, and reads it back.
    ///
    /// - Parameters:
    ///   - wanted: the tree of the original with changes; inodes keep their numbers where they have any.
    ///   - ranges: bytes that must go in any case, with the nodes that hold them (from the start of the image).
    ///   - removesUndecodable: whether nodes with wrong sums and bytes that are no node must go even if nothing else does;
    ///     and with them files that Linux lists but cannot open.
    package func write(
        _ wanted: FileTree, without ranges: [Range<Int>] = [], removesUndecodable: Bool = false
    ) throws(LayoutError) -> KeptLayout {
        let log = FlashLog(original)
        let numbers = log.numbers()
        let difference = try TreeDifference(
            fileSystem: original, wanted: wanted, above: numbers.highestInode, configuration: configuration,
            dropsUnreadable: removesUndecodable)
        let use = original.image.withBytes { FlashLogIndex(log: log, image: $0) }
        let attributes = AttributeDifference(fileSystem: original, use: use, wanted: wanted, difference: difference)
        let removal = try RemovalSearch(
            log: log, wanted: wanted, difference: difference, attributes: attributes, ranges: ranges,
            removesUndecodable: removesUndecodable)
        let changed = Set(removal.reasons.keys)
        let pool = CompressorPool(configuration.compression, pageSize: configuration.nodeDataSize)

        var work = Work(
            new: NewNodes(
                wanted: wanted, difference: difference, numbers: numbers, configuration: configuration, pool: pool))
        try original.image.withBytes { bytes throws(LayoutError) in
            let times = DirectoryTimes(
                wanted: wanted, use: use, difference: difference, gone: removal.nodes, image: bytes)
            try work.new.addNames(times)
            try addInodes(wanted, difference: difference, use: use, gone: removal.nodes, in: bytes, work: &work)
            try work.new.addAttributes(attributes.added)
            var needs = NodeNeeds(log)
            needs.addInodes(
                use, difference: difference, sizes: work.sizes, pages: work.pages, hasNewNode: work.new.described,
                replaced: work.replaced)
            needs.addDirents(use, difference: difference, log: log, in: bytes)
            needs.addTimeSources(times.sources)
            needs.addAttributes(attributes)
            try work.new.addDeleteMarkers(needs.unmarkedReferences(attributes, changed: changed))
            work.needs = needs
        }
        guard let needs = work.needs else { throw .check(["nothing is known of the original"]) }
        var placement = BlockPlacement(
            log: log, needs: needs, removed: changed, capacity: capacity, configuration: configuration, pool: pool)
        let freeBefore = placement.freeBlocks
        let plans = try placement.place(work.new.nodes)
        var result = assemble(plans, removal: removal)
        result.originalFreeBlocks = freeBefore
        result.newNodes = work.new.nodes.count
        result.damage = work.new.damage
        let problems = LayoutCheck.problems(of: result.bytes, original, wanted: wanted, difference: difference)
        if !problems.isEmpty { throw .check(problems) }
        return result
    }

    /// What is collected on the way.
    private struct Work {
        var new: NewNodes
        var needs: NodeNeeds?
        /// The size of each changed file (bytes).
        var sizes: [InodeNumber: UInt64] = [:]
        /// What is written anew of each file.
        var pages: [InodeNumber: [Range<UInt64>]] = [:]
        /// Special files with one new node instead of all old ones.
        var replaced: Set<InodeNumber> = []
    }

    /// New nodes for all inodes but directories that were there before.
    private func addInodes(
        _ wanted: FileTree, difference: TreeDifference, use: FlashLogIndex, gone: Set<NodeIndex>, in image: RawSpan,
        work: inout Work
    ) throws(LayoutError) {
        var changes: [InodeNumber: TreeDifference.Change] = [:]
        for change in difference.changes { changes[change.number] = change }
        for (index, number) in difference.numbers.enumerated() where number != 0 {
            let change = changes[number]
            let id = InodeID(index)
            switch wanted[id].kind {
            case .directory: continue
            case .regular:
                let size = wanted[id].contentSize
                let isWhole = change?.pages.isEmpty == false && wanted[id].staysUncompressed && size > 0
                let pages = RewrittenPages.ranges(
                    isWhole ? [0..<size] : change?.pages ?? [], visible: use.visibleFragments(of: number), gone: gone,
                    size: size,
                    pageSize: configuration.nodeDataSize)
                let metadata = use.contents[number]?.metadataNode
                let losesMetadata = metadata.map { gone.contains($0) } ?? (difference.originals[number] == nil)
                guard change != nil || !pages.isEmpty || losesMetadata else { continue }
                try work.new.addFile(id, pages: pages)
                work.sizes[number] = size
                work.pages[number] = pages
            default:
                let node = use.contents[number]?.metadataNode
                let isLost = node.map { gone.contains($0) } ?? false
                guard change != nil || isLost else { continue }
                work.replaced.insert(number)
                var stored: (raw: RawInode, data: [UInt8])?
                if let node, change?.isReplaced != true {
                    let offset = original.scan.offset(of: node)
                    if let raw = try? RawInode(reading: image, at: offset, original.byteOrder),
                        let data = try? image.bytes(in: raw.dataRange(at: offset))
                    {
                        stored = (raw, data)
                    }
                }
                try work.new.addSpecial(id, stored: stored)
            }
        }
    }

    /// Puts the rewritten blocks into a copy of the image.
    private func assemble(_ plans: [BlockPlan], removal: RemovalSearch) -> KeptLayout {
        let eraseSize = configuration.eraseSize
        var bytes = original.image.withBytes { Array($0) }
        var changed: [ChangedBlock] = []
        for plan in plans {
            let start = plan.index * eraseSize
            let block = plan.bytes(configuration)
            if bytes.count < start + block.count {
                bytes.append(contentsOf: repeatElement(0xff, count: start + block.count - bytes.count))
            }
            let range = start..<start + block.count
            let isSame = range.upperBound <= original.image.count && bytes[range].elementsEqual(block)
            if isSame { continue }
            bytes.replaceSubrange(range, with: block)
            var reasons = removal.reasons[plan.index] ?? []
            if !plan.added.isEmpty { reasons.insert(.newNodes) }
            changed.append(
                ChangedBlock(
                    index: plan.index, range: range,
                    reasons: ChangedBlock.Reason.allCases.filter { reasons.contains($0) }))
        }
        let blocks = (bytes.count + eraseSize - 1) / eraseSize
        if bytes.count > original.image.count {
            // One that the image ended in, or before, is filled up when another one follows.
            let listed = Set(changed.map(\.index))
            for index in original.image.count / eraseSize..<blocks where !listed.contains(index) {
                let range = index * eraseSize..<min((index + 1) * eraseSize, bytes.count)
                changed.append(ChangedBlock(index: index, range: range, reasons: [.newNodes]))
            }
            changed.sort { $0.index < $1.index }
        }
        return KeptLayout(
            bytes: bytes, changedBlocks: changed, blockCount: blocks,
            freeBlocks: freeBlocks(bytes), originalFreeBlocks: 0, newNodes: 0, damage: [])
    }

    private func freeBlocks(_ bytes: [UInt8]) -> Int {
        let first = configuration.firstNodeOffset
        let span = unsafe bytes.span.bytes
        var free = 0
        for start in stride(from: 0, to: bytes.count, by: configuration.eraseSize) {
            let end = min(start + configuration.eraseSize, bytes.count)
            let isErased = span.isFilled(with: 0xff, in: start..<end)
            let hasMarker =
                start + first < end
                && NodeHeader(reading: span, at: start, configuration.byteOrder)?.type == .cleanmarker
                && span.isFilled(with: 0xff, in: start + first..<end)
            if isErased || hasMarker { free += 1 }
        }
        return free
    }
}
