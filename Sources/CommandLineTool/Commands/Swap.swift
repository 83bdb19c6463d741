import ArgumentParser
import FlashBytes
import ImageFile

/// `jffs2 swap -i IN -o OUT`
struct Swap: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "swap",
        abstract: "Reverse the bytes of a file in groups of 2, 4 or 8, or turn its bits round.",
        discussion: """
            U-Boot's md.l on a little-endian device shows each word with its bytes reversed, and so does a dump that \
            was put together from it; swap brings the bytes into the order of the flash, or back. The commands that \
            read images see a swapped dump by themselves and need no swap.

            With --unit, the bytes of each half or quarter of a group keep their order: '-b 4 --unit 2' exchanges the 16-bit \
            halves of 32-bit words.

            --bits, --invert and --interleave undo what a programmer or a board does whose lines are connected in another \
            way; 'jffs2 doctor' says which of them is needed. With one of them, bytes are only reversed if --bytes says so.
            """)

    @Argument(help: "The file to read; - is standard input. A compressed dump is unpacked.", completion: .file())
    var image: String?

    @Option(name: .shortAndLong, help: "The file to read, said as swap.py takes it.", completion: .file())
    var input: String?

    @Option(name: .shortAndLong, help: "The file to write.", completion: .file())
    var output: String?

    @Option(
        name: .shortAndLong, help: "The size of a group: 2, 4 or 8 (default: 4).", transform: SizeArgument.swapGroup)
    var bytes: Int?

    @Option(
        help: ArgumentHelp(
            "The size of the parts of a group that change places: 1, 2 or 4, less than the group (default: 1).",
            valueName: "unit"))
    var unit: Int?

    @Flag(help: "Reverse the bits of each byte.")
    var bits = false

    @Flag(help: "Invert all bits.")
    var invert = false

    @Option(
        help: ArgumentHelp(
            "Put two chips of one bus together: after each byte of the first file, a byte of this one.",
            valueName: "second"), completion: .file())
    var interleave: String?

    @Option(help: "With --interleave: how many bytes of each chip make up a word, 1 or 2.")
    var width = 1

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
        var group: Int?
        var unit: Int?
    }

    /// What is done to the bytes, once two chips are put together.
    private var transform: ByteTransform {
        let isPlain = !bits && !invert && interleave == nil || unit != nil
        return ByteTransform(
            reversesBits: bits, inverts: invert, group: bytes ?? (isPlain ? 4 : nil), unit: unit ?? 1)
    }

    func validate() throws {
        if (image == nil) == (input == nil) { throw ValidationError("Give one file to read: IMAGE or -i IMAGE.") }
        if let unit {
            guard [1, 2, 4].contains(unit), unit < bytes ?? 4 else {
                throw ValidationError("--unit is 1, 2 or 4, and less than --bytes (\(bytes ?? 4)).")
            }
        }
        if width != 1, width != 2 { throw ValidationError("--width is 1 or 2.") }
        if interleave == nil, width != 1 { throw ValidationError("--width goes with --interleave.") }
    }

    func run() throws {
        let input = image ?? input ?? ""
        let place = try Destination(
            output: output, orChanging: input, inPlace: (force, "-f"), Destination.Replacing(isAllowed: force))
        let opened = try reading.openRaw(input)
        let (file, name) = (opened.bytes, opened.name)
        if place.isInPlace { try opened.checkInPlace() }
        guard file.count > 0 else { throw Failure("\(name): the file is empty") }
        let whole = try interleaved(file, name: name)
        try checkSize(whole.count, name: name)
        let transform = transform
        var result = VerifiedOutput(try place.open())
        // A piece at a time: a mapped file need not fit into memory.
        for start in stride(from: 0, to: whole.count, by: 1 << 20) {
            let piece = whole.region(start..<start + (1 << 20)).withBytes { transform.applied(to: $0) }
            try place.saving { () throws(SaveError) in try result.append(unsafe piece.span.bytes) }
        }
        try place.saving(result.finish)
        if let remark = opened.unpackedRemark, !verbosity.quiet { StandardStreams.error(remark) }
        if place.isStandardOutput {
        } else if verbosity.json {
            try JSON.print(
                Result(input: name, output: place.path, size: whole.count, group: transform.group, unit: unit))
        } else if !verbosity.quiet {
            StandardStreams.print("\(place.path): \(whole.count) bytes, \(done(transform))")
            if verbosity.verbose { StandardStreams.print(example(of: whole, transform: transform)) }
        }
        try StandardStreams.commit([result.file])
    }

    /// What `--verbose` says: the first bytes that are not all alike, before and after.
    private func example(of whole: ByteRegion, transform: ByteTransform) -> String {
        let starts = stride(from: 0, to: min(whole.count, 1 << 20), by: 16)
        for start in starts {
            let region = whole.region(start..<min(start + 16, whole.count))
            let before = region.withBytes { Array($0) }
            guard Set(before).count > 1 else { continue }
            let after = region.withBytes { transform.applied(to: $0) }
            return "  \(hex(start)): \(hexadecimal(before)) -> \(hexadecimal(after))"
        }
        return "  all bytes are alike"
    }

    private func checkSize(_ count: Int, name: String) throws {
        guard let bytes = transform.group, case let rest = count % bytes, rest != 0 else { return }
        throw Failure(
            "\(name): \(count) bytes are no multiple of \(bytes): \(rest) would be left at the end; "
                + "was the dump cut off? 'jffs2 pad --block \(bytes)' fills it up")
    }

    /// The bytes of the file, or of both chips.
    private func interleaved(_ file: FileBytes, name: String) throws -> ByteRegion {
        guard let interleave else { return ByteRegion(file) }
        let second = try reading.openRaw(interleave)
        guard second.bytes.count == file.count, file.count % width == 0 else {
            throw Failure(
                "\(name) has \(file.count) bytes and \(second.name) \(second.bytes.count): two chips of one bus have the same "
                    + "size\(width > 1 ? ", a multiple of \(width)" : "")")
        }
        return file.withBytes { left in
            second.bytes.withBytes { right in ByteRegion(Interleave.merged(left, with: right, width: width)) }
        }
    }

    /// What was done, in words.
    private func done(_ transform: ByteTransform) -> String {
        var parts: [String] = []
        if interleave != nil { parts.append("put together from two chips") }
        if transform.reversesBits { parts.append("bits reversed in each byte") }
        if transform.inverts { parts.append("bits inverted") }
        if let group = transform.group {
            parts.append("reversed in groups of \(group)" + (transform.unit > 1 ? ", by \(transform.unit) bytes" : ""))
        }
        return parts.joined(separator: ", ")
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
