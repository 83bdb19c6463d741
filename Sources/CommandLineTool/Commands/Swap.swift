import ArgumentParser
import FlashBytes
import ImageFile

/// `jffs2 swap -i IN -o OUT`
struct Swap: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Reverse the bytes of a file in groups of 2, 4 or 8.",
        discussion: """
            U-Boot's md.l on a little-endian device shows each word with its bytes reversed, and so does a dump that \
            was put together from it; swap brings the bytes into the order of the flash, or back. The commands that \
            read images see a swapped dump by themselves and need no swap.
            """)

    @Argument(help: "The file to read; - is standard input. A compressed dump is unpacked.", completion: .file())
    var image: String?

    @Option(name: .shortAndLong, help: "The file to read, said as swap.py takes it.", completion: .file())
    var input: String?

    @Option(name: .shortAndLong, help: "The file to write.", completion: .file())
    var output: String?

    @Option(name: .shortAndLong, help: "The size of a group: 2, 4 or 8.", transform: SizeArgument.swapGroup)
    var bytes = 4

    @Flag(
        name: [.customShort("f"), .long, .customLong("in-place")],
        help: """
            Change the input file itself, if there is no --output or it is the same file, and keep it as IMAGE~ until the \
            new one is proven; replace another output if it exists already.
            """)
    var force = false

    @OptionGroup var reading: ReadingArguments

    @OptionGroup var verbosity: OutputArguments

    private struct Result: Encodable {
        var input: String
        var output: String
        var size: Int
        var group: Int
    }

    func validate() throws {
        if (image == nil) == (input == nil) { throw ValidationError("Give one file to read: IMAGE or -i IMAGE.") }
    }

    func run() throws {
        let input = image ?? input ?? ""
        let place = try Destination(
            output: output, orChanging: input, inPlace: (force, "-f"), Destination.Replacing(isAllowed: force))
        let opened = try reading.openRaw(input)
        let (file, name) = (opened.bytes, opened.name)
        if place.isInPlace { try opened.checkInPlace() }
        guard file.count > 0 else { throw Failure("\(name): the file is empty") }
        let rest = file.count % bytes
        guard rest == 0 else {
            throw Failure(
                "\(name): \(file.count) bytes are no multiple of \(bytes): \(rest) would be left at the end; "
                    + "was the dump cut off? 'jffs2 pad --block \(bytes)' fills it up")
        }
        var result = VerifiedOutput(try place.open())
        let whole = ByteRegion(file)
        // A piece at a time: a mapped file need not fit into memory.
        for start in stride(from: 0, to: file.count, by: 1 << 20) {
            let piece = whole.region(start..<start + (1 << 20)).withBytes { WordSwap.swapped($0, group: bytes) }
            try place.saving { () throws(SaveError) in try result.append(unsafe piece.span.bytes) }
        }
        try place.saving(result.finish)
        if let remark = opened.unpackedRemark, !verbosity.quiet { StandardStreams.error(remark) }
        if place.isStandardOutput {
        } else if verbosity.json {
            try JSON.print(Result(input: name, output: place.path, size: file.count, group: bytes))
        } else if !verbosity.quiet {
            StandardStreams.print("\(place.path): \(file.count) bytes, reversed in groups of \(bytes)")
        }
        try StandardStreams.commit([result.file])
    }
}

extension SizeArgument {
    /// A group that can be swapped.
    static func swapGroup(_ text: String) throws -> Int {
        let size = try group(text)
        guard size > 0 else { throw ValidationError("'0' is no group size; write 2, 4 or 8") }
        return size
    }
}
