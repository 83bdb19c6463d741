internal import FileTree
internal import FlashBytes

/// What one erase block of an image that was just written holds: all that a check needs to know, without the data.
struct WrittenBlock: Sendable {
    /// An inode node and its data.
    struct Content: Sendable {
        var raw: RawInode
        /// zlib's CRC-32 of the data as it was before it was compressed.
        var sum: UInt32
        /// The data of anything but a regular file.
        var bytes: [UInt8]
    }

    /// A name. Its bytes lie in the image.
    struct Name: Sendable {
        var raw: Dirent
        /// From the start of the image (bytes).
        var range: Range<Int>
    }

    /// The nodes in the order in which they stand in the block.
    private(set) var contents: [Content] = []
    private(set) var names: [Name] = []
    private(set) var attributes: [(identifier: UInt32, attribute: ExtendedAttribute)] = []
    private(set) var references: [XrefNode] = []
    /// What is wrong with the block itself, a sentence each.
    private(set) var problems: [String] = []

    /// Memory and codecs of a thread, for one block after the other.
    final class Workspace {
        fileprivate let decompressor = Decompressor()
        fileprivate var buffer: [UInt8] = []

        /// The memory, which is given back when it is filled.
        fileprivate func takeBuffer() -> [UInt8] {
            defer { buffer = [] }
            return buffer
        }
    }

    /// No node of ours holds more data, holes excepted (bytes).
    private static let largestPage = 1 << 20

    /// Reads a block.
    ///
    /// - Parameter range: of the block in the image (bytes).
    init(image: RawSpan, range: Range<Int>, configuration: ImageConfiguration, workspace: Workspace) {
        let block = image.extracting(range)
        let order = configuration.byteOrder
        let scan = NodeScan(
            block, byteOrder: order, eraseSize: configuration.eraseSize, usingSummaries: false)
        problems = scan.findings.findings.map { Self.sentence($0, start: range.lowerBound) }
        if configuration.writesSummaries, block.byteCount == configuration.eraseSize {
            checkSummary(block, start: range.lowerBound, configuration: configuration)
        }
        // What is marked dead or damaged is among the problems already.
        for entry in FlashLog.entries(of: scan, in: block, known: { _, _ in nil }) where entry.status == .none {
            add(entry, of: scan, in: block, from: range.lowerBound, with: workspace)
        }
    }

    private mutating func add(
        _ entry: FlashLogEntry, of scan: NodeScan, in block: RawSpan, from start: Int, with workspace: Workspace
    ) {
        switch entry.content {
        case .dirent(let raw): names.append(Name(raw: raw, range: raw.nameRange(at: start + entry.offset)))
        case .inode(let raw):
            do throws(Problem) {
                contents.append(try Self.content(raw, block: block, at: entry.offset, workspace: workspace))
            } catch {
                problems.append("the node at \(hex(start + entry.offset)): \(error.text)")
            }
        case .xattr:
            do throws(XattrNode.Unreadable) {
                let (raw, attribute) = try XattrNode.attribute(
                    block, at: entry.offset, byteOrder: scan.byteOrder, magic: scan.magic)
                attributes.append((raw.identifier, attribute))
            } catch {
                problems.append("the xattr node at \(hex(start + entry.offset)): \(error.reason)")
            }
        case .xref(let raw): references.append(raw)
        case .summary, .filler, .unknown, .cutOff, .erased, .zeros, .dirt: break
        }
    }

    private struct Problem: Error {
        let text: String
    }

    private static func sentence(_ finding: Finding, start: Int) -> String {
        finding.message + (finding.offset.map { " (at \(hex(start + $0)))" } ?? "")
    }

    /// Whether Linux takes the summary, and whether it tells of all nodes what they are.
    private mutating func checkSummary(_ block: RawSpan, start: Int, configuration: ImageConfiguration) {
        let order = configuration.byteOrder
        let believed = NodeScan(block, byteOrder: order, eraseSize: configuration.eraseSize)
        let compared = SummaryCheck.findings(block, byteOrder: order, eraseSize: configuration.eraseSize)
        for finding in believed.findings.findings + compared.findings {
            let sentence = Self.sentence(finding, start: start)
            if !problems.contains(sentence) { problems.append(sentence) }
        }
    }

    private static func content(
        _ raw: RawInode, block: RawSpan, at offset: Int, workspace: Workspace
    ) throws(Problem) -> Content {
        let range = raw.dataRange(at: offset)
        guard range.upperBound <= block.byteCount, padded(raw.totalLength) == padded(UInt32(RawInode.size) &+ raw.csize)
        else { throw Problem(text: "its length does not fit its csize") }
        let stored = block.extracting(range)
        guard CRC32.jffs2(stored) == raw.dataCRC else { throw Problem(text: "its data CRC is wrong") }
        guard FileKind(mode: raw.mode) == .regular else {
            guard raw.compression == .none, raw.csize == raw.dsize, raw.offset == 0 else {
                throw Problem(text: "what is no file has data in pieces, or compressed")
            }
            return Content(raw: raw, sum: 0, bytes: (try? block.bytes(in: range)) ?? [])
        }
        if raw.compression == .zero {
            return Content(raw: raw, sum: CRC32.zlib(zeros: Int(raw.dsize)), bytes: [])
        }
        let data = NodeData(
            of: raw, storedAs: stored, by: workspace.decompressor, .whole(limit: largestPage),
            reusing: workspace.takeBuffer())
        defer { workspace.buffer = data.bytes }
        if let problem = data.problem { throw Problem(text: "\(problem)") }
        let sum = CRC32.zlib(unsafe data.bytes.span.bytes)
        return Content(raw: raw, sum: sum, bytes: [])
    }
}
