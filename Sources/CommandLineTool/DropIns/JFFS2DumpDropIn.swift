import FlashBytes
import JFFS2

/// `jffs2dump`: the nodes of an image as that tool lists them, and conversion to the other byte order.
enum JFFS2DumpDropIn: DropInTool {
    private static let parser = GetoptParser(
        letters: "blce:rd:o:vVh",
        names: [
            "help": "h", "version": "V", "bigendian": "b", "littleendian": "l", "content": "c", "endianconvert": "e",
            "datsize": "d", "oobsize": "o", "recalccrc": "r", "verbose": "v",
        ])

    static func run(_ arguments: [String]) throws {
        let given = parser.parsed(arguments)
        if let problem = given.problem {
            StandardStreams.print(help)
            throw Failure(problem, status: .usage)
        }
        if given.has("h") { return printHelp(help) }
        if given.has("V") { return StandardStreams.print(DropIn.jffs2dump.versionLine) }
        guard let path = given.operands.first, given.operands.count == 1 else { return printHelp(help) }
        var order = ByteOrder.host
        for option in given.options {
            if option.letter == "b" { order = .big }
            if option.letter == "l" { order = .little }
        }
        let words = ImageWords(bytes: try contents(of: path, given: given), order: order)
        if words.uint16(0) == 0x8519 {
            // The listing would have nothing of it.
            StandardStreams.error("\(path): is \(order.opposite): -\(order == .little ? "b" : "l")")
        }
        if given.has("c") {
            var listing = JFFS2DumpListing(words, isVerbose: given.has("v"))
            listing.run()
        }
        if let output = given.value(of: "e") {
            var conversion = ByteOrderConversion(words, recalculates: given.has("r"))
            conversion.run()
            let file = try OutputFile(path: output)
            try file.write(conversion.converted)
            try StandardStreams.commit([file])
        }
    }

    static func exitStatus(_ status: Failure.Status, message: String) -> Int32 { 1 }

    /// The bytes of the image, without the spare areas that -d and -o tell of.
    private static func contents(of path: String, given: GetoptParser.Result) throws -> [UInt8] {
        let file = try FileBytes(path: path)
        let bytes = file.withBytes { (try? $0.bytes(in: 0..<$0.byteCount)) ?? [] }
        guard let page = try size("d", given: given), let spare = try size("o", given: given), page > 0, spare > 0
        else {
            return bytes
        }
        StandardStreams.print("Peeling data out of combined data/oob image")
        var data: [UInt8] = []
        data.reserveCapacity(bytes.count)
        var at = 0
        while at < bytes.count {
            data += bytes[at..<min(bytes.count, at + page)]
            at += page + spare
        }
        return data
    }

    private static func size(_ letter: Character, given: GetoptParser.Result) throws -> Int? {
        guard let text = given.value(of: letter) else { return nil }
        guard let size = Int(text), (0...1 << 20).contains(size) else {
            throw Failure("-\(letter) \(text): is no number of bytes", status: .usage)
        }
        return size
    }

    private static let help = """
        Usage: jffs2dump [OPTION]... INPUTFILE
        Lists the nodes of a JFFS2 image, or converts its byte order. This is jffs2.

         -b, --bigendian              the image is big-endian (default: as this machine)
         -l, --littleendian           the image is little-endian
         -c, --content                list the nodes
         -v, --verbose                list also cleanmarkers, padding, unknown nodes and summaries
         -e, --endianconvert=FILE     write the image in the other byte order to FILE
         -r, --recalccrc              with -e: make the sums over data and names right
         -d, --datsize=LEN            the image has spare areas: LEN bytes of data,
         -o, --oobsize=LEN            then LEN bytes of spare area
         -V, --version                print the version
         -h, --help                   print this

        Differences from the original: man jffs2dump(1) of jffs2. More: jffs2 help dump.
        """
}
