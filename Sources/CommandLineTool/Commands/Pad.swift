import ArgumentParser
import FirmwareImage
import FlashBytes
import ImageInput
import JFFS2

/// `jffs2 pad IMAGE`
struct Pad: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fill a file up with 0xFF to whole erase blocks or to a size, or take trailing 0xFF off.",
        discussion: """
            Without --block and --to, the image is filled up to whole erase blocks; their size is found out from the \
            image as 'jffs2 info' does. Bytes that are there are never changed, and only --trim takes any away.
            """)

    @Argument(help: "The file to read.", completion: .file())
    var image: String

    @Option(
        name: [.long, .customLong("pad")],
        help: ArgumentHelp(
            "Fill up to a multiple of SIZE; auto (or 0) is the erase size that the image has.", valueName: "size|auto"),
        transform: Block.init)
    var block: Block?

    @Option(help: "Fill up to SIZE bytes; a file that is larger is refused.", transform: SizeArgument.size)
    var to: Int?

    @Flag(help: "Take trailing 0xFF off instead, down to the end of the last block (see --block) that is used.")
    var trim = false

    @Option(name: .shortAndLong, help: "The file to write.", completion: .file())
    var output: String?

    @Flag(name: .shortAndLong, help: "Change the file itself.")
    var inPlace = false

    @OptionGroup var verbosity: OutputArguments

    /// `--block`.
    enum Block {
        case auto
        case bytes(Int)

        init(_ text: String) throws {
            let size = text == "auto" ? 0 : try SizeArgument.size(text)
            self = size == 0 ? .auto : .bytes(size)
        }
    }

    private struct Result: Encodable {
        var input: String
        var output: String
        var sizeBefore: Int
        var size: Int
        var block: Int?
    }

    func validate() throws {
        if to != nil, block != nil || trim { throw ValidationError("--to goes with neither --block nor --trim.") }
    }

    func run() throws {
        let place = try Destination.path(input: image, output: output, inPlace: inPlace, flag: "-i")
        let file = try FileBytes(path: image)
        guard file.count > 0 else { throw Failure("\(image): the file is empty") }
        var reason = ""
        var blockSize: Int?
        let padding: Padding
        if let to {
            padding = .size(to)
        } else {
            let size: Int
            if case .bytes(let given)? = block {
                size = given
            } else {
                (size, reason) = try inferred(file)
            }
            blockSize = size
            padding = trim ? .trimmed(block: size) : .multiple(of: size)
        }
        let size: Int
        do {
            size = try file.withBytes { (bytes: RawSpan) throws(Padding.Refusal) in try padding.size(for: bytes) }
        } catch {
            throw Failure("\(image): \(error)")
        }
        let result = try OutputFile(path: place)
        try ByteRegion(file, 0..<size).withBytes { (bytes: RawSpan) throws(FileError) in try result.write(bytes) }
        try result.fill(0xff, count: size - file.count)
        try result.commit()
        if verbosity.json {
            try JSON.print(
                Result(input: image, output: place, sizeBefore: file.count, size: size, block: blockSize))
        } else if !verbosity.quiet {
            Console.print("\(place): \(size) bytes (\(hex(size))), \(change(file.count, size))\(reason)")
        }
    }

    private func change(_ before: Int, _ after: Int) -> String {
        if after > before { return "\(after - before) bytes of 0xff added" }
        return after < before ? "\(before - after) bytes of 0xff taken off" : "as before"
    }

    /// The erase size of the image, with a word on how sure it is.
    private func inferred(_ file: FileBytes) throws -> (Int, String) {
        let eraseSize: EraseSize
        do {
            eraseSize = try ImageOpener.open(file, path: image).eraseSize
        } catch {
            throw Failure("\(error); say how large a block is with --block SIZE, or use --to SIZE")
        }
        let size = SizeExpression.readable(eraseSize.bytes)
        return (eraseSize.bytes, "; erase size \(size), confidence \(eraseSize.confidence)")
    }
}
