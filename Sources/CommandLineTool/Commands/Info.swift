import ArgumentParser
import FlashBytes
import ImageFile
import JFFS2

/// `jffs2 info IMAGE`
struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Say what an image is and what is in it.")

    @OptionGroup var input: InputArguments
    @OptionGroup var output: OutputArguments

    private struct Several: Encodable {
        var file: String
        var fileSystems: [ImageDescription]
        var regions: [FlashEntryDescription]?
    }

    func run() throws {
        let images = try input.openAll()
        let descriptions = images.map(ImageDescription.init)
        let regions = regions(images)
        if output.json {
            if var only = descriptions.first, descriptions.count == 1 {
                only.regions = regions
                try JSON.print(only)
            } else {
                try JSON.print(Several(file: input.name, fileSystems: descriptions, regions: regions))
            }
        } else if !output.quiet {
            if images.count > 1 { StandardStreams.print("\(input.name): \(images.count) JFFS2 file systems") }
            for description in descriptions { text(description).forEach(StandardStreams.print) }
            if let regions {
                StandardStreams.print("\(input.name): what lies where")
                FlashEntryDescription.lines(regions).forEach(StandardStreams.print)
            }
        }
        for image in images {
            FindingReport.print(image, quiet: output.quiet, verbose: output.verbose)
        }
        if descriptions.contains(where: \.damaged) { throw Failure.damaged }
    }

    /// All that is in a whole flash; nil where there is only a file system, or where the user chose one.
    private func regions(_ images: [OpenedImage]) -> [FlashEntryDescription]? {
        let layout = input.layout
        guard layout.offset == nil, layout.length == nil, layout.select == nil, let file = images.first?.file else {
            return nil
        }
        // Offsets in a NAND dump count the spare areas; those of the map could not.
        let hasSpareArea = images.contains { image in
            image.layers.contains { layer in
                if case .spareArea = layer { return true }
                return false
            }
        }
        if hasSpareArea { return nil }
        let map = FlashMap(file: file, images: images)
        return map.isWholeFlash ? map.entries.map(FlashEntryDescription.init) : nil
    }

    private func text(_ image: ImageDescription) -> [String] {
        var lines = [image.line]
        func add(_ name: String, value: String) {
            lines.append("  " + name + String(repeating: " ", count: max(1, 14 - name.count)) + value)
        }
        func list(_ counts: [String: Int]) -> String {
            counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        }
        add("size", value: "\(image.length) bytes at \(hex(image.offset)) of \(image.fileSize)")
        add("byte order", value: "\(image.byteOrder) (\(image.votes[image.byteOrder, default: 0]) headers)")
        let runnerUp = image.eraseSizeRunnerUp.map { "; else \(SizeExpression.readable($0))" } ?? ""
        add(
            "erase size",
            value: "\(SizeExpression.readable(image.eraseSize)), confidence \(image.eraseSizeConfidence): "
                + image.eraseSizeEvidence.joined(separator: ", ") + runnerUp)
        add(
            "erase blocks",
            value: "\(image.eraseBlocks), \(image.cleanmarkers) with cleanmarker, \(image.summaries) with summary")
        add("nodes", value: list(image.nodeCounts))
        if !image.codecCounts.isEmpty { add("codecs", value: list(image.codecCounts)) }
        add("entries", value: list(image.entryCounts) + "; \(image.bytesInFiles) bytes in files")
        if let reason = image.linuxRefuses { add("Linux", value: "refuses to mount it: \(reason)") }
        return lines
    }
}
