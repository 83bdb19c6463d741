import FileTree
import FlashBytes
import ImageFile
import JFFS2
import TestSupport

extension FuzzTarget {
    /// Nodes with any fields, unpacked: nothing gets out of the folder.
    static let unpack = FuzzTarget("unpack", largest: 4096) { bytes throws(FuzzFailure) in
        var input = FuzzInput(bytes)
        let replaces = input.bool()
        var mixer = NodeMixer(&input)
        let tree = mixer.fileSystem(from: &input).tree
        guard tree.isSmall else { return }
        try await withScratchFolder { folder throws(FuzzFailure) in
            try write([1], to: folder + "/canary")
            var configuration = HostDirectoryWriter.Configuration()
            configuration.setsExtendedAttributes = true
            configuration.isPrivileged = false
            do throws(FileError) {
                _ = try await HostDirectoryWriter.write(tree, to: folder + "/out", configuration: configuration)
                if replaces {
                    configuration.replacesExisting = true
                    _ = try await HostDirectoryWriter.write(tree, to: folder + "/out", configuration: configuration)
                }
                _ = try? HostDirectoryReader.read(folder + "/out")
            } catch {
                return
            }
            try expect(names(in: folder) == ["canary", "out"], "beside the folder: \(names(in: folder))")
        }
    }

    /// Nodes with any fields, written anew: the output shows the same tree.
    static let repack = FuzzTarget("repack", largest: 4096) { bytes throws(FuzzFailure) in
        var input = FuzzInput(bytes)
        let edits = input.byte()
        var mixer = NodeMixer(&input)
        let original = mixer.fileSystem(from: &input)
        guard original.tree.isSmall else { return }
        var tree = original.tree
        if edits > 0 {
            var random = RandomEdits(seed: UInt64(edits))
            _ = random.apply(Int(edits) % 4, to: &tree)
        }
        let form = OriginalForm(of: original, mayGrow: true, jobs: 1)
        guard let output = try? form.write(tree) else { return }
        let found = FileSystem(
            ByteRegion(output.bytes), byteOrder: original.byteOrder, eraseSize: original.eraseSize)
        let lines = differences(of: found.tree, from: tree)
        try expect(lines.isEmpty, lines.prefix(5).joined(separator: "; "))
        try expect(!found.findings.isDamaged, "damaged: \(found.findings.findings.first?.message ?? "")")
    }

    /// Nodes with any fields, of which only the blocks are rewritten that must change.
    static let keepLayout = FuzzTarget("keep-layout", largest: 4096) { bytes throws(FuzzFailure) in
        var input = FuzzInput(bytes)
        let edits = input.byte()
        let front = input.number(below: 3)
        var mixer = NodeMixer(&input)
        mixer.mix(&input)
        // The file system may begin within the flash.
        let file = FileBytes([UInt8](repeating: 0x5a, count: front * mixer.eraseSize) + mixer.finished())
        let options = mixer.options
        guard let opened = try? ImageOpener.open(file, path: "x", options: options),
            opened.fileSystem.tree.isSmall
        else { return }
        let original = opened.fileSystem
        var wanted = original.tree
        var random = RandomEdits(seed: UInt64(edits))
        _ = random.apply(Int(edits) % 4, to: &wanted)
        var configuration = ImageConfiguration(like: original)
        if edits & 0x80 != 0 { configuration.maximumSize = UInt64(original.image.count + 4 * original.eraseSize) }
        let change = LayoutChange(of: opened, options: options)
        guard let outcome = try? change.write(wanted, configuration: configuration) else { return }
        try checkBlocks(outcome.comparison, of: file, with: outcome.bytes, eraseSize: original.eraseSize)
        let found = FileSystem(
            ByteRegion(outcome.result.bytes), byteOrder: original.byteOrder, eraseSize: original.eraseSize)
        let lines = differences(of: found.tree, from: wanted)
        try expect(lines.isEmpty, lines.prefix(5).joined(separator: "; "))
        for block in outcome.result.changedBlocks {
            try expect(!block.reasons.isEmpty, "block \(block.index) changed without a reason")
        }
    }

    /// Trees that random edits make, written in any form and read, then changed in place and read.
    static let trees = FuzzTarget("trees", largest: 64) { bytes throws(FuzzFailure) in
        var input = FuzzInput(bytes)
        var configuration = ImageConfiguration()
        configuration.byteOrder = input.choice([.little, .big])
        configuration.eraseSize = input.choice([4096, 8192, 12288, 16384, 65536])
        configuration.cleanmarkerSize = input.choice([12, nil, 20])
        configuration.writesSummaries = input.bool()
        configuration.pageSize = input.choice([4096, 4096, 512, 3000, 8192])
        configuration.compression.codecs = input.choice(
            [[.zlib], [.rtime], [.zlib, .rtime], [.lzo], [.lzma], [.lzo, .zlib]]
        ).filter { CompressionSettings.encoders.contains($0) }
        configuration.compression.selection = input.choice([.smallest, .priority, .none, .favourLZO])
        configuration.compression.level = 1 + input.number(below: 12)
        if input.bool() { configuration.padding = .toEraseBlock }
        var edits = RandomEdits(seed: UInt64(input.uint16()))
        var tree = input.bool() ? sampleTree(large: 3000) : FileTree()
        let done = edits.apply(input.number(below: 24), to: &tree)
        let image = try written(tree, configuration)
        let what = "\(configuration): \(done.joined(separator: ", "))"
        for usingSummaries in [true, false] {
            let found = FileSystem(
                ByteRegion(image), byteOrder: configuration.byteOrder, eraseSize: configuration.eraseSize,
                usingSummaries: usingSummaries)
            let lines = differences(of: found.tree, from: tree)
            try expect(lines.isEmpty, "\(what): " + lines.prefix(5).joined(separator: "; "))
            try expect(found.findings.counts.isEmpty, "\(what): \(found.findings.findings.first?.message ?? "")")
        }
        try changeInPlace(image, configuration, input: &input, what: what)
    }

    private static func written(
        _ tree: FileTree, _ configuration: ImageConfiguration
    ) throws(FuzzFailure) -> [UInt8] {
        var image: [UInt8] = []
        do throws(BuildError) {
            _ = try ImageBuilder(configuration).write(tree) { (bytes: RawSpan) throws(FileError) in
                bytes.withUnsafeBytes { image.append(contentsOf: $0) }
            }
        } catch {
            throw FuzzFailure("\(configuration): not written: \(error)")
        }
        return image
    }

    private static func changeInPlace(
        _ image: [UInt8], _ configuration: ImageConfiguration, input: inout FuzzInput, what: String
    ) throws(FuzzFailure) {
        let original = FileSystem(
            ByteRegion(image), byteOrder: configuration.byteOrder, eraseSize: configuration.eraseSize)
        var wanted = original.tree
        var edits = RandomEdits(seed: UInt64(input.uint16()) + 70000)
        let done = what + "; then " + edits.apply(input.number(below: 8), to: &wanted).joined(separator: ", ")
        var own = ImageConfiguration(like: original)
        own.maximumSize = UInt64(image.count + 32 * original.eraseSize)
        let result: KeptLayout
        do throws(LayoutError) {
            result = try LayoutRewriter(original: original, configuration: own, mayGrow: true).write(wanted)
        } catch {
            if case .full = error { return }
            throw FuzzFailure("\(done): \(error)")
        }
        let found = FileSystem(
            ByteRegion(result.bytes), byteOrder: original.byteOrder, eraseSize: original.eraseSize)
        let lines = differences(of: found.tree, from: wanted)
        try expect(lines.isEmpty, "\(done): " + lines.prefix(5).joined(separator: "; "))
        let area = FlashComparison.Area(
            range: 0..<image.count, eraseSize: original.eraseSize, rewritten: result.changedBlocks)
        let comparison: FlashComparison
        do throws(LayoutError) {
            comparison = try FlashComparison(of: image.span.bytes, with: result.bytes.span.bytes, areas: [area])
        } catch {
            throw FuzzFailure("\(done): \(error)")
        }
        try checkBlocks(comparison, of: FileBytes(image), with: result.bytes, eraseSize: original.eraseSize)
    }
}
