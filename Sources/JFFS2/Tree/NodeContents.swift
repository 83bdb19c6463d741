import FileTree
import FlashBytes

/// The content of a file as its nodes have it, decompressed when it is read.
final class NodeContents: FileContents {
    let image: ByteRegion
    let byteOrder: ByteOrder
    /// For the places of the nodes; shared by all files of an image.
    let nodes: [ScannedNode]
    let size: UInt64
    /// Ascending, disjoint, within the size.
    let fragments: [Fragment]

    let losses: [ContentDamage]

    init(
        image: ByteRegion, byteOrder: ByteOrder, nodes: [ScannedNode], size: UInt64, fragments: [Fragment],
        losses: [ContentDamage] = []
    ) {
        self.image = image
        self.byteOrder = byteOrder
        self.nodes = nodes
        self.size = size
        self.fragments = fragments
        self.losses = losses
    }

    /// Hands over the nodes that are not compressed, and store more bytes than they have data. Linux reads what is stored, all of
    /// it, to where the data are wanted (`jffs2_read_dnode` in read.c), and compares csize with the node's length only.
    func findOverfull(_ report: (_ node: NodeIndex, _ stored: UInt32, _ size: UInt32) -> Void) {
        image.withBytes { bytes in
            for fragment in fragments {
                let at = Int(nodes[Int(fragment.node.rawValue)].offset)
                guard let raw = try? RawInode(reading: bytes, at: at, byteOrder), raw.compression == .none,
                    raw.csize > raw.dsize
                else { continue }
                report(fragment.node, raw.csize, raw.dsize)
            }
        }
    }

    func makeReader() -> any ContentReader { NodeReader(self) }

    /// Hands over what can be read here, and by no kernel: compressed in a way that none of them has (`jffs2_decompress` in
    /// compr.c, which also looks at usercompr, but for the codecs up to zlib).
    func findRefused(_ report: (ContentDamage) -> Void) {
        image.withBytes { bytes in
            for fragment in fragments {
                let at = Int(nodes[Int(fragment.node.rawValue)].offset)
                guard let raw = try? RawInode(reading: bytes, at: at, byteOrder), let codec = Codec.of(raw.compression)
                else { continue }
                let isMixed = raw.userCompression != 0 && raw.compression.rawValue > Compression.zlib.rawValue
                guard codec.kernels == .none || isMixed else { continue }
                let name = isMixed ? "\(raw.compression) with usercompr \(raw.userCompression)" : "\(raw.compression)"
                report(
                    ContentDamage(
                        range: UInt64(fragment.start)..<UInt64(fragment.end),
                        reason: "node at \(hex(at)): no kernel has the codec '\(name)', and reading it fails there"))
            }
        }
    }
}

extension NodeContents: RecognizableContents {
    func isSame(as other: any FileContents) -> Bool {
        guard let other = other as? NodeContents else { return false }
        return size == other.size && fragments == other.fragments && image.range == other.image.range
            && image.file === other.image.file
    }
}

/// Reads one file of an image.
final class NodeReader: ContentReader {
    private let contents: NodeContents
    private let decompressor = Decompressor()
    /// The nodes that were decompressed last, the latest first: reads that end inside a node come back for the rest.
    ///
    /// Two are enough. Of any two nodes the newer one hides the other wherever both are, so that they never take turns: on
    /// the way through a file, each is decompressed once more at most for each node that lies inside it.
    private var recent: [(node: NodeIndex, data: NodeData)] = []
    /// Nodes whose zlib streams go on behind their data, or have no end, of those that were read so far.
    private(set) var unended: Set<NodeIndex> = []

    init(_ contents: NodeContents) { self.contents = contents }

    func dataRanges() -> [Range<UInt64>] {
        var ranges: [Range<UInt64>] = []
        contents.image.withBytes { bytes in
            for fragment in contents.fragments {
                let raw = try? RawInode(reading: bytes, at: offset(of: fragment.node), contents.byteOrder)
                if raw?.compression == .zero { continue }
                let end = raw.map { Self.end(of: fragment, raw: $0) } ?? fragment.end
                if let last = ranges.last, last.upperBound == UInt64(fragment.start) {
                    ranges[ranges.count - 1] = last.lowerBound..<UInt64(end)
                } else {
                    ranges.append(UInt64(fragment.start)..<UInt64(end))
                }
            }
        }
        return ranges
    }

    /// To where a fragment has to be read. What is not there takes no time, however much it is said to be: that it is missing is
    /// seen at its start, or, of what is not compressed, behind what is stored.
    private static func end(of fragment: Fragment, raw: RawInode) -> UInt32 {
        let possible = raw.compression.largestOutput(of: Int(raw.csize))
        if Int(raw.coveredSize) <= possible { return fragment.end }
        guard raw.compression == .none else { return min(fragment.end, fragment.start + 1) }
        return UInt32(clamping: min(Int(fragment.end), max(Int(fragment.start), Int(raw.offset) + possible) + 4096))
    }

    func read(into buffer: inout MutableRawSpan, at offset: UInt64) -> [ContentDamage] {
        let wanted = offset..<offset + UInt64(buffer.byteCount)
        var damage: [ContentDamage] = []
        var index = firstFragment(endingAfter: wanted.lowerBound)
        var filled = 0
        while index < contents.fragments.count, UInt64(contents.fragments[index].start) < wanted.upperBound {
            let fragment = contents.fragments[index]
            let part = (UInt64(fragment.start)..<UInt64(fragment.end)).clamped(to: wanted)
            let place = Int(part.lowerBound - wanted.lowerBound)
            if filled < place { buffer.zero(filled..<place) }
            filled = place + part.count
            copy(fragment, part: part, to: place, of: &buffer, into: &damage)
            index += 1
        }
        if filled < buffer.byteCount { buffer.zero(filled..<buffer.byteCount) }
        return damage
    }

    private func firstFragment(endingAfter offset: UInt64) -> Int {
        contents.fragments.partitionPoint { UInt64($0.end) <= offset }
    }

    private func copy(
        _ fragment: Fragment, part: Range<UInt64>, to place: Int, of buffer: inout MutableRawSpan,
        into damage: inout [ContentDamage]
    ) {
        let problem = contents.image.withBytes { bytes -> ContentDamage? in
            let at = offset(of: fragment.node)
            guard let raw = try? RawInode(reading: bytes, at: at, contents.byteOrder),
                raw.dataRange(at: at).upperBound <= bytes.byteCount
            else {
                buffer.zero(place..<place + part.count)
                return ContentDamage(range: part, reason: "the node at \(hex(at)) is gone")
            }
            let from = Int(part.lowerBound) - Int(raw.offset)
            switch raw.compression {
            case .zero:
                buffer.zero(place..<place + part.count)
                return nil
            case .none:
                let available = max(0, min(part.count, Int(raw.csize) - from))
                let start = at + RawInode.size + from
                if available > 0 { buffer.copy(bytes, range: start..<start + available, to: place) }
                if available == part.count { return nil }
                buffer.zero(place + available..<place + part.count)
                let bad = part.lowerBound + UInt64(available)..<part.upperBound
                return ContentDamage(
                    range: bad, reason: "node at \(hex(at)): \(raw.csize) bytes stored of \(raw.dsize)")
            default:
                if from == 0, decompress(raw, at: at, in: bytes, to: place..<place + part.count, of: &buffer) {
                    if decompressor.zlibGoesOn { unended.insert(fragment.node) }
                    return nil
                }
                let data = decompressed(fragment.node, raw: raw, in: bytes)
                return copy(data, from: from, part: part, buffer: &buffer, at: place).map {
                    ContentDamage(range: $0.bad, reason: "node at \(hex(at)): \($0.problem)")
                }
            }
        }
        if let problem { damage.append(problem) }
    }

    /// - Returns: what of `part` is not there.
    private func copy(
        _ data: NodeData, from: Int, part: Range<UInt64>, buffer: inout MutableRawSpan, at place: Int
    ) -> (bad: Range<UInt64>, problem: NodeData.Problem)? {
        let available = max(0, min(part.count, data.bytes.count - from))
        if available > 0 {
            unsafe buffer.withUnsafeMutableBytes { buffer in
                let target = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[place...])
                unsafe target.copyBytes(from: data.bytes[from..<from + available])
            }
        }
        if available < part.count { buffer.zero(place + available..<place + part.count) }
        guard let problem = data.problem, from + part.count > data.goodCount else { return nil }
        let bad = max(part.lowerBound, part.lowerBound - UInt64(from) + UInt64(data.goodCount))..<part.upperBound
        return (bad, problem)
    }

    /// Decompresses a node to where its data is wanted, if all of it is wanted and sound; else nothing is said of the place.
    private func decompress(
        _ raw: RawInode, at offset: Int, in bytes: RawSpan, to place: Range<Int>, of buffer: inout MutableRawSpan
    ) -> Bool {
        guard place.count == Int(raw.coveredSize), place.count <= NodeData.largest,
            place.count <= raw.compression.largestOutput(of: Int(raw.csize))
        else { return false }
        var part = buffer._mutatingExtracting(place)
        do throws(Decompressor.Failure) {
            try decompressor.decompress(
                bytes.extracting(raw.dataRange(at: offset)), compression: raw.compression, into: &part)
            return true
        } catch {
            return false
        }
    }

    /// The data of a compressed node.
    private func decompressed(_ node: NodeIndex, raw: RawInode, in bytes: RawSpan) -> NodeData {
        if let index = recent.firstIndex(where: { $0.node == node }) {
            if index > 0 { recent.swapAt(0, index) }
            return recent[0].data
        }
        var buffer: [UInt8] = []
        if recent.count == 2 { buffer = recent.removeLast().data.bytes }
        let data = NodeData(
            of: raw, storedAs: bytes.extracting(raw.dataRange(at: offset(of: node))), by: decompressor,
            reusing: consume buffer)
        if decompressor.zlibGoesOn, data.isWhole { unended.insert(node) }
        recent.insert((node, data), at: 0)
        return data
    }

    private func offset(of node: NodeIndex) -> Int { Int(contents.nodes[Int(node.rawValue)].offset) }
}
