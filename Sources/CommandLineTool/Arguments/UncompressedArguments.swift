import ArgumentParser
import FileTree
import FlashBytes
import JFFS2

/// Which files are stored without compression.
struct UncompressedArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Store what matches without compression, for a boot loader that cannot decompress; patterns as in .gitignore \
            (repeatable). Files that an image stores so although it compresses others stay so, under their paths, also by way \
            of DIR.mtree, unless !PATTERN says otherwise.
            """, valueName: "pattern"))
    var noCompress: [String] = []

    @Option(
        name: [.customShort("N"), .customLong("no-compress-list")],
        help: ArgumentHelp(
            "As --no-compress with each line of a file, as Broadcom's mkfs.jffs2 has it.", valueName: "file"),
        completion: .file())
    var noCompressList: String?

    /// Whether nothing is said.
    var isEmpty: Bool { noCompress.isEmpty && noCompressList == nil }

    /// What was decided.
    struct Outcome {
        /// Files that stay as they are in the source, which the user should know.
        var kept: [FilePathBytes] = []
        /// For the user; sentences without full stop.
        var warnings: [String] = []
    }

    /// Marks files of a tree that is going to be written.
    ///
    /// - Parameter source: the files that the source stores without compression, and of each whether that is on purpose.
    func apply(to tree: inout FileTree, source: [FilePathBytes: Bool]) throws -> Outcome {
        let given = try noCompress.map { ($0, true) } + lines().map { ($0, false) }
        let patterns = PathPatterns(given.map(\.0))
        var isUsed = [Bool](repeating: false, count: given.count)
        var outcome = Outcome()
        var verdicts: [InodeID: Bool] = [:]
        tree.walk { path, id in
            guard tree[id].kind == .regular else { return }
            let verdict = Self.verdict(patterns.patterns, path: path, isUsed: &isUsed)
            let stays = verdict ?? (tree[id].staysUncompressed || source[path] != nil)
            guard stays || verdict != nil else { return }
            if stays, verdicts[id] != true, verdict == nil, source[path] == true { outcome.kept.append(path) }
            verdicts[id] = verdicts[id] == true || stays
        }
        for (id, stays) in verdicts { tree[id].staysUncompressed = stays }
        for (index, (text, isOption)) in given.enumerated() where !isUsed[index] && !text.hasPrefix("!") {
            if isOption { throw Failure("--no-compress \(text): there is no such file") }
            outcome.warnings.append("\(noCompressList ?? ""): there is no file \(text)")
        }
        return outcome
    }

    /// What the patterns say about a file: the last one that matches it or a directory around it.
    private static func verdict(_ patterns: [PathPattern], path: FilePathBytes, isUsed: inout [Bool]) -> Bool? {
        // One path at a time: all of a deep one would take room by the square of its depth.
        var matches = [Bool](repeating: false, count: patterns.count)
        var place = path
        var isDirectory = false
        while !patterns.isEmpty, !place.components.isEmpty {
            for (index, pattern) in patterns.enumerated() where !matches[index] {
                matches[index] = pattern.matches(place, isDirectory: isDirectory)
            }
            place.removeLast()
            isDirectory = true
        }
        var verdict: Bool?
        for (index, pattern) in patterns.enumerated() where matches[index] {
            isUsed[index] = true
            verdict = !pattern.isNegated
        }
        return verdict
    }

    private func lines() throws -> [String] {
        guard let noCompressList else { return [] }
        let bytes = try FileBytes(path: noCompressList).withBytes { unsafe $0.withUnsafeBytes { unsafe Array($0) } }
        return bytes.split(whereSeparator: { $0 == 0x0a || $0 == 0x0d }).map { line in
            let text = line.drop { $0 == 0x20 || $0 == 0x09 }
            return String(decoding: text.reversed().drop { $0 == 0x20 || $0 == 0x09 }.reversed(), as: UTF8.self)
        }.filter { !$0.isEmpty && !$0.hasPrefix("#") }
    }
}

extension FileTree {
    /// The names of files that Broadcom's boot loader reads.
    private static let bootFiles: Set<String> = ["vmlinux.lz", "vmlinux.sig"]

    /// The first file in the root that Broadcom's boot loader reads by itself: `cferam.000` and the like.
    var bootFile: FilePathBytes? {
        for entry in self[Self.root].entries where self[entry.inode].kind == .regular {
            let name = entry.name.description
            let isNumbered = name.hasPrefix("cferam.") || name.hasPrefix("secram.")
            if isNumbered || Self.bootFiles.contains(name) { return FilePathBytes([entry.name]) }
        }
        return nil
    }

    /// Stores all files without compression.
    mutating func keepAllUncompressed() {
        for index in inodes.indices where inodes[index].kind == .regular { inodes[index].staysUncompressed = true }
    }

    /// The files that stay uncompressed, by path.
    func uncompressedFiles(onPurpose: (InodeID) -> Bool) -> [FilePathBytes: Bool] {
        var files: [FilePathBytes: Bool] = [:]
        walk { path, id in
            if self[id].staysUncompressed { files[path] = onPurpose(id) }
        }
        return files
    }
}
