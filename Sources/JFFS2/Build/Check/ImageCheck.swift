package import FileTree
internal import FlashBytes

/// Reads an image that was just written and compares it with the tree that it must show, as `BuildCheck` cannot where
/// the image has a past of its own.
package struct ImageCheck: Sendable {
    private let wanted: FileTree
    private let found: FileTree
    private let jobs: Int
    private var problems: [String] = []
    /// Which of our inodes stands for which one of the tree; nil until it was met.
    private var partners: [InodeID?]

    /// How many differences are told.
    private static let limit = 10

    /// Compares an image with a tree that it must show: names, metadata, content, and the same damage.
    ///
    /// - Returns: what is wrong, a sentence each; empty for a sound image.
    package static func problems(of image: FileSystem, like original: FileTree, jobs: Int) -> [String] {
        var check = ImageCheck(wanted: original, found: image.tree, jobs: jobs)
        check.compareTrees()
        let files = check.files
        check.problems += check.contentProblems(files)
        return Array(check.problems.prefix(limit))
    }

    private init(wanted: FileTree, found: FileTree, jobs: Int) {
        self.wanted = wanted
        self.found = found
        self.jobs = jobs
        partners = [InodeID?](repeating: nil, count: wanted.inodes.count)
    }

    private mutating func add(_ problem: String) {
        if problems.count < Self.limit { problems.append(problem) }
    }

    private mutating func add(_ problem: String, of id: InodeID) {
        if problems.count < Self.limit { problems.append("\(wanted.path(of: id) ?? FilePathBytes()): \(problem)") }
    }

    /// Directory by directory, both at a time.
    private mutating func compareTrees() {
        var directories: [(InodeID, InodeID)] = []
        compare(FileTree.root, partner: FileTree.root, directories: &directories)
        while let (directory, partner) = directories.popLast() {
            let names = wanted[directory].entries
            let foundNames = found[partner].entries
            guard names.count == foundNames.count else {
                add("\(foundNames.count) names were read back, \(names.count) were written", of: directory)
                continue
            }
            for (name, foundName) in zip(names, foundNames) {
                if name.name != foundName.name {
                    add("'\(foundName.name)' was read back, '\(name.name)' was written", of: directory)
                    break
                }
                compare(name.inode, partner: foundName.inode, directories: &directories)
            }
        }
    }

    private mutating func compare(_ id: InodeID, partner: InodeID, directories: inout [(InodeID, InodeID)]) {
        if let known = partners[id.index] {
            if known != partner { add("its names are no longer hard links of one file", of: id) }
            return
        }
        partners[id.index] = partner
        let inode = wanted[id]
        let other = found[partner]
        if inode.kind != other.kind || inode.metadata.sorted != other.metadata.sorted {
            add("kind, mode, owner, times or extended attributes were not read back as they were written", of: id)
        }
        if inode.kind == .directory { directories.append((id, partner)) }
        if !Self.isSame(inode.payload, found: other.payload) { add("was not read back as it was written", of: id) }
    }

    private static func isSame(_ wanted: Inode.Payload, found: Inode.Payload) -> Bool {
        switch (wanted, found) {
        case (.regular(let left), .regular(let right)): left.size == right.size
        case (.symbolicLink(let left), .symbolicLink(let right)): left == right
        case (.characterDevice(let left), .characterDevice(let right)): left == right
        case (.blockDevice(let left), .blockDevice(let right)): left == right
        case (.directory, .directory), (.fifo, .fifo), (.socket, .socket): true
        default: false
        }
    }

    private var files: [InodeID] {
        partners.indices.filter { partners[$0] != nil && wanted.inodes[$0].contentSize > 0 }.map { InodeID($0) }
    }

    /// Reads all content.
    private func contentProblems(_ files: [InodeID]) -> [String] {
        ParallelJobs.run(count: files.count, threads: jobs, work: "reading back") {
            var buffer = [UInt8](repeating: 0, count: 1 << 18)
            return { contentProblem(files[$0], buffer: &buffer) }
        }.compactMap(\.self)
    }

    private func contentProblem(_ id: InodeID, buffer: inout [UInt8]) -> String? {
        guard let partner = partners[id.index], case .regular(let contents) = found[partner].payload else { return nil }
        do {
            if case .regular(let original) = wanted[id].payload {
                let parts = try Self.parts(of: contents, or: original)
                let (sum, damage) = try Self.sum(of: contents, in: parts, &buffer)
                let (wantedSum, wantedDamage) = try Self.sum(of: original, in: parts, &buffer)
                if contents.size == original.size, sum == wantedSum, damage == wantedDamage { return nil }
            }
        } catch {
            return "\(path(of: id)): \(error)"
        }
        return "\(path(of: id)): the content was not read back as it was written"
    }

    private func path(of id: InodeID) -> FilePathBytes { wanted.path(of: id) ?? FilePathBytes() }

    /// Where at least one of two has data, ascending: what is a hole in both needs no look.
    private static func parts(
        of one: any FileContents, or other: any FileContents
    ) throws(ContentsError) -> [Range<UInt64>] {
        ContentDifference.union(of: try one.makeReader().dataRanges() + other.makeReader().dataRanges())
    }

    /// zlib's CRC-32 of some parts of a content, and the first damage.
    private static func sum(
        of contents: any FileContents, in parts: [Range<UInt64>], _ buffer: inout [UInt8]
    ) throws(ContentsError) -> (UInt32, ContentDamage?) {
        let reader = try contents.makeReader()
        var sum: UInt32 = 0
        var first: ContentDamage?
        for part in parts {
            var at = part.lowerBound
            let end = min(part.upperBound, contents.size)
            while at < end {
                let count = Int(min(UInt64(buffer.count), end - at))
                let damage = try buffer.withPart(0..<count) { part throws(ContentsError) in
                    try reader.read(into: &part, at: at)
                }
                first = first ?? damage.first
                sum = CRC32.zlib(unsafe buffer.span.bytes.extracting(0..<count), seed: sum)
                at += UInt64(count)
            }
        }
        return (sum, first)
    }
}
