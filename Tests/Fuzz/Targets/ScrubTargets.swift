import FileTree
import FlashBytes
import ImageFile
import Scrub

extension FuzzTarget {
    /// Any bytes as a file of rules.
    static let rules = FuzzTarget("rules", largest: 4096) { bytes throws(FuzzFailure) in
        try await withScratchFolder { folder throws(FuzzFailure) in
            try write(bytes, to: folder + "/rules.toml")
            var rules = RuleSet(builtIn: false)
            guard (try? rules.add(file: folder + "/rules.toml")) != nil else { return }
            var scrubber = TextScrubber(rules)
            scrubber.jobs = 1
            _ = try? scrubber.list(FileBytes(Array("password=hunter2hunter2 key: abcdef0123456789\n".utf8)))
        }
    }

    /// Any bytes as a text in which secrets are looked for: what is left says so.
    static let texts = FuzzTarget("texts", largest: 4096) { bytes throws(FuzzFailure) in
        var scrubber = TextScrubber(RuleSet())
        scrubber.jobs = 1
        _ = TextScrubber.isText(FileBytes(bytes))
        guard let result = try? scrubber.run(FileBytes(bytes), path: "x"), result.left.isEmpty, !result.isDamaged else {
            return
        }
        let again = try? scrubber.list(FileBytes(result.bytes))
        try expect(again?.findings.isEmpty != false, "what was scrubbed holds a secret")
    }

    /// Nodes with any fields as an image to be scrubbed, in both ways.
    static let scrub = FuzzTarget("scrub", largest: 2048) { bytes throws(FuzzFailure) in
        var input = FuzzInput(bytes)
        let isDeleting = input.bool()
        let isRaw = input.bool()
        var mixer = NodeMixer(&input)
        mixer.mix(&input)
        let file = FileBytes(mixer.finished())
        let options = mixer.options
        guard let images = try? ImageOpener.openAll(file, path: "x", options: options),
            images.allSatisfy(\.fileSystem.tree.isSmall)
        else { return }
        for keepsLayout in [false, true] {
            guard var scrubber = try? Scrubber(images: images, options: options) else { return }
            scrubber.keepsLayout = keepsLayout
            scrubber.isRaw = isRaw
            scrubber.jobs = 1
            if isDeleting, let name = images.first?.fileSystem.tree[FileTree.root].entries.first?.name {
                scrubber.places = [.delete(FilePathBytes([name]))]
            }
            guard let result = try? scrubber.run() else { continue }
            guard keepsLayout, !isRaw else { continue }
            guard let comparison = result.comparison else { throw FuzzFailure("no list of changed blocks") }
            try checkBlocks(comparison, of: file, with: result.bytes, eraseSize: mixer.eraseSize)
        }
    }

    /// Changed blocks are those that differ, and all else is as it was.
    static func checkBlocks(
        _ comparison: FlashComparison, of original: FileBytes, with changed: [UInt8], eraseSize: Int
    ) throws(FuzzFailure) {
        let old = original.withBytes { bytes in bytes.withUnsafeBytes { Array($0) } }
        try expect(changed.count >= old.count, "\(changed.count) bytes instead of \(old.count)")
        var isListed = [Bool](repeating: false, count: changed.count)
        for block in comparison.blocks {
            try expect(
                !block.range.isEmpty && block.range.upperBound <= changed.count && block.range.count <= eraseSize,
                "block \(block.range) of \(changed.count) bytes")
            try expect(
                block.range.contains { $0 >= old.count || old[$0] != changed[$0] }, "nothing differs in \(block.range)")
            for at in block.range { isListed[at] = true }
        }
        for at in changed.indices where !isListed[at] {
            try expect(
                at < old.count && old[at] == changed[at], "byte \(at) differs, and its block is not listed")
        }
    }
}
