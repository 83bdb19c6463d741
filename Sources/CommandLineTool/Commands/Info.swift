import ArgumentParser
import FlashBytes
import ImageFile
import JFFS2

/// `jffs2 info IMAGE`
struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Say what an image is and what is in it.")

    @OptionGroup var input: ImageInput
    @OptionGroup var output: OutputArguments
    @OptionGroup var sizes: SizeArguments
    @OptionGroup var layout: LayoutArguments

    private struct Several: Encodable {
        var file: String
        var fileSystems: [ImageDescription]
        var regions: [FlashEntryDescription]?
    }

    func run() throws {
        let images = try input.openAll(layout)
        let descriptions = images.map(ImageDescription.init)
        let regions = layout.flashMap(images)?.entries.map(FlashEntryDescription.init)
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

    private func text(_ image: ImageDescription) -> [String] {
        [image.line]
            + image.facts(sizes).map { fact in
                "  " + fact.name + String(repeating: " ", count: max(1, 14 - fact.name.count)) + fact.value
            }
    }
}
