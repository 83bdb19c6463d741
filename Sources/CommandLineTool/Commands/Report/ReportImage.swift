import FileTree
import FlashBytes
import ImageFile
import JFFS2

/// What a report tells of one file system.
struct ReportImage: Encodable {
    /// All files, a column each; numbers are packed.
    struct Files: Encodable {
        var path: [String] = []
        /// A letter each, as `ls -l` has them.
        var types = ""
        var targets: [String?] = []
        var mode = ""
        var uid = ""
        var gid = ""
        var size = ""
        /// All nodes of it (bytes).
        var stored = ""
        var mtime = ""
        var inode = ""
    }

    /// All nodes, by erase block: six packed numbers each (place in the block, bytes, type, state, inode, version).
    struct Nodes: Encodable {
        var types: [String] = []
        var statuses: [String] = []
        var blocks: [String] = []
        /// How many nodes of each block are left out.
        var left: [Int] = []
    }

    /// What happened, a column each, packed.
    struct Events: Encodable {
        var kinds: [String] = []
        var paths: [String] = []
        var time = ""
        var kind = ""
        var path = ""
        /// The path before a rename, counted from 1; 0 for none.
        var from = ""
        var inode = ""
        var version = ""
        var size = ""
        var dead = ""
        /// How many are left out.
        var left = 0
    }

    var number: Int
    var line: String
    var facts: [[String]]
    var files: Files
    var nodes: Nodes
    /// Severity, place (-1 for none), sentence, what Linux says.
    var findings: [[ReportContents.Field]]
    var moreFindings: Int
    var events: Events

    /// No sound image has as many in one erase block that somebody reads them.
    private static let mostNodes = 4096
    private static let mostEvents = 200_000

    /// - Parameter masked: a text without the values that were found.
    init(_ image: OpenedImage, sizes: SizeArguments, masked: (String) -> String) {
        let fileSystem = image.fileSystem
        let log = FlashLog(fileSystem)
        let description = ImageDescription(image)
        number = image.number
        line = masked(Printable.text(description.line))
        let checks = ImageVerification(image, isAlignmentWanted: false).results.map {
            CheckDescription($0, sizes: sizes)
        }
        facts =
            (description.facts(sizes).map { [$0.name, $0.value] }
            + checks.map { ["check of \($0.name)", ($0.holds ? "holds: " : "fails: ") + $0.detail] })
            .map { $0.map { masked(Printable.text($0)) } }
        files = Self.files(fileSystem.tree, usage: FlashUsage(log), masked: masked)
        nodes = Self.nodes(log)
        let found = fileSystem.findings
        let paths = FindingReport.paths(of: Set(found.findings.compactMap(\.inode)), in: fileSystem.tree)
        findings = found.findings.sorted { $0.severity > $1.severity }.map { finding in
            [
                .text(finding.severity.description), .number(finding.offset ?? -1),
                .text(masked(Printable.text(FindingReport.sentence(finding, paths: paths)))),
                .text(masked(Printable.text(finding.linuxLine ?? ""))),
            ]
        }
        moreFindings = found.kinds.values.reduce(0, +) - found.findings.count
        events = Self.events(TimelineListing(history: FlashHistory(log), inodes: nil), masked: masked)
    }

    private static func files(_ tree: FileTree, usage: FlashUsage, masked: (String) -> String) -> Files {
        var files = Files()
        var numbers: [[Int]] = Array(repeating: [], count: 7)
        tree.walk { path, id in
            let inode = tree[id]
            files.path.append(masked(shown(path)))
            files.types.append(inode.kind == .regular ? "-" : String(inode.kind.letter))
            if case .symbolicLink(let target) = inode.payload {
                files.targets.append(masked(printable(target)))
            } else {
                files.targets.append(nil)
            }
            let values = [
                Int(inode.metadata.permissions & 0o7777), Int(inode.metadata.owner), Int(inode.metadata.group),
                Int(clamping: inode.size), inode.number.map { usage[$0].total } ?? 0,
                Int(clamping: inode.metadata.modificationTime), Int(inode.number?.rawValue ?? 0),
            ]
            for (column, value) in values.enumerated() { numbers[column].append(value) }
        }
        let texts = numbers.map { PackedNumbers.text($0) }
        (files.mode, files.uid, files.gid, files.size) = (texts[0], texts[1], texts[2], texts[3])
        (files.stored, files.mtime, files.inode) = (texts[4], texts[5], texts[6])
        return files
    }

    /// A path that no device can open has its end alone: the page of a hostile image would be as large as its square.
    private static func shown(_ path: FilePathBytes) -> String {
        let end = path.lastBytes(longestPath)
        let names = FilePathBytes(end)
        return names.components.count == path.components.count ? path.description : "…\(names)"
    }

    private static let longestPath = 4096

    private static func nodes(_ log: FlashLog) -> Nodes {
        let eraseSize = max(log.fileSystem.eraseSize, 1)
        let count = log.fileSystem.scan.blockCount
        var (types, statuses) = (WordTable(), WordTable())
        var blocks = [[Int]](repeating: [], count: count)
        var left = [Int](repeating: 0, count: count)
        for entry in log.entries {
            guard let type = entry.type, case let block = entry.offset / eraseSize, block < count else { continue }
            guard blocks[block].count < mostNodes * 6 else {
                left[block] += 1
                continue
            }
            var inode = entry.isReadable ? entry.inode : nil
            // A name is part of what it stands for.
            if entry.isReadable, case .dirent(let raw) = entry.content, raw.inode != 0 { inode = raw.inode }
            blocks[block] += [
                entry.offset % eraseSize, entry.end - entry.offset, types["\(type)"], statuses[entry.status.word],
                Int(inode?.rawValue ?? 0), Int(entry.isReadable ? entry.version ?? 0 : 0),
            ]
        }
        return Nodes(
            types: types.words, statuses: statuses.words, blocks: blocks.map { PackedNumbers.text($0) }, left: left)
    }

    private static func events(_ listing: TimelineListing, masked: (String) -> String) -> Events {
        var (kinds, paths) = (WordTable(), WordTable())
        var events = Events()
        var numbers: [[Int]] = Array(repeating: [], count: 8)
        var count = 0
        for entry in listing.entries {
            count += 1
            guard count <= mostEvents else { continue }
            let values = [
                Int(entry.time), kinds[entry.event], paths["/" + entry.path],
                entry.oldPath.map { paths["/" + $0] + 1 } ?? 0, Int(entry.ino ?? 0), Int(entry.version ?? 0),
                Int(entry.size ?? 0), entry.deleted ? 1 : 0,
            ]
            for (column, value) in values.enumerated() { numbers[column].append(value) }
        }
        let texts = numbers.map { PackedNumbers.text($0) }
        (events.time, events.kind, events.path, events.from) = (texts[0], texts[1], texts[2], texts[3])
        (events.inode, events.version, events.size, events.dead) = (texts[4], texts[5], texts[6], texts[7])
        events.kinds = kinds.words
        events.paths = paths.words.map(masked)
        events.left = max(0, count - mostEvents)
        return events
    }
}

/// Words that are told once, and meant by number.
private struct WordTable {
    private(set) var words: [String] = []
    private var places: [String: Int] = [:]

    /// The number of a word.
    subscript(word: String) -> Int {
        mutating get {
            if let place = places[word] { return place }
            places[word] = words.count
            words.append(word)
            return words.count - 1
        }
    }
}
