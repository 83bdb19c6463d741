import ArgumentParser
import FileTree
import FlashBytes
import ImageInput
import Scrub

/// `jffs2 scrub IMAGE -o OUT`
struct ScrubCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scrub",
        abstract: "Take credentials out of an image.",
        discussion: """
            The new image is written from the live files only: what was deleted or overwritten is gone. Owners, modes, \
            times, hard links, extended attributes, inode numbers, byte order, erase size, padding and size stay, and the \
            output is wrapped and word-swapped as the input was.
            """)

    @OptionGroup var input: InputArguments

    @Option(name: .shortAndLong, help: "The image to write.", completion: .file())
    var output: String?

    @Option(help: ArgumentHelp("Delete a file, or a folder with all that is in it (repeatable).", valueName: "path"))
    var delete: [String] = []

    @Option(help: ArgumentHelp("Take the content of a file away, but keep the file (repeatable).", valueName: "path"))
    var empty: [String] = []

    @Flag(help: "Write the file system alone, not swapped, without what was around it.")
    var raw = false

    @Flag(help: "Do not ask before writing.")
    var yes = false

    @OptionGroup var verbosity: OutputArguments

    func run() throws {
        guard !(delete.isEmpty && empty.isEmpty) else { throw ValidationError("Say what to --delete or to --empty.") }
        let place = try Destination.path(input: input.image, output: output, inPlace: false, flag: "-i")
        let images = try input.openAll()
        var scrubber = try Scrubber(images, input.layout.options)
        scrubber.places = delete.map { .delete(FilePathBytes($0)) } + empty.map { .empty(FilePathBytes($0)) }
        scrubber.isRaw = raw
        let result: ScrubbedImage
        do {
            result = try scrubber.run()
        } catch {
            throw Failure("\(input.image): \(error)")
        }
        let file = try OutputFile(path: place)
        try file.write(result.bytes)
        try file.commit()
        for note in result.notes { Console.error("\(input.image): \(note)") }
        if !verbosity.quiet { Console.print("\(place): \(result.bytes.count) bytes (\(hex(result.bytes.count)))") }
    }
}
