import ArgumentParser
import FlashBytes
import ImageFile

/// Overrides for what is found out about an image that is packed again (--from), or that the new one stands behind (-i).
struct SourceLayoutArguments: ParsableArguments {
    @Option(
        name: .customLong("source-erase-size"),
        help: ArgumentHelp(
            "Erase size of the image given with --from or -i (a bare number below 0x1000 counts KiB).",
            valueName: "size"),
        transform: SizeArgument.eraseSize)
    var eraseSize: Int?

    @Option(
        name: [.customLong("source-endian"), .customLong("endian")],
        help: ArgumentHelp("Byte order of that image: little or big.", valueName: "endian"))
    var endian: LayoutArguments.Endian?

    @Option(
        name: [.customLong("source-offset"), .customLong("offset")],
        help: ArgumentHelp(
            "Where the file system begins in the file. (This and the following: of --from, else of -i.)",
            valueName: "offset"),
        transform: SizeArgument.size)
    var offset: Int?

    @Option(
        name: [.customLong("source-length"), .customLong("length")],
        help: ArgumentHelp("How long the file system is.", valueName: "length"), transform: SizeArgument.size)
    var length: Int?

    @Option(
        name: [.customLong("source-swap"), .customLong("swap")],
        help: ArgumentHelp(
            "Size of the groups whose bytes are reversed: 2, 4 or 8; 0 for none.", valueName: "size"),
        transform: SizeArgument.group)
    var swap: Int?

    @Option(
        name: .customLong("source-oob"),
        help: ArgumentHelp(
            "Spare area of a NAND dump as PAGE+SPARE, such as 2048+64; 0 for none.", valueName: "page+spare"),
        transform: SizeArgument.spareArea)
    var oob: InputOptions.SpareAreaChoice?

    /// What both images have in common: that of the device.
    var ofDevice: InputOptions {
        var options = InputOptions()
        options.eraseSize = eraseSize
        options.byteOrder = endian.map { $0 == .little ? .little : .big }
        return options
    }

    /// All of it.
    var options: InputOptions {
        var options = ofDevice
        options.offset = offset
        options.length = length
        options.swapGroup = swap
        options.spareArea = oob
        return options
    }

    /// Whether anything is given.
    var isEmpty: Bool {
        eraseSize == nil && endian == nil && offset == nil && length == nil && swap == nil && oob == nil
    }
}
