import FileTree
import FlashBytes
import JFFS2

/// Takes what differs and prints it: each at once.
struct DiffReport {
    /// A difference in JSON.
    struct Entry: Encodable {
        var path: String
        var pathBytes: [UInt8]?
        /// `added`, `removed`, `changed` or `unreadable`.
        var change: String
        /// What of a changed file differs.
        var aspects: [String]?
        var old: Listing.Entry?
        var new: Listing.Entry?
        /// Other names, where hard links differ.
        var oldNames: [String]?
        var newNames: [String]?
        /// What cannot be read.
        var damage: [String]?
    }

    /// How much of a kind there is.
    struct Count: Encodable {
        var fileCount = 0
        /// Of regular files together (bytes); of changed ones the new size.
        var size: UInt64 = 0
    }

    struct Summary: Encodable {
        var added = Count()
        var removed = Count()
        var changed = Count()
        var unreadable = Count()
    }

    /// What stands behind the differences.
    private struct End: Encodable {
        var oldFile: String
        var newFile: String
        var summary: Summary
        var differingBlocks: [DifferingBlocks.Block]?
    }

    private let old: DiffSource
    private let new: DiffSource
    private let arguments: DiffArguments
    private let output: OutputArguments
    private let textDiff: TextDiff?
    private var list = JSON.List("differences")
    private var failure: (any Error)?
    /// How many names each file has; for JSON.
    private let counts: (old: [UInt32], new: [UInt32])
    private(set) var summary = Summary()
    /// Whether content could not be read.
    private(set) var isTrouble = false

    init(_ old: DiffSource, new: DiffSource, arguments: DiffArguments, output: OutputArguments) {
        (self.old, self.new) = (old, new)
        (self.arguments, self.output) = (arguments, output)
        counts = output.json ? (old.compared.tree.nameCounts(), new.compared.tree.nameCounts()) : ([], [])
        textDiff = arguments.text && !output.quiet ? TextDiff(old.compared, new: new.compared) : nil
    }

    var hasDifferences: Bool { summary.added.fileCount + summary.removed.fileCount + summary.changed.fileCount > 0 }

    mutating func add(_ difference: FileDifference) {
        count(difference)
        for part in difference.damage {
            isTrouble = true
            let source = part.side == .old ? old.name : new.name
            StandardStreams.error("\(source): damage: \(difference.path): \(part.damage)")
        }
        if output.quiet { return }
        let lines = DiffLines(old: old.compared.tree, new: new.compared.tree)
        if output.json {
            do { try list.add(entry(difference)) } catch { failure = failure ?? error }
        } else if arguments.stat {
            StandardStreams.print(lines.sizes(difference))
        } else {
            StandardStreams.print(lines.line(difference))
        }
        textDiff?.write(difference)
    }

    private mutating func count(_ difference: FileDifference) {
        let inode = difference.new.map { new.compared.tree[$0] } ?? difference.old.map { old.compared.tree[$0] }
        let bytes = inode?.kind == .regular ? inode?.size ?? 0 : 0
        func note(_ count: inout Count) {
            count.fileCount += 1
            count.size = count.size.addingReportingOverflow(bytes).partialValue
        }
        switch difference.kind {
        case .added: note(&summary.added)
        case .removed: note(&summary.removed)
        case .changed: note(&summary.changed)
        case .unreadable: note(&summary.unreadable)
        }
    }

    private func entry(_ difference: FileDifference) -> Entry {
        let path = PrintedPath(difference.path)
        func listed(_ id: InodeID?, in tree: FileTree, counts: [UInt32]) -> Listing.Entry? {
            guard let id else { return nil }
            var row = Listing.row(tree, id: id, path: difference.path, name: nil)
            row.links = tree[id].linkCount ?? counts[id.index]
            return row.json
        }
        var entry = Entry(
            path: path.text, pathBytes: path.bytes, change: difference.kind.rawValue,
            old: listed(difference.old, in: old.compared.tree, counts: counts.old),
            new: listed(difference.new, in: new.compared.tree, counts: counts.new))
        if difference.kind == .changed { entry.aspects = difference.orderedAspects.map(\.word) }
        if difference.aspects.contains(.links) {
            entry.oldNames = difference.oldNames.map { PrintedPath($0).text }
            entry.newNames = difference.newNames.map { PrintedPath($0).text }
        }
        if !difference.damage.isEmpty {
            entry.damage = difference.damage.map { "\($0.side == .old ? "old" : "new"): \($0.damage)" }
        }
        return entry
    }

    /// Prints what comes last.
    func finish(blocks: DifferingBlocks?, missingDevices: Int) throws {
        if missingDevices > 0, !output.quiet {
            StandardStreams.error(
                "\(missingDevices) device file\(missingDevices == 1 ? " is" : "s are") missing in a folder and not counted, since "
                    + "it takes root to make them")
        }
        if output.quiet { return }
        if output.json {
            if let failure { throw failure }
            return try list.finish(
                End(
                    oldFile: Printable.text(old.name), newFile: Printable.text(new.name), summary: summary,
                    differingBlocks: blocks?.blocks))
        }
        blocks?.lines.forEach(StandardStreams.print)
        if arguments.stat { StandardStreams.print(Self.text(summary)) }
    }

    /// `1 added (120 bytes), 2 removed (10 bytes), 3 changed (400 bytes)`
    private static func text(_ summary: Summary) -> String {
        func part(_ count: Count, word: String) -> String {
            "\(count.fileCount) \(word) (\(count.size) byte\(count.size == 1 ? "" : "s"))"
        }
        var parts = [
            part(summary.added, word: "added"), part(summary.removed, word: "removed"),
            part(summary.changed, word: "changed"),
        ]
        if summary.unreadable.fileCount > 0 { parts.append(part(summary.unreadable, word: "unreadable")) }
        return parts.joined(separator: ", ")
    }
}

extension FileDifference {
    /// In the order of their declaration.
    var orderedAspects: [FileAspect] { FileAspect.allCases.filter(aspects.contains) }
}

extension FileAspect {
    /// For people and JSON.
    var word: String {
        switch self {
        case .modificationTime: "mtime"
        case .accessTime: "atime"
        case .changeTime: "ctime"
        case .attributes: "xattrs"
        case .type, .content, .target, .device, .mode, .owner, .links: rawValue
        }
    }
}
