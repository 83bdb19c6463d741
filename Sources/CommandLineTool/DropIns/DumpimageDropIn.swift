import FirmwareImage
import FlashBytes

/// `dumpimage`: U-Boot's legacy images, listed and taken apart. FIT images are listed.
enum DumpimageDropIn: DropInTool {
    private static let parser = GetoptParser(letters: "hlo:T:p:Vi:", names: [:])

    static func run(_ arguments: [String]) throws {
        let given = parser.parsed(arguments)
        if let problem = given.problem {
            printHelp(help, isError: true)
            throw Failure(problem, status: .usage)
        }
        if given.has("V") { return StandardStreams.print(DropIn.dumpimage.versionLine) }
        if given.has("h") || arguments.isEmpty { return printHelp(help, isError: true) }
        // Older ones have -i IMAGE -p POSITION OUT.
        let old = given.value(of: "i")
        guard let path = old ?? given.operands.first else { throw Failure("image file missing", status: .usage) }
        if let type = given.value(of: "T"), (try? HeaderField.type.number(type)) == nil {
            throw Failure("Invalid type '\(type)': none of a legacy image")
        }
        if given.has("l") { return try UBootImageListing.print(path, quiet: false) }
        guard let output = given.value(of: "o") ?? (old == nil ? nil : given.operands.first) else {
            throw Failure("No output file provided: -o FILE", status: .usage)
        }
        var position = 0
        if let text = given.value(of: "p") {
            guard let number = Int(text), number >= 0 else {
                throw Failure("invalid file position \(text)", status: .usage)
            }
            position = number
        }
        try extract(position, of: path, to: output)
    }

    static func exitStatus(_ status: Failure.Status, message: String) -> Int32 {
        switch status {
        // What getopt finds is no failure of the original either.
        case .usage: message.contains("option") ? 0 : 1
        case .damaged: 255
        case .failed, .unfinished:
            message.contains("No such data file") || message.contains(": cannot create:") ? 253 : 1
        }
    }

    /// Writes a component of an image into a file: of a multi-file image one of its files, of any other all data.
    private static func extract(_ position: Int, of path: String, to output: String) throws {
        let file = try FileBytes(path: path)
        if file.withBytes({ (try? $0.uint32(at: 0, .big)) == 0xd00d_feed }) {
            throw Failure("\(path): is a FIT image; 'jffs2 uimage unwrap --part NAME' takes it apart", status: .damaged)
        }
        let image = try UBootImageListing.read(file, path: path)
        try UBootImageListing.check(image, path: path)
        var range = image.data
        if image.header.type == UImageHeader.multiFileType {
            guard image.parts.indices.contains(position) else {
                throw Failure("\(path): No such data file \(position); it has \(image.parts.count)")
            }
            range = image.parts[position]
        }
        let result = try OutputFile(path: output)
        try file.withBytes { (bytes: RawSpan) throws(FileError) in try result.write(bytes.extracting(range)) }
        try StandardStreams.commit([result])
    }

    private static let help = """
        Usage: dumpimage -l IMAGE
               dumpimage [-T TYPE] [-p POSITION] -o FILE IMAGE
        Lists a U-Boot legacy image, or takes a file out of it. This is jffs2.

          -l            list the header of IMAGE (FIT images too)
          -p POSITION   which file of a multi-file image, from 0 (default: 0)
          -o FILE       the file to write
          -T TYPE       the type of the image; not needed
          -V            print the version
          -h            print this

        Differences from the original: man dumpimage(1) of jffs2. More: jffs2 help uimage.
        """
}
