import ArgumentParser
import FlashBytes
import ImageFile
import JFFS2
import Scrub

/// `jffs2 report IMAGE -o PAGE.html`
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write a page about an image that any browser shows, without network and without any other file.",
        discussion: """
            What the image is and why it is taken for that; the flash, block by block, with the nodes of each; the space by \
            folder; all files, to sort and to search; the checks of verify and what was found; secrets as scrub --list finds \
            them; the history by time. What is chosen on the page (order, search, block, folder) stands in its address behind \
            #, so that a link shows the same: report.html#sort=size&desc=1&search=etc.

            Values that scrub finds are masked wherever they stand, in names of files too. Contents of files are not in the \
            page, but names, owners and times are: look at it before it is published.
            """)

    @OptionGroup var input: ImageInput

    @Option(
        name: .shortAndLong, help: "The page to write; - is standard output.", completion: .file(extensions: ["html"]))
    var output: String

    @OptionGroup var forcing: ForceArguments

    @Flag(help: "Do not search for secrets, and mask nothing: faster.")
    var noSecrets = false

    @OptionGroup(title: "What to look for") var rules: RuleArguments

    @OptionGroup var verbosity: OutputArguments
    @OptionGroup var sizes: SizeArguments
    @OptionGroup var layout: LayoutArguments

    /// For `--json`.
    private struct Result: Encodable {
        var input: String
        var output: String
        var size: Int
        var secretCount: Int?
        var damaged: Bool
    }

    func validate() throws {
        if Destination.isStandardOutput(output), verbosity.json {
            throw ValidationError("-o - and --json exclude each other.")
        }
    }

    func run() throws {
        let place = try Destination(
            output: output, replacing: forcing.replacing, inputs: [input.image], isText: true)
        let images = try input.openAll(layout)
        let secrets = try noSecrets ? nil : search(images)
        let contents = ReportContents(
            file: input.name, images: images, map: layout.flashMap(images), secrets: secrets,
            given: try rules.ruleSet().secrets, sizes: sizes)
        let page = try ReportPage(contents).bytes
        let file = try place.open()
        try file.write(page)
        let isDamaged = images.contains { $0.fileSystem.findings.isDamaged }
        if place.isStandardOutput {
        } else if verbosity.json {
            try JSON.print(
                Result(
                    input: input.name, output: place.path, size: page.count, secretCount: secrets?.findings.count,
                    damaged: isDamaged))
        } else if !verbosity.quiet {
            StandardStreams.print("\(place.path): \(sizes.text(page.count)), to open in a browser")
        }
        for image in images {
            FindingReport.print(image, quiet: verbosity.quiet, verbose: verbosity.verbose)
        }
        try StandardStreams.commit([file])
        if isDamaged { throw Failure.damaged }
    }

    private func search(_ images: [OpenedImage]) throws -> SearchResult {
        do {
            var scrubber = try Scrubber(images: images, options: layout.options)
            scrubber.rules = try rules.ruleSet()
            return scrubber.list()
        } catch let error as ScrubError {
            throw Failure("\(input.name): \(error)")
        }
    }
}
