import FileTree

/// What was done to a file. Part of the reports.
package struct ScrubChange: Sendable, Hashable, Codable {
    /// Printable, as it is in the output.
    package var path: String
    /// `delete`, `empty`, `redact`, `template`, or `rename`.
    package var action: String
    /// Whose finding it was; empty for what the user named.
    package var rules: [String]
}

/// Takes findings out of a tree.
struct TreeRedaction {
    /// Instead of what the rules say.
    let action: ScrubAction?
    /// Instead of both, for single files.
    let choices: [FilePathBytes: ScrubAction]
    /// Contents that the user gives for paths.
    let templates: [FilePathBytes: [UInt8]]

    /// - Returns: what was done.
    func apply(_ findings: [ScrubFinding], to tree: inout FileTree) throws(ScrubError) -> [ScrubChange] {
        var changes: [ScrubChange] = []
        var byInode: [InodeID: [ScrubFinding]] = [:]
        var renames: [FilePathBytes: [ScrubFinding]] = [:]
        for finding in findings where finding.place.isLive {
            guard let path = finding.place.path else { continue }
            if case .name = finding.place { renames[path, default: []].append(finding) }
            guard let id = tree.find(path) else { continue }
            byInode[id, default: []].append(finding)
        }
        let names = byInode.isEmpty ? [:] : tree.allPaths()
        let original = tree
        for (id, findings) in byInode.sorted(by: { $0.key.index < $1.key.index }) {
            let paths = names[id] ?? []
            // A log is about the pages of a database as it was: it goes with that, or stays with it.
            if let database = paths.lazy.compactMap({ DatabaseCompanions.database(of: $0, in: original) }).first,
                findings.contains(where: { $0.isWholeFile && $0.kind == .record }),
                original.find(database).map({ byInode[$0] == nil }) ?? true
            {
                continue
            }
            changes += try apply(findings, to: id, paths: paths, original: original, tree: &tree)
        }
        // The longest paths first: a directory is renamed after what is in it. In one order, since names may become the same.
        var taken: [DirectoryEntry: Int] = [:]
        for (path, findings) in renames.sorted(by: { left, right in
            let (deep, deeper) = (left.key.components.count, right.key.components.count)
            return deep != deeper ? deep > deeper : left.key.components.lexicographicallyPrecedes(right.key.components)
        }) where tree.find(path) != nil {
            changes.append(rename(path, findings: findings, taken: &taken, tree: &tree))
        }
        return changes
    }

    private func apply(
        _ findings: [ScrubFinding], to id: InodeID, paths: [FilePathBytes], original: FileTree,
        tree: inout FileTree
    ) throws(ScrubError) -> [ScrubChange] {
        var changes: [ScrubChange] = []
        let path = paths.first ?? FilePathBytes()
        func note(_ action: String, findings: [ScrubFinding]) {
            changes.append(
                ScrubChange(path: "\(path)", action: action, rules: Set(findings.map(\.rule)).sorted()))
        }
        let inContent = findings.filter {
            switch $0.place {
            case .content, .file, .member: true
            default: false
            }
        }
        let rest = findings.filter { finding in
            switch finding.place {
            case .target, .attribute: true
            default: false
            }
        }
        if !inContent.isEmpty {
            let packed = inContent.filter { !$0.member.isEmpty }
            let choice = paths.lazy.compactMap { self.choices[$0] }.first
            var action =
                choice ?? self.action ?? inContent.first { $0.isWholeFile && $0.member.isEmpty }?.action ?? .redact
            if action == .redact, !packed.isEmpty {
                // What cannot be packed again goes.
                guard let contents = repacked(id, findings: packed, paths: paths, tree: original) else {
                    action = .empty
                    note("empty", findings: inContent)
                    tree[id].payload = .regular(MemoryContents([]))
                    return changes
                }
                note("redact", findings: packed)
                tree[id].payload = .regular(MemoryContents(contents))
                return changes
            }
            note(action.rawValue, findings: inContent)
            switch action {
            case .delete:
                for path in paths { tree.delete(path) }
                return changes
            case .empty:
                tree[id].payload = .regular(MemoryContents([]))
            case .template:
                guard let content = paths.lazy.compactMap({ self.templates[$0] }).first else {
                    throw .noTemplate(path)
                }
                tree[id].payload = .regular(MemoryContents(content))
            case .redact:
                redact(inContent, id: id, tree: &tree)
            }
        }
        for finding in rest { redact(finding, id: id, tree: &tree) }
        if !rest.isEmpty { note("redact", findings: rest) }
        return changes
    }

    /// - Parameter tree: as it was: what stands beside a database may be emptied already.
    private func repacked(
        _ id: InodeID, findings: [ScrubFinding], paths: [FilePathBytes], tree: FileTree
    ) -> [UInt8]? {
        guard case .regular(let contents) = tree[id].payload, contents.size < 1 << 31,
            let reader = try? contents.makeReader()
        else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(contents.size))
        var span = bytes.mutableSpan
        var buffer = unsafe span.mutableBytes
        guard (try? reader.read(into: &buffer, at: 0)) != nil else { return nil }
        for path in paths {
            guard let current = DatabaseCompanions.current(bytes, at: path, in: tree) else { return nil }
            if current.hasCompanions { return PackedRedaction.redacted(current.bytes, findings: findings) }
        }
        return PackedRedaction.redacted(bytes, findings: findings)
    }

    private func redact(_ findings: [ScrubFinding], id: InodeID, tree: inout FileTree) {
        guard case .regular(let contents) = tree[id].payload else { return }
        // A file that is private as a whole and must keep its size is overwritten as a whole.
        let whole = findings.filter(\.isWholeFile)
        let patches = (whole.isEmpty ? findings : whole).map { finding in
            let range = UInt64(finding.range.lowerBound)..<UInt64(finding.range.upperBound)
            let bytes = finding.isWholeFile ? [UInt8](repeating: 0, count: finding.range.count) : finding.redacted
            return PatchedContents.Patch(range: range.clamped(to: 0..<contents.size), bytes: bytes)
        }
        let patched = PatchedContents(
            base: contents, patches: patches.sorted { $0.range.lowerBound < $1.range.lowerBound })
        tree[id].payload = .regular(withSums(patched) ?? patched)
    }

    /// A tar archive has sums of its names and owners, a page of Espressif's of its values; nil for another file.
    private func withSums(_ contents: PatchedContents) -> MemoryContents? {
        guard contents.size < 1 << 28, contents.size >= 512, let reader = try? contents.makeReader() else { return nil }
        var head = [UInt8](repeating: 0, count: 512)
        var span = head.mutableSpan
        var buffer = unsafe span.mutableBytes
        guard (try? reader.read(into: &buffer, at: 0)) != nil else { return nil }
        let isTar = ArchiveLayout.isTar(head)
        guard isTar || contents.size.isMultiple(of: 4096), var bytes = try? contents.readAll() else { return nil }
        if isTar {
            ArchiveLayout.mendSums(of: &bytes)
        } else {
            FlashKeyValues.mendSums(
                of: &bytes, changed: contents.patches.map { Int($0.range.lowerBound)..<Int($0.range.upperBound) })
        }
        return MemoryContents(bytes)
    }

    /// In a target or an attribute: all of the same bytes.
    private func redact(_ finding: ScrubFinding, id: InodeID, tree: inout FileTree) {
        func patched(_ bytes: [UInt8]) -> [UInt8] {
            guard finding.range.upperBound <= bytes.count,
                bytes[finding.range].elementsEqual(finding.carrier ?? finding.secret)
            else {
                return bytes
            }
            var bytes = bytes
            bytes.replaceSubrange(finding.range, with: finding.redacted)
            return bytes
        }
        if case .target = finding.place, case .symbolicLink(let target) = tree[id].payload {
            tree[id].payload = .symbolicLink(patched(target))
        } else if case .attribute = finding.place {
            tree[id].metadata.extendedAttributes = tree[id].metadata.extendedAttributes.compactMap { attribute in
                // A name that tells something has no other use.
                if patched(attribute.name) != attribute.name { return nil }
                return ExtendedAttribute(name: attribute.name, value: patched(attribute.value))
            }
        }
    }

    /// - Parameter taken: of a name in a directory, the last number that was put behind it.
    private func rename(
        _ path: FilePathBytes, findings: [ScrubFinding], taken: inout [DirectoryEntry: Int], tree: inout FileTree
    ) -> ScrubChange {
        var directory = path
        directory.removeLast()
        var bytes = path.components.last?.bytes ?? []
        for finding in findings where finding.range.upperBound <= bytes.count {
            bytes.replaceSubrange(finding.range, with: finding.redacted.map { $0 == 0x2f || $0 == 0 ? 0x58 : $0 })
        }
        guard let parent = tree.find(directory), let id = tree.find(path), let old = path.components.last else {
            return ScrubChange(path: "\(path)", action: "rename", rules: [])
        }
        var name = FileName(bytes)
        let wanted = DirectoryEntry(name: name, inode: parent)
        var number = taken[wanted] ?? 1
        while tree.child(name, of: parent) != nil {
            number += 1
            let ending = Array("-\(number)".utf8)
            name = FileName(bytes.prefix(254 - ending.count) + ending)
        }
        taken[wanted] = number
        tree.unlink(old, from: parent)
        tree.link(id, name: name, to: parent)
        directory.append(name)
        return ScrubChange(path: "\(directory)", action: "rename", rules: Set(findings.map(\.rule)).sorted())
    }
}

extension ScrubFinding {
    /// Whether the file as a whole is the finding.
    var isWholeFile: Bool {
        switch place {
        case .file: true
        case .member: secret.isEmpty && carrier == nil
        default: false
        }
    }
}

extension FileTree {
    /// All paths of each inode.
    func allPaths() -> [InodeID: [FilePathBytes]] {
        var paths: [InodeID: [FilePathBytes]] = [:]
        walk { path, id in paths[id, default: []].append(path) }
        return paths
    }
}
