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

    init(image: ByteRegion, byteOrder: ByteOrder, nodes: [ScannedNode], size: UInt64, fragments: [Fragment]) {
        self.image = image
        self.byteOrder = byteOrder
        self.nodes = nodes
        self.size = size
        self.fragments = fragments
    }

    func makeReader() -> any ContentReader { NodeReader(self) }
}

/// Reads one file of an image.
final class NodeReader: ContentReader {
    private let contents: NodeContents
    private let decompressor = Decompressor()
    /// The data of the node that was read last: reads that end inside a node come back for the rest.
    private var data: [UInt8] = []
    private var dataNode: UInt32?
    private var dataDamage: (good: Int, reason: String, isAbsent: Bool)?

    init(_ contents: NodeContents) { self.contents = contents }

    func dataRanges() -> [Range<UInt64>] {
        var ranges: [Range<UInt64>] = []
        contents.image.withBytes { bytes in
            for fragment in contents.fragments {
                let raw = try? RawInode(reading: bytes, at: offset(of: fragment.node), contents.byteOrder)
                if raw?.compression == .zero { continue }
                // What is not there takes no time, however much it is said to be; that it is missing is seen at its start.
                let isThere = raw.map { Int($0.coveredSize) <= $0.compression.largestOutput(of: Int($0.csize)) } ?? true
                let end = isThere ? fragment.end : min(fragment.end, fragment.start + 1)
                if let last = ranges.last, last.upperBound == UInt64(fragment.start) {
                    ranges[ranges.count - 1] = last.lowerBound..<UInt64(end)
                } else {
                    ranges.append(UInt64(fragment.start)..<UInt64(end))
                }
            }
        }
        return ranges
    }

    func read(into buffer: inout MutableRawSpan, at offset: UInt64) -> [ContentDamage] {
        let wanted = offset..<offset + UInt64(buffer.byteCount)
        unsafe buffer.withUnsafeMutableBytes { buffer in
            _ = unsafe buffer.initializeMemory(as: UInt8.self, repeating: 0)
        }
        var damage: [ContentDamage] = []
        var index = firstFragment(endingAfter: wanted.lowerBound)
        while index < contents.fragments.count, UInt64(contents.fragments[index].start) < wanted.upperBound {
            copy(contents.fragments[index], wanted, &buffer, &damage)
            index += 1
        }
        return damage
    }

    private func firstFragment(endingAfter offset: UInt64) -> Int {
        contents.fragments.partitionPoint { UInt64($0.end) <= offset }
    }

    private func copy(
        _ fragment: Fragment, _ wanted: Range<UInt64>, _ buffer: inout MutableRawSpan, _ damage: inout [ContentDamage]
    ) {
        let part = (UInt64(fragment.start)..<UInt64(fragment.end)).clamped(to: wanted)
        guard let nodeStart = load(fragment.node) else {
            damage.append(ContentDamage(range: part, reason: "the node at \(hex(offset(of: fragment.node))) is gone"))
            return
        }
        let from = Int(part.lowerBound) - Int(nodeStart)
        let available = max(0, min(part.count, data.count - from))
        if available > 0 {
            unsafe buffer.withUnsafeMutableBytes { buffer in
                let target = unsafe UnsafeMutableRawBufferPointer(
                    rebasing: buffer[Int(part.lowerBound - wanted.lowerBound)...])
                unsafe target.copyBytes(from: data[from..<from + available])
            }
        }
        guard let dataDamage, from + part.count > dataDamage.good else { return }
        let bad =
            dataDamage.isAbsent
            ? UInt64(fragment.start)..<UInt64(fragment.end)
            : max(part.lowerBound, UInt64(nodeStart) + UInt64(dataDamage.good))..<part.upperBound
        damage.append(ContentDamage(range: bad, reason: dataDamage.reason))
    }

    /// Decompresses a node, unless it is the last one; returns where in the file its data begins.
    private func load(_ node: UInt32) -> UInt32? {
        contents.image.withBytes { bytes in
            let at = offset(of: node)
            guard let raw = try? RawInode(reading: bytes, at: at, contents.byteOrder) else { return nil }
            if dataNode == node { return raw.offset }
            let range = raw.dataRange(at: at)
            guard range.upperBound <= bytes.byteCount else { return nil }
            dataNode = node
            dataDamage = nil
            // A declared size that no codec can reach takes no memory.
            let size = Int(raw.coveredSize)
            guard size <= raw.compression.largestOutput(of: Int(raw.csize)) else {
                data = []
                let reason = "dsize \(size) cannot come out of \(raw.csize) bytes of \(raw.compression)"
                dataDamage = (0, reason, isAbsent: true)
                return raw.offset
            }
            if raw.compression == .zero {
                // Nothing to copy: the buffer is zeros already.
                data = []
                return raw.offset
            }
            decompress(bytes.extracting(range), raw, at)
            return raw.offset
        }
    }

    private func decompress(_ stored: RawSpan, _ raw: RawInode, _ at: Int) {
        let size = Int(raw.coveredSize)
        // Taken out of the property while it is written.
        var output = data
        data = []
        if output.count != size { output = [UInt8](repeating: 0, count: size) }
        do throws(Decompressor.Failure) {
            var span = output.mutableSpan
            var bytes = unsafe span.mutableBytes
            try decompressor.decompress(stored, raw.compression, into: &bytes)
        } catch {
            var good = 0
            if case .damaged(_, let produced) = error { good = produced }
            dataDamage = (good, "node at \(hex(at)): \(error)", isAbsent: false)
        }
        data = output
    }

    private func offset(of node: UInt32) -> Int { Int(contents.nodes[Int(node)].offset) }
}
