import ArgumentParser
import FlashBytes
import ImageFile
import JFFS2

/// `jffs2 map IMAGE`
struct MapCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "map",
        abstract: "Show a picture of the flash: what each erase block is filled with.",
        discussion: """
            One cell is one erase block; of a large flash it is several, and that is said. A cell shows damage if there is any in \
            it, else what most of its bytes are: D live data, M metadata, o obsolete, w no nodes, . free, X damaged, B bad block. \
            Around file systems: K U-Boot image, S SquashFS, U UBI, E environment, T device tree, - erased, ? unknown. The \
            sums below count bytes, not cells. Colors are added in a terminal, unless NO_COLOR is set.

            -o writes the same as a drawing (SVG) that fits light and dark pages and says in words what it shows.
            """)

    @OptionGroup var input: ImageInput

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("Write a drawing (SVG) there; - is standard output.", valueName: "file"),
        completion: .file(extensions: ["svg"]))
    var output: String?

    @OptionGroup var forcing: ForceArguments

    @Option(help: ArgumentHelp("How many erase blocks a cell is (default: as many as it takes).", valueName: "blocks"))
    var perCell: Int?

    @OptionGroup var verbosity: OutputArguments
    @OptionGroup var layout: LayoutArguments

    func validate() throws {
        if let perCell, perCell < 1 { throw ValidationError("--per-cell takes a number of erase blocks, from 1.") }
        if output == "-", verbosity.json { throw ValidationError("-o - and --json exclude each other.") }
    }

    func run() throws {
        let place = try output.map {
            try Destination(output: $0, replacing: forcing.replacing, inputs: [input.image], isText: true)
        }
        let images = try input.openAll(layout)
        let picture = FlashPicture(images: images, map: layout.flashMap(images))
        if verbosity.json {
            try JSON.print(PictureDescription(picture, file: input.name))
        } else if place == nil, !verbosity.quiet {
            // Colors are for the terminal to obey.
            for line in TerminalPicture(picture, perCell: perCell).lines {
                StandardStreams.write(Array(line.utf8) + [0x0a])
            }
        }
        for image in images {
            FindingReport.print(image, quiet: verbosity.quiet, verbose: verbosity.verbose)
        }
        if let place {
            let drawing = PictureDrawing(picture, name: input.name, perCell: perCell)
            let file = try place.open()
            try file.write(Array(drawing.text.utf8))
            try StandardStreams.commit([file])
        }
        if images.contains(where: \.fileSystem.findings.isDamaged) { throw Failure.damaged }
    }
}

/// A picture of a flash in JSON.
struct PictureDescription: Encodable {
    struct Section: Encodable {
        var offset: Int
        var size: Int
        var kind: String
        var text: String
        /// Of a file system.
        var fileSystemNumber: Int?
        var eraseSize: Int
        /// Bytes by kind, of each erase block.
        var cells: [[String: Int]]
    }

    var file: String
    var sections: [Section]
    /// Bytes by kind.
    var kindBytes: [String: Int]

    init(_ picture: FlashPicture, file: String) {
        self.file = file
        sections = picture.sections.map { section in
            Section(
                offset: section.range.lowerBound, size: section.range.count, kind: section.word, text: section.text,
                fileSystemNumber: section.number, eraseSize: section.eraseSize,
                cells: section.cells.map { Self.named($0.counts) })
        }
        kindBytes = Self.named(picture.total)
    }

    private static func named(_ counts: [FlashPicture.Kind: Int]) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, $0.value) })
    }
}

extension LayoutArguments {
    /// All that is in a whole flash; nil where there is only a file system, or where the user chose one.
    func flashMap(_ images: [OpenedImage]) -> FlashMap? {
        guard offset == nil, length == nil, select == nil, let file = images.first?.file else { return nil }
        // Offsets in a NAND dump count the spare areas; those of the map could not.
        if images.contains(where: { $0.spareArea != nil }) { return nil }
        let map = FlashMap(file: file, images: images)
        return map.isWholeFlash ? map : nil
    }
}
