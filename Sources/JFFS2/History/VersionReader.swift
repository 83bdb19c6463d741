package import FileTree
import FlashBytes

extension FlashHistory {
    /// The stretches of a file as it was after a version that may be older than that: versions are gone that came between, and
    /// may have written there.
    ///
    /// Of what the file is now nothing is in doubt: Linux needs what is gone no more.
    func doubtfulRanges(
        of contents: any FileContents, in file: FileHistory, after last: UInt32
    ) -> [Range<UInt64>] {
        guard let contents = contents as? NodeContents, isGone(file) || file.versions.last?.version != last else {
            return []
        }
        let versions = file.versions.prefix { $0.version <= last }
        var ranges: [Range<UInt64>] = []
        for fragment in contents.fragments {
            let offset = Int(contents.nodes[Int(fragment.node.rawValue)].offset)
            let entry = log.entries.partitionPoint { $0.offset < offset }
            guard entry < log.entries.count, let version = log.entries[entry].version, version < last else { continue }
            let known = versions.count - versions.partitionPoint { $0.version <= version }
            if known >= Int(last - version) { continue }
            if let before = ranges.last, before.upperBound == UInt64(fragment.start) {
                ranges[ranges.count - 1] = before.lowerBound..<UInt64(fragment.end)
            } else {
                ranges.append(UInt64(fragment.start)..<UInt64(fragment.end))
            }
        }
        return ranges
    }
}

/// Reads files as they were after one of their versions, with what is left of their nodes, dead ones too.
package struct VersionReader {
    /// The versions.
    package let history: FlashHistory
    private let scan: NodeScan
    private let reader: InodeReader
    private var builder: TreeBuilder
    /// Of no use here; one array for all files, so that none is made for each.
    private var statuses: [NodeStatus]

    /// Prepares for reading any number of versions.
    package init(_ history: FlashHistory) {
        self.history = history
        let image = history.log.fileSystem.image
        (scan, builder) = image.withBytes { bytes in
            let scan = history.log.replayedScan(bytes) { _ in true }
            return (scan, TreeBuilder(scan: scan, image: image, bytes: bytes, readsDeleted: true))
        }
        reader = InodeReader(scan: scan)
        statuses = [NodeStatus](repeating: .none, count: scan.nodes.count)
    }

    /// A file as it was.
    package struct State: Sendable {
        /// Its metadata and content; a directory without the names in it.
        package var inode: Inode
        /// The stretches that no node is left for. They read as zeros; at its end, the file is shorter.
        package var missing: [ContentDamage]
        /// The stretches that may be older than the version: of the versions between some are gone, which may have written there.
        package var doubtful: [Range<UInt64>] = []
        /// Whether anything of the content of a regular file is left that is not zeros, or it had none.
        package var hasContent: Bool
        /// The nodes that can be seen of it, as indices in `FlashLog.entries`.
        var visible: [Int] = []
    }

    /// Why a file cannot be read.
    package struct Unreadable: Error, CustomStringConvertible {
        /// A sentence without capital and full stop.
        package let description: String
    }

    /// A file as it was after a version.
    ///
    /// - Parameter version: later ones are left out.
    package mutating func state(of file: FileHistory, after version: UInt32) throws(Unreadable) -> State {
        try state(of: file, nodes: file.versions.prefix { $0.version <= version }.map(\.entry))
    }

    /// - Parameter nodes: as indices in `FlashLog.entries`, in any order.
    mutating func state(of file: FileHistory, nodes: [Int]) throws(Unreadable) -> State {
        let log = history.log
        let places = nodes.sorted().compactMap { place(of: log.entries[$0].offset) }
        let image = log.fileSystem.image
        var findings = FindingList()
        let (content, result) = image.withBytes { bytes in
            let content = reader.read(places, in: bytes, status: &statuses, into: &findings)
            return (content, builder.inode(file.inode, content: content, in: bytes))
        }
        guard case .success(let inode) = result else {
            if case .failure(let reason) = result { throw Unreadable(description: reason.text) }
            throw Unreadable(description: "no node is left")
        }
        var state = State(inode: inode, missing: [], hasContent: true)
        // Nodes of attributes have no times: they may be those of the file that has the number now.
        if file.isEarlierUse { state.inode.metadata.extendedAttributes = [] }
        if case .regular(let contents) = inode.payload {
            state.missing = contents.losses
            let wanted = content.metadata?.isize ?? 0
            state.hasContent = wanted == 0 || contents.size > 0 && !isEmpty(contents)
            let last = nodes.lazy.compactMap { log.entries[$0].version }.max() ?? 0
            state.doubtful = history.doubtfulRanges(of: contents, in: file, after: last)
        }
        state.visible = visible(content)
        return state
    }

    /// Whether no node is left for any byte of a file.
    private func isEmpty(_ contents: any FileContents) -> Bool {
        (contents as? NodeContents)?.fragments.isEmpty ?? false
    }

    private func visible(_ content: InodeContent) -> [Int] {
        var nodes = Set(content.fragments.map(\.node))
        if let node = content.metadataNode { nodes.insert(node) }
        return nodes.compactMap { node in
            let offset = scan.offset(of: node)
            let index = history.log.entries.partitionPoint { $0.offset < offset }
            return index < history.log.entries.count ? index : nil
        }
    }

    private func place(of offset: Int) -> NodeIndex? {
        let index = scan.nodes.partitionPoint { Int($0.offset) < offset }
        return index < scan.nodes.count && Int(scan.nodes[index].offset) == offset ? NodeIndex(index) : nil
    }
}
