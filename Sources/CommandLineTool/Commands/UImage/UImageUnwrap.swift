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
            are left out. An image of several files needs --part for one of them, or -d for all; the members of a FIT \
            image have names.
            """)

    @OptionGroup var input: UImageInput

    @Option(name: .shortAndLong, help: "The file to write.", completion: .file())
    var output: String?

    @Option(
        name: [.customShort("d"), .long],
        help: """
            Write all data of all images into this folder, as 0, 1 … (or 0.0, 0.1 … for images of several files, and \
            under their names for the members of a FIT image).
            """,
        completion: .directory)
    var directory: String?

    @Option(name: .shortAndLong, help: "Which uImage, if there are several in the file, counted from 1.")
    var select: Int?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "Which file of a multi-file image, counted from 0 as mkimage does, or which member of a FIT image.",
            valueName: "number|name"))
    var part: String?

    @Flag(help: "Decompress the data (gzip, bzip2, lzma, lz4, zstd), as the header says.")
    var decompress = false

    @Flag(
        name: .shortAndLong,
        help: """
            Take what is there although a CRC or a size is wrong (the exit status is then 1), and replace files that exist \
            already.
            """)
    var force = false

    @OptionGroup var verbosity: OutputArguments
    @OptionGroup var sizes: SizeArguments

    func validate() throws {
        if (output == nil) == (directory == nil) { throw ValidationError("Give either -o FILE or -d DIR.") }
    }

    /// What goes into one file.
    private struct Piece {
        var name: String
        var region: ByteRegion
        /// What it is called in the image.
        var title: String
        /// A name of `HeaderField.compression`.
        var compression: String
        /// For messages: `uImage at 0x0`.
        var place: String
    }

    func run() throws {
        switch try input.open() {
        case .legacy(let file, let all):
            var images = all
            if let select {
                guard all.indices.contains(select - 1) else {
                    throw Failure("\(input.name): there is no uImage number \(select); it holds \(all.count)")
                }
                images = [all[select - 1]]
            }
            let faults = images.flatMap { image in image.faults.map { "uImage at \(hex(image.offset)): \($0)" } }
            try write(faults, pieces: { try pieces(file, images: images) }) {
                try JSON.print(["images": images.map(UImageDescription.init)])
            }
            if !faults.isEmpty { throw Failure.damaged }
        case .flattened(let image):
            let members = try members(image)
            let faults = image.faults.map { "FIT image at \(hex(image.offset)): \($0)" }
            try write(faults, pieces: { pieces(image, members: members) }) { try JSON.print(image.json) }
            if !faults.isEmpty { throw Failure.damaged }
        }
    }

    private func write(_ faults: [String], pieces: () throws -> [Piece], printJSON: () throws -> Void) throws {
        if let first = faults.first, !force {
            throw Failure("\(input.name): \(first); --force takes what is there")
        }
        for fault in faults { StandardStreams.error("\(input.name): \(fault)") }
        let place = try output.map {
            try Destination(output: $0, replacing: Destination.Replacing(isAllowed: force), inputs: [input.image])
        }
        let pieces = try pieces()
        var contents: [FileBytes] = []
        // Together they may be as large as one.
        var limit = input.reading.maxInput ?? PackedLimits(packed: pieces.reduce(0) { $0 + $1.region.count }).largest
        for piece in pieces where decompress {
            contents.append(try decompressed(piece, limit: limit))
            limit -= contents[contents.count - 1].count
        }
        let outputs = try directory.map { try DirectoryDestination.begin($0, mayExist: true, replacing: force) }
        var files: [OutputFile] = []
        for (index, piece) in pieces.enumerated() {
            guard let result = try outputs?.file(piece.name) ?? place?.open() else { continue }
            files.append(result)
            let region = decompress ? ByteRegion(contents[index]) : piece.region
            try region.withBytes { (bytes: RawSpan) throws(FileError) in try result.write(bytes) }
            if !verbosity.quiet, !verbosity.json, place?.isStandardOutput != true {
                let path = directory.map { "\($0)/\(piece.name)" } ?? place?.path ?? ""
                StandardStreams.print("\(path): \(sizes.text(region.count)) of '\(piece.title)'")
                if verbosity.verbose {
                    StandardStreams.print(
                        "  \(Printable.text(piece.place)): bytes \(hex(piece.region.range.lowerBound)) to "
                            + "\(hex(piece.region.range.upperBound)), compression \(Printable.text(piece.compression))")
                }
            }
        }
        if verbosity.json, place?.isStandardOutput != true { try printJSON() }
        try StandardStreams.finish()
        if let outputs { try outputs.commit() } else { try OutputSet.commit(files) }
    }

    /// The members that are wanted.
    private func members(_ image: FlattenedImageFile) throws -> [FlattenedImageTree.Member] {
        let all = image.tree.members
        if let part {
            let index = Int(part)
            let member = all.first { $0.name == part } ?? index.flatMap { all.indices.contains($0) ? all[$0] : nil }
            guard let member else {
                throw Failure(
                    "\(input.name): there is no member '\(part)' in the FIT image; it holds "
                        + all.map(\.name).joined(separator: ", "))
            }
            return [member]
        }
        if directory == nil, all.count != 1 {
            throw Failure(
                "\(input.name): \(all.count) members in the FIT image; choose one with --part, or all with -d")
        }
        return all
    }

    private func pieces(_ image: FlattenedImageFile, members: [FlattenedImageTree.Member]) -> [Piece] {
        members.compactMap { member in
            guard let region = image.region(member) else { return nil }
            // A node's name is a stranger's text and becomes a file's name.
            let name = member.name.split(separator: "/").joined(separator: "_")
            return Piece(
                name: name.isEmpty || name.hasPrefix(".") ? "_" + name : name, region: region,
                title: Printable.text(Array(member.name.utf8)),
                compression: member.isPlain ? "none" : member.compression,
                place: "'\(member.name)' of the FIT image")
        }
    }

    private func pieces(_ file: FileBytes, images: [FirmwareImage.UImage]) throws -> [Piece] {
        if directory == nil, images.count > 1 {
            let places = images.enumerated().map { "\($0 + 1) at \(hex($1.offset))" }.joined(separator: ", ")
            throw Failure(
                "\(input.name): \(images.count) uImages in it (\(places)); choose one with --select, or all with -d")
        }
        var pieces: [Piece] = []
        for (number, image) in images.enumerated() {
            // A script is one file although it has a table.
            let parts = image.parts.isEmpty ? [image.data] : image.parts
            var indices = Array(parts.indices)
            if let part {
                guard let index = Int(part), parts.indices.contains(index) else {
                    throw Failure("\(input.name): there is no file \(part) in the image; it holds \(parts.count)")
                }
                indices = [index]
            } else if directory == nil, parts.count > 1 {
                throw Failure(
                    "\(input.name): \(parts.count) files in the image; choose one with --part, or all with -d")
            }
            for index in indices {
                let name = parts.count > 1 ? "\(number).\(index)" : "\(number)"
                pieces.append(
                    Piece(
                        name: name, region: ByteRegion(file: file, range: parts[index]),
                        title: Printable.text(image.header.name),
                        compression: HeaderField.compression.name(image.header.compression),
                        place: "uImage at \(hex(image.offset))"))
            }
        }
        return pieces
    }

    private func decompressed(_ piece: Piece, limit: Int) throws -> FileBytes {
        do {
            return try piece.region.withBytes { (bytes: RawSpan) throws(PayloadDecompressor.Failure) in
                if piece.compression == "none" {
                    return FileBytes(Array(bytes))
                }
                return try PayloadDecompressor.decompress(bytes, compression: piece.compression, limit: limit)
            }
        } catch {
            var remedy = ""
            if case .tooLarge = error { remedy = "; --max-input SIZE allows more" }
            throw Failure("\(input.name): \(piece.place): \(error)\(remedy)")
        }
    }
}
