import FileTree
import FlashBytes
import JFFS2

/// Looks up what there is to know about files.
struct StatListing {
    private let fileSystem: FileSystem
    private let log: FlashLog
    private let usage: FlashUsage
    /// The entries of the log that are about an inode: its nodes, its names, its attributes.
    private var entries: [InodeNumber: [Int]] = [:]
    /// All names of inodes that have several.
    private var names: [InodeID: [FilePathBytes]] = [:]

    init(_ fileSystem: FileSystem) {
        self.fileSystem = fileSystem
        log = FlashLog(fileSystem)
        usage = FlashUsage(log)
        var attributes: [UInt32: Set<InodeNumber>] = [:]
        for entry in log.entries {
            if case .xref(let raw) = entry.content, entry.isReadable, entry.isShown {
                attributes[raw.identifier, default: []].insert(raw.inode)
            }
        }
        for (index, entry) in log.entries.enumerated() where entry.isReadable {
            switch entry.content {
            case .inode(let raw): entries[raw.inode, default: []].append(index)
            case .dirent(let raw) where raw.inode != 0: entries[raw.inode, default: []].append(index)
            case .xref(let raw): entries[raw.inode, default: []].append(index)
            case .xattr(let raw):
                for inode in attributes[raw.identifier] ?? [] { entries[inode, default: []].append(index) }
            default: break
            }
        }
        let counts = fileSystem.tree.nameCounts()
        let tree = fileSystem.tree
        tree.walk { path, id in if counts[id.index] > 1 { names[id, default: []].append(path) } }
    }

    /// nil where there is no such file.
    func file(_ path: FilePathBytes) -> StatDescription? {
        let tree = fileSystem.tree
        guard let id = tree.find(path) else { return nil }
        let row = Listing.row(tree, id: id, path: path, name: path.description)
        let number = row.inode.number ?? 0
        let nodes = (entries[number] ?? []).map { log.entries[$0] }.sorted {
            ($0.version ?? 0, $0.offset) < ($1.version ?? 0, $1.offset)
        }
        let live = nodes.filter(\.isShown)
        var (stored, unpacked): (UInt64, UInt64) = (0, 0)
        for node in live {
            guard case .inode(let raw) = node.content else { continue }
            stored += raw.isSwappedHole || raw.compression == .zero ? 0 : UInt64(raw.csize)
            unpacked += raw.compression == .zero ? 0 : UInt64(raw.dsize)
        }
        let room = usage[number]
        return StatDescription(
            row: row, names: (names[id] ?? [path]).map(PrintedPath.init),
            room: room, stored: stored, unpacked: unpacked,
            eraseBlocks: Set(live.map { $0.offset / fileSystem.eraseSize }).sorted(),
            nodes: fileSystem.image.withBytes { bytes in
                nodes.map { NodeDescription($0, in: bytes, of: fileSystem) }
            }
        )
    }
}

/// What there is to know about a file.
struct StatDescription: Encodable {
    private let row: Listing.Row
    private let names: [PrintedPath]
    private let room: FlashUsage.Room
    /// Data of live nodes, as it is stored, and what comes out of it (bytes).
    private let stored: UInt64
    private let unpacked: UInt64
    private let eraseBlocks: [Int]
    private let nodes: [NodeDescription]

    init(
        row: Listing.Row, names: [PrintedPath], room: FlashUsage.Room, stored: UInt64,
        unpacked: UInt64, eraseBlocks: [Int], nodes: [NodeDescription]
    ) {
        (self.row, self.names, self.room) = (row, names, room)
        (self.stored, self.unpacked, self.eraseBlocks, self.nodes) = (stored, unpacked, eraseBlocks, nodes)
    }

    private enum CodingKeys: String, CodingKey {
        case paths, bytes, live, stored, unpacked, liveBlocks, nodes
    }

    /// The keys of `ls --json`, and these.
    func encode(to encoder: any Encoder) throws {
        try row.json.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(names.map(\.text), forKey: .paths)
        try container.encode(room.total, forKey: .bytes)
        try container.encode(room.live, forKey: .live)
        try container.encode(stored, forKey: .stored)
        try container.encode(unpacked, forKey: .unpacked)
        try container.encode(eraseBlocks, forKey: .liveBlocks)
        try container.encode(nodes, forKey: .nodes)
    }

    // MARK: - Text

    var lines: [String] {
        let inode = row.inode
        let metadata = inode.metadata
        func time(_ seconds: Int64) -> String { CalendarTime(seconds).text(.seconds) }
        var rows = [
            ["type", inode.kind.word], ["mode", "\(metadata.permissionText) \(Listing.modeString(inode))"],
            ["owner", "\(metadata.owner):\(metadata.group)"], ["size", "\(inode.size)"],
            ["modified", time(metadata.modificationTime)], ["changed", time(metadata.changeTime)],
            ["accessed", time(metadata.accessTime)], ["inode", inode.number?.description ?? "none"],
            ["links", "\(row.links)"],
        ]
        switch inode.payload {
        case .symbolicLink(let target): rows.append(["target", printable(target)])
        case .characterDevice(let device), .blockDevice(let device): rows.append(["device", device.description])
        default: break
        }
        if names.count > 1 { for name in names { rows.append(["name", "/\(name.text)"]) } }
        for attribute in metadata.extendedAttributes { rows.append(["xattr", Self.text(attribute)]) }
        rows.append(["on flash", "\(room.total) bytes in nodes, \(room.live) of them live"])
        if unpacked > 0 {
            rows.append(["stored", "\(unpacked) bytes in \(stored), ratio \(Ratio.text(unpacked, stored: stored))"])
        }
        if !eraseBlocks.isEmpty { rows.append(["blocks", eraseBlocks.map(String.init).joined(separator: " ")]) }
        return [row.name] + TextTable.lines(rows, right: []) + nodeLines
    }

    private static func text(_ attribute: ExtendedAttribute) -> String {
        let most = 48
        let value = printable(attribute.value.prefix(most)) + (attribute.value.count > most ? "…" : "")
        return "\(printable(attribute.name)) = \(value) (\(attribute.value.count) bytes)"
    }

    private var nodeLines: [String] {
        if nodes.isEmpty { return [] }
        let head = ["node", "block", "version", "offset", "length", "at", "isize", "csize", "dsize", "codec", "status"]
        let rows = nodes.map { node in
            func number(_ value: UInt32?) -> String { value.map(String.init) ?? "" }
            return [
                node.nodeType, String(node.block), number(node.version), hex(node.offset), String(node.length),
                number(node.at), number(node.isize), number(node.csize), number(node.dsize),
                node.codec ?? node.name ?? "", node.status ?? "-",
            ]
        }
        return TextTable.lines([head] + rows, right: [1, 2, 3, 4, 5, 6, 7, 8])
    }
}
