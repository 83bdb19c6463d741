import ArgumentParser
import FirmwareImage
import FlashBytes
import ImageFile
import JFFS2

/// `jffs2 pad IMAGE`
struct Pad: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pad",
        abstract: "Fill a file up with 0xFF to whole erase blocks or to a size, or take trailing 0xFF off.",
        discussion: """
            Without --block and --to, the image is filled up to whole erase blocks; their size is found out from the \
            image as 'jffs2 info' does. Bytes that are there are never changed, and only --trim takes any away.

            With --cleanmarkers, the erase blocks that are added begin with a cleanmarker, as the kernel leaves blocks \
            that it erased: for flashes that are programmed whole, without an erase by the kernel.
            """)

    @Argument(help: "The file to read; - is standard input. A compressed dump is unpacked.", completion: .file())
    var image: String

    @Option(
        name: [.long, .customLong("pad")],
        help: ArgumentHelp(
            "Fill up to a multiple of SIZE; auto (or 0) is the erase size that the image has.", valueName: "size|auto"),
        transform: Block.init)
    var block: Block?

    @Option(help: "Fill up to SIZE bytes; a file that is larger is refused.", transform: SizeArgument.size)
    var to: Int?

    @Option(help: "Fill up to the size of this partition of the --table.")
    var partition: String?

    @OptionGroup var source: TableArguments

    @Flag(
        help: """
            Begin each erase block that is added with a cleanmarker like the image's; with --trim, blocks with nothing \
            but a cleanmarker count as erased.
            """)
    var cleanmarkers = false

    @Flag(help: "Take trailing 0xFF off instead, down to the end of the last block (see --block) that is used.")
    var trim = false

    @Option(name: .shortAndLong, help: "The file to write.", completion: .file())
    var output: String?

    @Flag(name: .shortAndLong, help: "Change the file itself. It stays as IMAGE~ until the new one is proven.")
    var inPlace = false

    @OptionGroup var reading: ReadingArguments

    @OptionGroup var forcing: ForceArguments

    @OptionGroup var verbosity: OutputArguments
    @OptionGroup var sizes: SizeArguments

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
        var blockSize: Int?
    }

    func validate() throws {
        if to != nil || partition != nil, block != nil || trim {
            throw ValidationError("--to and --partition go with neither --block nor --trim.")
        }
        if to != nil, partition != nil { throw ValidationError("--to and --partition exclude each other.") }
        if partition == nil, source.table != nil { throw ValidationError("--table goes with --partition NAME.") }
    }

    func run() throws {
        let place = try Destination(
            output: output, orChanging: image, inPlace: (inPlace, "-i"), forcing.replacing, inputs: [source.table])
        let opened = try reading.openRaw(image)
        let (file, image) = (opened.bytes, opened.name)
        if place.isInPlace { try opened.checkInPlace() }
        guard file.count > 0 else { throw Failure("\(image): the file is empty") }
        var reason = ""
        var blockSize: Int?
        let padding: Padding
        let wanted = try partition.map { try source.size(ofPartition: $0, orUse: "--to") }
        if let to = to ?? wanted?.bytes {
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
        let erased = cleanmarkers ? try erasedBlock(file) : nil
        var size: Int
        do {
            size = try file.withBytes { (bytes: RawSpan) throws(Padding.Refusal) in try padding.size(for: bytes) }
            if let erased, trim {
                while try isErased(file, size: size, erased: erased) {
                    size = try ByteRegion(file: file, range: 0..<size - erased.size).withBytes {
                        (bytes: RawSpan) throws(Padding.Refusal) in try padding.size(for: bytes)
                    }
                }
            }
        } catch let error as Padding.Refusal {
            throw Failure("\(image): \(error)")
        }
        var result = VerifiedOutput(try place.open())
        try place.saving { () throws(SaveError) in
            try ByteRegion(file: file, range: 0..<min(size, file.count)).withBytes {
                (bytes: RawSpan) throws(SaveError) in
                try result.append(bytes)
            }
            try fill(&result, from: file.count, to: size, erased: erased)
            try result.finish()
        }
        if let remark = opened.unpackedRemark, !verbosity.quiet { StandardStreams.error(remark) }
        if place.isStandardOutput {
        } else if verbosity.json {
            try JSON.print(
                Result(input: image, output: place.path, sizeBefore: file.count, size: size, blockSize: blockSize))
        } else if !verbosity.quiet {
            StandardStreams.print(
                "\(place.path): \(sizes.text(size)) (\(hex(size))), \(change(file.count, after: size))\(reason)")
            details(file.count, after: size, block: blockSize, erased: erased).forEach(StandardStreams.print)
        }
        try StandardStreams.commit([result.file])
        // Done; but a part of the table could not be read.
        if wanted?.hasProblems == true { throw Failure.damaged }
    }

    private func fill(
        _ result: inout VerifiedOutput, from start: Int, to end: Int, erased: ErasedBlock?
    ) throws(SaveError) {
        guard let erased, end > start else { return try result.append(0xff, count: end - start) }
        var at = min(end, (start + erased.size - 1) / erased.size * erased.size)
        try result.append(0xff, count: at - start)
        let block = erased.bytes
        while end - at >= erased.size {
            try result.append(unsafe block.span.bytes)
            at += erased.size
        }
        try result.append(0xff, count: end - at)
    }

    /// Whether the last block of the first `size` bytes has nothing but a cleanmarker.
    private func isErased(_ file: FileBytes, size: Int, erased: ErasedBlock) throws -> Bool {
        guard size > erased.size, size % erased.size == 0 else { return false }
        return try file.withBytes { try $0.bytes(in: size - erased.size..<size) } == erased.bytes
    }

    /// An erased block for the flash of the image, in the byte order of the file.
    private func erasedBlock(_ file: FileBytes) throws -> ErasedBlock {
        let opened: OpenedImage
        do {
            opened = try ImageOpener.open(file, path: image)
        } catch {
            throw Failure("\(error); --cleanmarkers needs a JFFS2 image to be like")
        }
        guard opened.layers.isEmpty, opened.range.lowerBound == 0 else {
            throw Failure(
                "\(image): there is something around the JFFS2 (\(opened.layers.map(\.description).joined(separator: ", "))); "
                    + "--cleanmarkers pads the image itself, before it is wrapped or swapped")
        }
        guard let erased = ErasedBlock(like: opened.fileSystem) else {
            throw Failure("\(image): its erase blocks have no cleanmarkers (NAND keeps them in the spare area)")
        }
        return erased
    }

    /// What `--verbose` says: the bytes, and the erase blocks in which they are.
    private func details(_ before: Int, after: Int, block: Int?, erased: ErasedBlock?) -> [String] {
        guard verbosity.verbose, before != after else { return [] }
        let range = min(before, after)..<max(before, after)
        var lines = ["  bytes \(hex(range.lowerBound)) to \(hex(range.upperBound))"]
        if let block = erased?.size ?? block, block > 0 {
            let blocks = range.lowerBound / block...(range.upperBound - 1) / block
            let size = SizeExpression.readable(block)
            lines.append(
                blocks.count == 1
                    ? "  in erase block \(blocks.lowerBound) of \(size)"
                    : "  in erase blocks \(blocks.lowerBound) to \(blocks.upperBound) of \(size)")
        }
        if erased != nil, after > before { lines.append("  each whole erase block begins with a cleanmarker") }
        return lines
    }

    private func change(_ before: Int, after: Int) -> String {
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
