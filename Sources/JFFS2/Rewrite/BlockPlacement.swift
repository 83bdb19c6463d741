import FlashBytes

/// Finds room for new nodes: first in the blocks that change anyhow, then in as few others as possible.
///
/// A further block is rewritten like the others, without what is dead in it. One that holds something already is taken
/// before a free one, if it has enough room; free blocks are what Linux needs for collecting garbage.
struct BlockPlacement {
    private let scan: NodeScan
    private let image: ByteRegion
    private let needs: NodeNeeds
    private let configuration: ImageConfiguration
    private let splitter: PageSplitter
    private let decompressor = Decompressor()
    /// The blocks that change in any case.
    private let removed: Set<Int>
    /// How large the image may get (bytes).
    private let capacity: Int
    /// The nodes of each block that the kernel sees.
    private var nodes: [Int: [FlashLogEntry]] = [:]
    private var withSummary: Set<Int> = []
    private var used: Set<Int> = []
    private var plans: [Int: BlockPlan] = [:]

    /// A block with less than this left is not worth rewriting (bytes).
    private static let leastRoom = 256

    init(
        log: FlashLog, needs: NodeNeeds, removed: Set<Int>, capacity: Int, configuration: ImageConfiguration,
        pool: CompressorPool
    ) {
        scan = log.fileSystem.scan
        image = log.fileSystem.image
        self.needs = needs
        self.configuration = configuration
        self.removed = removed
        self.capacity = capacity
        splitter = PageSplitter(pool: pool, order: configuration.byteOrder)
        let eraseSize = configuration.eraseSize
        for entry in log.entries {
            let block = entry.offset / eraseSize
            switch entry.content {
            case .filler where entry.isReadable: continue
            case .erased, .zeros: continue
            case .summary where entry.isReadable: withSummary.insert(block)
            case .inode, .dirent, .xattr, .xref, .summary, .filler, .unknown, .cutOff, .dirt: break
            }
            used.insert(block)
            if entry.node != nil { nodes[block, default: []].append(entry) }
        }
    }

    var blockCount: Int { (capacity + configuration.eraseSize - 1) / configuration.eraseSize }

    /// How many blocks hold no node but a cleanmarker.
    var freeBlocks: Int { blockCount - used.count }

    // MARK: - Plans

    /// What stays of a block when it is rewritten.
    private mutating func plan(_ block: Int) -> BlockPlan {
        if let known = plans[block] { return known }
        let kept = image.withBytes { bytes in
            (nodes[block] ?? []).compactMap { entry -> PendingNode? in
                guard let node = entry.node, needs.isNeeded(node, in: block, changed: removed) else { return nil }
                return PendingNode(visible: entry, in: bytes, configuration.byteOrder, by: decompressor)
                    ?? (try? PendingNode(node: scan[node], image: bytes, order: configuration.byteOrder))
            }
        }
        let start = block * configuration.eraseSize
        let plan = BlockPlan(
            index: block, size: min(configuration.eraseSize, capacity - start),
            hadSummary: withSummary.contains(block), kept: kept, configuration)
        plans[block] = plan
        return plan
    }

    /// Puts all nodes somewhere.
    ///
    /// - Returns: the blocks to be rewritten, ascending.
    mutating func place(_ new: [PendingNode]) throws(LayoutError) -> [BlockPlan] {
        // The large ones first: the small ones fill what they leave.
        let sorted = new.enumerated().sorted {
            $0.element.bytes.count != $1.element.bytes.count
                ? $0.element.bytes.count > $1.element.bytes.count : $0.offset < $1.offset
        }.map(\.element)
        var chosen = removed.sorted().map { plan($0) }
        while true {
            let weight = sorted.reduce(0) { $0 + padded(UInt32($1.bytes.count)) }
            let room = chosen.reduce(0) { $0 + max(0, $1.room) }
            var missing = weight - room
            if missing <= 0 {
                var filled = chosen
                let left = try pack(sorted, into: &filled)
                if left.isEmpty {
                    return filled.filter { removed.contains($0.index) || !$0.added.isEmpty }
                        .sorted { $0.index < $1.index }
                }
                missing = left.reduce(0) { $0 + padded(UInt32($1.bytes.count)) }
            }
            chosen.append(try further(chosen, missing: missing))
        }
    }

    /// Fills blocks, each node going to where it fits most tightly; cuts pages in two where that saves a block.
    ///
    /// - Returns: what found no room.
    private func pack(
        _ nodes: [PendingNode], into blocks: inout [BlockPlan]
    ) throws(LayoutError) -> [PendingNode] {
        var left: [PendingNode] = []
        for node in nodes where !append(node, to: &blocks) { left.append(node) }
        var waiting = left
        left = []
        while let node = waiting.popLast() {
            if append(node, to: &blocks) { continue }
            guard let best = blocks.indices.max(by: { blocks[$0].dataRoom < blocks[$1].dataRoom }),
                blocks[best].dataRoom >= PageSplitter.worthwhile
            else {
                left.append(node)
                continue
            }
            do {
                guard let (first, second) = try splitter.split(node, room: blocks[best].dataRoom) else {
                    left.append(node)
                    continue
                }
                blocks[best].append(first)
                waiting.append(second)
            } catch {
                throw .build(error)
            }
        }
        return left
    }

    private func append(_ node: PendingNode, to blocks: inout [BlockPlan]) -> Bool {
        var best: Int?
        for index in blocks.indices where blocks[index].weight(of: node) <= blocks[index].room {
            if best.map({ blocks[index].room < blocks[$0].room }) ?? true { best = index }
        }
        guard let best else { return false }
        blocks[best].append(node)
        return true
    }

    // MARK: - Further blocks

    private mutating func further(_ chosen: [BlockPlan], missing: Int) throws(LayoutError) -> BlockPlan {
        let taken = Set(chosen.map(\.index))
        var tightest: BlockPlan?
        var largest: BlockPlan?
        var free: BlockPlan?
        var freeCount = 0
        for block in 0..<blockCount where !taken.contains(block) {
            let plan = plan(block)
            if plan.room < Self.leastRoom { continue }
            guard used.contains(block) else {
                freeCount += 1
                free = free ?? plan
                continue
            }
            if plan.room >= missing, plan.room < tightest?.room ?? .max { tightest = plan }
            if plan.room > largest?.room ?? 0 { largest = plan }
        }
        if let tightest { return tightest }
        let budget = FlashBudget(size: UInt64(max(0, capacity)), eraseSize: configuration.eraseSize)
        if let free, freeCount > budget.blocksForWriting { return free }
        if let plan = largest ?? free { return plan }
        throw .full(missing: missing, capacity: capacity)
    }
}
