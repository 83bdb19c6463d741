import FileTree
import FlashBytes
import JFFS2
import TestSupport
import Testing

/// Flashes of which there are earlier states (Tests/RecordedFlashes): what the flash of a later time tells of them.
@Suite struct ReplayTests {
    /// What tells one inode node from all others, wherever it was copied.
    private struct NodeKey: Hashable {
        var inode: InodeNumber
        var version: UInt32
        var sums: [UInt32]

        init(_ raw: RawInode) {
            inode = raw.inode
            version = raw.version
            sums = [raw.nodeCRC, raw.dataCRC]
        }
    }

    /// A flash, and earlier states of it.
    private func read(_ source: String) throws -> (last: FlashLog, earlier: [(name: String, log: FlashLog)])? {
        let flashes = try RecordedFlash.read(source).filter { !$0.about.damaged }
        func log(_ flash: RecordedFlash) -> FlashLog {
            FlashLog(
                FileSystem(
                    ByteRegion(flash.image), byteOrder: flash.about.build.hasPrefix("be") ? .big : .little,
                    eraseSize: flash.about.eraseSize))
        }
        guard let last = flashes.min(by: { $0.name.count < $1.name.count }) else { return nil }
        return (log(last), flashes.filter { $0.name != last.name }.map { ($0.name, log($0)) })
    }

    private static let histories = RecordedFlash.sources.filter { !$0.hasPrefix("other-") }

    /// All nodes that a file showed are still there: then it is as it was, and what was written later is not in it.
    @Test(arguments: histories) func aFileWhoseNodesAreAllLeftIsAsItWas(source: String) throws {
        guard let (last, earlier) = try read(source) else { return }
        let left = soundNodes(last)
        for (name, before) in earlier {
            let state = last.state(upTo: moment(before)).treeWithOrphans().tree
            var places: [InodeNumber: InodeID] = [:]
            for (index, inode) in state.inodes.enumerated() {
                if let number = inode.number { places[number] = InodeID(index) }
            }
            var shown: [InodeNumber: Set<NodeKey>] = [:]
            for entry in before.entries where entry.status == .live {
                if case .inode(let raw) = entry.content { shown[raw.inode, default: []].insert(NodeKey(raw)) }
            }
            for inode in before.fileSystem.tree.inodes {
                guard let number = inode.number, inode.kind != .directory, let nodes = shown[number],
                    nodes.isSubset(of: left)
                else { continue }
                let place = try #require(places[number], "\(name): inode \(number)")
                #expect(try same(state[place], inode), "\(name): inode \(number)")
            }
        }
    }

    /// Where the garbage collector took nothing of what was shown, the whole tree is as it was.
    @Test(arguments: [
        "applog-64k-lzo-s1210.late", "fuzz-nand-old-16k-p512-lzo-s1170.half", "links-16k.linked",
        "names-be-16k-none.many",
        "power-cut-nand-16k.third", "rename-8k.before-last", "special-be-16k.first",
    ])
    func theTreeIsAsItWasWhereNothingOfItWasCollected(snapshot: String) throws {
        let source = snapshot.prefix { $0 != "." } + ".tar.xz"
        let (last, earlier) = try #require(try read(String(source)))
        let before = try #require(earlier.first { $0.name == snapshot }).log
        #expect(try lines(last.state(upTo: moment(before)).tree) == lines(before.fileSystem.tree))
    }

    /// What is damaged was half written then: its number is given again.
    private func moment(_ log: FlashLog) -> FlashNumbers { log.numbers { $0.status != .damaged } }

    private func soundNodes(_ log: FlashLog) -> Set<NodeKey> {
        log.fileSystem.image.withBytes { bytes in
            var nodes: Set<NodeKey> = []
            for entry in log.entries where entry.isReadable {
                guard case .inode(let raw) = entry.content, raw.hasSoundData(in: bytes, at: entry.offset) else {
                    continue
                }
                nodes.insert(NodeKey(raw))
            }
            return nodes
        }
    }

    private func same(_ one: Inode, _ two: Inode) throws -> Bool {
        var (first, second) = (one.metadata, two.metadata)
        first.extendedAttributes = []
        second.extendedAttributes = []
        return try one.kind == two.kind && first == second && text(one) == text(two)
    }

    private func text(_ inode: Inode) throws -> [UInt8] {
        switch inode.payload {
        case .regular(let contents): try contents.readAllThatIsLeft().bytes
        case .symbolicLink(let target): target
        case .characterDevice(let device), .blockDevice(let device): Array("\(device)".utf8)
        case .directory, .fifo, .socket: []
        }
    }

    private struct Line: Hashable {
        var path: String
        var kind: FileKind
        var metadata: Metadata
        var text: [UInt8]
    }

    private func lines(_ tree: FileTree) throws -> [Line] {
        var lines: [Line] = []
        try tree.walk { path, id in
            let inode = tree[id]
            lines.append(Line(path: "\(path)", kind: inode.kind, metadata: inode.metadata, text: try text(inode)))
        }
        return lines
    }
}
