import ArgumentParser
import FlashBytes
import ImageFile

/// An input image. What the user knows about it comes behind a command's own options, as `LayoutArguments`.
struct ImageInput: ParsableArguments {
    @Argument(help: LayoutArguments.imageHelp, completion: .file())
    var image: String

    /// The image as it is called in messages.
    var name: String { image == "-" ? "standard input" : image }

    /// Opens the image.
    func open(_ layout: LayoutArguments) throws -> OpenedImage { try layout.open(image) }

    /// Opens all file systems in the image.
    func openAll(_ layout: LayoutArguments) throws -> [OpenedImage] { try layout.openAll(image) }
}

/// An input image and what the user knows about it.
struct InputArguments: ParsableArguments {
    @OptionGroup var input: ImageInput
    @OptionGroup var layout: LayoutArguments

    /// The image, as the user named it.
    var image: String { input.image }
    /// The image as it is called in messages.
    var name: String { input.name }
}

/// Overrides for what is found out about an input.
struct LayoutArguments: ParsableArguments {
    /// What an image may be.
    static let imageHelp = ArgumentHelp(
        "The image: raw, padded, word-swapped, compressed, or at some offset in a file; - is standard input.")

    @Option(help: "Where the file system begins in the file.", transform: SizeArgument.size)
    var offset: Int?

    @Option(help: "How long the file system is.", transform: SizeArgument.size)
    var length: Int?

    @Option(help: "Byte order of the image: little or big.")
    var endian: Endian?

    @Option(help: "Erase size of the flash (a bare number below 0x1000 counts KiB).", transform: SizeArgument.eraseSize)
    var eraseSize: Int?

    @Option(help: "Size of the groups whose bytes are reversed: 2, 4 or 8; 0 for none.", transform: SizeArgument.group)
    var swap: Int?

    @Option(
        help: "Spare area of a NAND dump as PAGE+SPARE, such as 2048+64; 0 for none.", transform: SizeArgument.spareArea
    )
    var oob: InputOptions.SpareAreaChoice?

    @Option(
        help: ArgumentHelp(
            "Which one of several file systems in the file: its number, from 1, or the name of its partition.",
            valueName: "number or name"))
    var select: String?

    @OptionGroup var reading: ReadingArguments

    /// `--endian`.
    enum Endian: String, ExpressibleByArgument, CaseIterable {
        case little, big
    }

    /// For the library.
    var options: InputOptions {
        var options = InputOptions()
        options.offset = offset
        options.length = length
        options.byteOrder = endian.map { $0 == .little ? .little : .big }
        options.eraseSize = eraseSize
        options.swapGroup = swap
        options.spareArea = oob
        options.selection = select.map(FileSystemSelection.init)
        reading.apply(to: &options)
        return options
    }

    /// Opens an image that holds one file system, or the selected one.
    func open(_ path: String) throws -> OpenedImage { try ImageOpener.open(path: path, options: options) }

    /// Opens all file systems in a file.
    func openAll(_ path: String) throws -> [OpenedImage] { try ImageOpener.openAll(path: path, options: options) }
}

/// Turns size options into numbers.
enum SizeArgument {
    static func spareArea(_ text: String) throws -> InputOptions.SpareAreaChoice {
        if text == "0" { return .absent }
        guard let area = SpareArea(text) else {
            throw ValidationError("'\(text)' is no spare area; write page and spare size as 2048+64, or 0 for none")
        }
        return .layout(area)
    }

    static func size(_ text: String) throws -> Int {
        do {
            return try Int(clamping: SizeExpression.bytes(text))
        } catch {
            throw ValidationError("\(error)")
        }
    }

    static func eraseSize(_ text: String) throws -> Int {
        let size: UInt64
        do {
            size = try SizeExpression.eraseSize(text)
        } catch {
            throw ValidationError("\(error)")
        }
        guard size >= 4096, size <= 1 << 30, size % 4 == 0 else {
            throw ValidationError("'\(text)' is no erase size; it must be a multiple of 4 from 4 KiB to 1 GiB")
        }
        return Int(size)
    }

    static func group(_ text: String) throws -> Int {
        guard let group = Int(text), [0, 2, 4, 8].contains(group) else {
            throw ValidationError("'\(text)' is no group size; write 2, 4 or 8 (or 0 for none)")
        }
        return group
    }
}
