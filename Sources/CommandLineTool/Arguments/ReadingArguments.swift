import ArgumentParser
import FirmwareImage
import FlashBytes
import ImageFile

/// How a file is read that may be packed, or a pipe.
struct ReadingArguments: ParsableArguments {
    @Option(help: ArgumentHelp("Which file of a zip or tar archive that holds several.", valueName: "name"))
    var member: String?

    @Option(
        help: """
            Read at most so much from a pipe or a device (default: 1 GiB), and unpack at most so much from a compressed \
            file (default: 256 MiB, or 64 times the file).
            """,
        transform: SizeArgument.size)
    var maxInput: Int?

    /// Takes over what was said into `options`.
    func apply(to options: inout InputOptions) {
        options.member = member
        options.largestInput = maxInput
    }

    /// Opens a file, whatever is in it; a packed one must be whole.
    func open(_ path: String) throws -> InputFile {
        var options = InputOptions()
        apply(to: &options)
        options.opensUImages = false
        return try whole(ImageOpener.read(path, options: options))
    }

    /// Opens a file whose bytes are changed as they are.
    ///
    /// A packed dump is unpacked; what else is packed stays so: a compressed kernel is flashed compressed.
    func openRaw(_ path: String) throws -> InputFile {
        var limits = InputFile.Limits()
        limits.largest = maxInput
        let raw = try InputFile(path: path, limits: limits, unpacking: false)
        guard raw.bytes.withBytes({ PackedForm($0) }) != nil else { return raw }
        if let member { return try whole(raw.unpacked(member: member, limits: limits)) }
        do {
            let file = try raw.unpacked(member: nil, limits: limits)
            if (try? ImageOpener.openAll(file)) != nil { return try whole(file) }
            if let damage = file.damage {
                StandardStreams.error("\(raw.name): \(damage); it is taken as it is, packed")
            }
        } catch let error as InputError {
            StandardStreams.error("\(error.description); it is taken as it is, packed")
        }
        return raw
    }

    /// Refuses a packed file of which not all is there.
    private func whole(_ file: InputFile) throws -> InputFile {
        if let damage = file.damage { throw Failure("\(file.name): \(damage)") }
        return file
    }
}

extension OpenedImage {
    /// What to say about an output that is not packed as the input is; nil where that was not.
    var unpackedRemark: String? { InputFile.unpackedRemark(layers).map { "\(path): \($0)" } }
}

extension InputFile {
    /// What to say about an output that is not packed as the input is; nil where that was not.
    var unpackedRemark: String? { Self.unpackedRemark(layers).map { "\(name): \($0)" } }

    /// The same without the name.
    static func unpackedRemark(_ layers: [InputLayer]) -> String? {
        let packed = layers.prefix {
            switch $0 {
            case .packed, .compressedUImage: true
            default: false
            }
        }
        return packed.isEmpty
            ? nil : packed.map(\.description).joined(separator: ", ") + "; the output is not packed"
    }

    /// Refuses to change the file itself where its bytes are not those that are changed.
    func checkInPlace() throws {
        if let layer = layers.first {
            throw Failure("\(name): \(layer); it is not changed itself; -o OUT writes an unpacked one", status: .usage)
        }
    }
}

extension OpenedImage {
    /// Refuses to change the file itself where more than the file system is in it, and would be lost.
    ///
    /// - Parameter keepsSurroundings: whether what lies around the file system, or swaps it, is in the output as well.
    func checkInPlace(keepsSurroundings: Bool) throws {
        let lost = layers.first { layer in
            switch layer {
            case .packed, .compressedUImage, .spareArea, .badBlocks: true
            case .wordSwapped, .uImage, .flattenedImage, .skipped, .trailing: !keepsSurroundings
            }
        }
        guard let lost else { return }
        throw Failure(
            "\(path): \(lost), which the output would lack: it is not changed itself; give -o OUT", status: .usage)
    }
}

extension InputError {
    /// What the user can do about it, as the end of the sentence.
    var remedy: String {
        switch self {
        case .tooLarge: "; --max-input SIZE allows more"
        case .nearlyErased: " (--erase-size, of a source of repack or kit --source-erase-size)"
        case .several: "; choose one with --select"
        case .severalMembers: "; choose one with --member NAME"
        default: ""
        }
    }
}
