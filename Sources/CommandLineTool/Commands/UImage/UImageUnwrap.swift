import ArgumentParser
import FirmwareImage
import FlashBytes

/// `jffs2 uimage unwrap IMAGE -o OUT`
struct UImageUnwrap: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unwrap",
        abstract: "Take the data out of a uImage.",
        discussion: """
            Both CRCs are checked first. Bytes behind the image (0xFF up to the end of the partition, or anything else) \
            are left out. An image of several files needs --part for one of them, or -d for all.
            """)

    @OptionGroup var input: UImageInput

    @Option(name: .shortAndLong, help: "The file to write.", completion: .file())
    var output: String?

    @Option(
        name: [.customShort("d"), .long],
        help: "Write all data of all images into this folder, as 0, 1 … (or 0.0, 0.1 … for images of several files).",
        completion: .directory)
    var directory: String?

    @Option(name: .shortAndLong, help: "Which uImage, if there are several in the file, counted from 1.")
    var select: Int?

    @Option(name: .shortAndLong, help: "Which file of a multi-file image, counted from 0 as mkimage does.")
    var part: Int?

    @Flag(help: "Decompress the data (gzip, bzip2, lzma, lz4, zstd), as the header says.")
    var decompress = false

    @Flag(name: .shortAndLong, help: "Take what is there although a CRC or a size is wrong; the exit status is then 1.")
    var force = false

    @OptionGroup var verbosity: OutputArguments

    func validate() throws {
        if (output == nil) == (directory == nil) { throw ValidationError("Give either -o FILE or -d DIR.") }
    }

    /// What goes into one file.
    private struct Piece {
        var name: String
        var region: ByteRegion
        var image: FirmwareImage.UImage
    }

    func run() throws {
        let (file, all) = try input.open()
        var images = all
        if let select {
            guard all.indices.contains(select - 1) else {
                throw Failure("\(input.image): there is no uImage number \(select); it holds \(all.count)")
            }
            images = [all[select - 1]]
        }
        let faults = images.flatMap { image in image.faults.map { "uImage at \(hex(image.offset)): \($0)" } }
        if let first = faults.first, !force {
            throw Failure("\(input.image): \(first); --force takes what is there")
        }
        for fault in faults { Console.error("\(input.image): \(fault)") }
        let pieces = try pieces(file, images)
        var contents: [(Piece, [UInt8])] = []
        if decompress { contents = try pieces.map { ($0, try decompressed($0)) } }
        if let directory { try Folder.create(directory) }
        for (index, piece) in pieces.enumerated() {
            let path = directory.map { "\($0)/\(piece.name)" } ?? output ?? piece.name
            let result = try OutputFile(path: path)
            if decompress {
                try result.write(contents[index].1)
            } else {
                try piece.region.withBytes { (bytes: RawSpan) throws(FileError) in try result.write(bytes) }
            }
            try result.commit()
            if !verbosity.quiet, !verbosity.json {
                let size = decompress ? contents[index].1.count : piece.region.count
                Console.print("\(path): \(size) bytes of '\(Printable.text(piece.image.header.name))'")
            }
        }
        if verbosity.json { try JSON.print(["images": images.map(UImageDescription.init)]) }
        if !faults.isEmpty { throw Failure.damaged }
    }

    private func pieces(_ file: FileBytes, _ images: [FirmwareImage.UImage]) throws -> [Piece] {
        if directory == nil, images.count > 1 {
            let places = images.enumerated().map { "\($0 + 1) at \(hex($1.offset))" }.joined(separator: ", ")
            throw Failure(
                "\(input.image): \(images.count) uImages in it (\(places)); choose one with --select, or all with -d")
        }
        var pieces: [Piece] = []
        for (number, image) in images.enumerated() {
            // A script is one file although it has a table.
            let parts = image.parts.isEmpty ? [image.data] : image.parts
            var indices = Array(parts.indices)
            if let part {
                guard parts.indices.contains(part) else {
                    throw Failure("\(input.image): there is no file \(part) in the image; it holds \(parts.count)")
                }
                indices = [part]
            } else if directory == nil, parts.count > 1 {
                throw Failure(
                    "\(input.image): \(parts.count) files in the image; choose one with --part, or all with -d")
            }
            for index in indices {
                let name = parts.count > 1 ? "\(number).\(index)" : "\(number)"
                pieces.append(Piece(name: name, region: ByteRegion(file, parts[index]), image: image))
            }
        }
        return pieces
    }

    private func decompressed(_ piece: Piece) throws -> [UInt8] {
        let compression = HeaderField.compression.name(piece.image.header.compression)
        if compression == "none" { return piece.region.withBytes { (try? $0.bytes(in: 0..<$0.byteCount)) ?? [] } }
        do {
            return try piece.region.withBytes { (bytes: RawSpan) throws(PayloadDecompressor.Failure) in
                try PayloadDecompressor.decompress(bytes, compression)
            }
        } catch {
            throw Failure("\(input.image): uImage at \(hex(piece.image.offset)): \(error)")
        }
    }
}
