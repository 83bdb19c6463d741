import ArgumentParser
import FileTree

/// Changes to what is packed: a file of a firmware is replaced without root and without unpacking.
///
/// In whatever order they are given: deletions first, then additions, then modes and owners.
struct EditArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Leave PATH out; of a folder, all that is in it (repeatable, as all edits are). Edits are done in this order: "
                + "--delete, --add, --chmod, --chown. No symlink is followed. PATH of --delete may be a pattern (see ls). A byte of a name may be written as \\ooo.",
            valueName: "path"))
    var delete: [String] = []

    @Option(
        help: ArgumentHelp(
            "Put a file or folder of this computer at PATH; if PATH ends with /, into that folder under its own name; "
                + "if HOST ends with /, all that is in it. What is there already gets the new content and time, under all "
                + "of its hard links, and keeps mode and owner; what is new belongs to root. Colons in HOST are written "
                + "as \\:.",
            valueName: "host:path"), completion: .file(), transform: Self.addition)
    var add: [HostAddition] = []

    @Option(
        help: ArgumentHelp("Set permissions, as 4755 or u+x,go-w.", valueName: "mode:path"), transform: Self.modeChange)
    var chmod: [TreeEdit] = []

    @Option(
        help: ArgumentHelp("Set owner and group, as numbers; an empty one stays.", valueName: "uid:gid:path"),
        transform: Self.ownerChange)
    var chown: [TreeEdit] = []

    /// Whether anything is to be changed.
    var isEmpty: Bool { delete.isEmpty && add.isEmpty && chmod.isEmpty && chown.isEmpty }

    /// All of them in the order in which they are done.
    ///
    /// - Parameter tree: what is changed: a pattern of --delete stands for all in it that match.
    func edits(of tree: FileTree, keepsOwners: Bool, hasExtendedAttributes: Bool) throws -> [TreeEdit] {
        let additions = add.map { addition in
            var addition = addition
            addition.keepsOwners = keepsOwners
            addition.hasExtendedAttributes = hasExtendedAttributes
            return TreeEdit.add(addition)
        }
        return try deletions(of: tree) + additions + chmod + chown
    }

    private func deletions(of tree: FileTree) throws -> [TreeEdit] {
        try delete.flatMap { text -> [FilePathBytes] in
            guard PathPattern.isOne(text) else { return [FilePathBytes(printed: text)] }
            let found = try PathArguments.expand(option: "--delete", [text], in: [tree])
            // What is in a folder goes with it: a walk names the folder first.
            var gone: Set<FilePathBytes> = []
            return found.filter { path in
                var above = FilePathBytes()
                let isCovered = path.components.dropLast().contains { name in
                    above.append(name)
                    return gone.contains(above)
                }
                if !isCovered { gone.insert(path) }
                return !isCovered
            }
        }.map { .delete($0) }
    }

    private static func addition(_ text: String) throws -> HostAddition {
        var host = ""
        var rest = text[...]
        while let character = rest.popFirst() {
            if character == ":" {
                guard !host.isEmpty, !rest.isEmpty else { break }
                return HostAddition(host: host, path: String(rest))
            }
            if character == "\\", let next = rest.first, next == ":" || next == "\\" {
                host.append(next)
                rest.removeFirst()
            } else {
                host.append(character)
            }
        }
        throw ValidationError("'\(text)' does not say what goes where; write it as HOST:PATH, as busybox:/bin/busybox")
    }

    private static func modeChange(_ text: String) throws -> TreeEdit {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[1].isEmpty else {
            throw ValidationError("'\(text)' is no MODE:PATH; write it as 755:/etc/rcS or u+x:/etc/rcS")
        }
        guard let change = ModeChange(String(parts[0])) else {
            throw ValidationError("'\(parts[0])' is no mode; write it as 755, 4755 or u+x,go-w")
        }
        return .changeMode(change, FilePathBytes(printed: String(parts[1])))
    }

    private static func ownerChange(_ text: String) throws -> TreeEdit {
        let parts = text.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[2].isEmpty, !(parts[0].isEmpty && parts[1].isEmpty) else {
            throw ValidationError(
                "'\(text)' is no UID:GID:PATH; write it as 0:0:/etc/rcS, or 0::/etc/rcS for the user only")
        }
        func number(_ text: Substring) throws -> UInt32? {
            if text.isEmpty { return nil }
            guard let number = UInt32(text), number <= UInt16.max else {
                throw ValidationError("'\(text)' is no owner; owners are numbers from 0 to 65535")
            }
            return number
        }
        return .changeOwner(
            owner: try number(parts[0]), group: try number(parts[1]), FilePathBytes(printed: String(parts[2])))
    }
}
