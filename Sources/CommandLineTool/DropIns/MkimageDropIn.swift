import FirmwareImage
import FlashBytes

/// `mkimage`: U-Boot's legacy images, listed and made. FIT images are listed.
enum MkimageDropIn: DropInTool {
    private static let parser = GetoptParser(
        letters: "lqvVhxsA:O:T:C:a:e:n:R:d:f:FEB:b:i:D:tk:K:g:G:c:p:rN:o:",
        names: [
            "list": "l", "quiet": "q", "verbose": "v", "version": "V", "help": "h", "xip": "x", "no-copy": "s",
            "architecture": "A", "os": "O", "type": "T", "compression": "C", "load-address": "a", "entry-point": "e",
            "config": "n", "secondary-config": "R", "image": "d", "fit": "f", "update": "F", "external": "E",
            "alignment": "B", "device-tree": "b", "initramfs": "i", "dtcopts": "D", "touch": "t", "key-dir": "k",
            "key-dest": "K", "key-name-hint": "g", "key-file": "G", "comment": "c", "position": "p",
            "key-required": "r", "engine": "N", "algo": "o",
        ])
    /// What makes or signs a FIT image.
    private static let flattenedOptions: [Character] = ["f", "F"]

    static func run(_ arguments: [String]) throws {
        let given = parser.parsed(arguments)
        if let problem = given.problem { throw Failure("\(problem); see --help", status: .usage) }
        if given.has("h") { return printHelp(help) }
        if given.has("V") { return StandardStreams.print(DropIn.mkimage.versionLine) }
        if let letter = flattenedOptions.first(where: given.has) {
            throw Failure("-\(letter): FIT images are listed here, not made; the mkimage of u-boot-tools does it")
        }
        if given.value(of: "T") == "list" { return StandardStreams.errorText(listed(.type)) }
        guard let path = given.operands.first else { throw Failure("which image file? See --help", status: .usage) }
        if given.has("l") { return try UBootImageListing.print(path, quiet: given.has("q")) }
        try LegacyImageMaker(given, image: path).make()
    }

    static func exitStatus(_ status: Failure.Status, message: String) -> Int32 { status == .damaged ? 255 : 1 }

    /// The number of a name in a header.
    static func number(_ field: HeaderField, name: String) throws -> UInt8 {
        let number = try? field.number(name)
        // Numbers are no names here.
        guard let number, name.contains(where: \.isLetter), !name.lowercased().hasPrefix("0x") else {
            StandardStreams.errorText(listed(field))
            throw Failure("'\(name)' is none of them")
        }
        return number
    }

    /// The words that an option takes.
    private static func listed(_ field: HeaderField) -> String {
        let kind = field == .type ? "image type" : field.rawValue
        let lines = field.values.filter { $0.number != 0 || field == .compression }.sorted { $0.name < $1.name }.map {
            "\t\(Column.left($0.name, width: 16)) \($0.title)\n"
        }
        return "\nInvalid \(kind), supported are:\n" + lines.joined()
    }

    private static let help = """
        Usage: mkimage -l [-q] IMAGE
               mkimage [-x] [-A ARCH] [-O OS] [-T TYPE] [-C COMP] [-a ADDR] [-e ADDR] [-n NAME] -d FILE[:FILE…] IMAGE
        Lists or makes a U-Boot legacy image. This is jffs2.

          -l, --list                list the header of IMAGE (FIT images too); -q only checks it
          -A, --architecture ARCH   (default: powerpc)     -A list, -O list, -T list, -C list: the words
          -O, --os OS               (default: linux)
          -T, --type TYPE           (default: kernel)
          -C, --compression COMP    that the data has already (default: gzip)
          -a, --load-address ADDR   hexadecimal
          -e, --entry-point ADDR    hexadecimal (default: the load address)
          -n, --config NAME         up to 32 bytes
          -d, --image FILE          the data; with -T multi and script several, with colons
          -s, --no-copy             only the header
          -x, --xip                 executed in place: the first 64 bytes of the data, all 0xFF, make room for the header
          -v, --verbose             say more
          -V, --version             print the version

        FIT images are made by the mkimage of u-boot-tools.
        Differences from the original: man mkimage(1) of jffs2. More: jffs2 help uimage.
        """
}

/// What `mkimage` makes.
private struct LegacyImageMaker {
    private let given: GetoptParser.Result
    private let image: String

    /// - Parameter image: the file to write.
    init(_ given: GetoptParser.Result, image: String) {
        self.given = given
        self.image = image
    }

    func make() throws {
        var header = try header()
        let paths = try paths(header)
        var files = try paths.map { path in
            let file = try FileBytes(path: path)
            guard file.count > 0 else { throw Failure("Input file \(path) is empty, bailing out") }
            if given.has("v") { StandardStreams.errorText("Adding Image \(path)\n") }
            return ByteRegion(file)
        }
        if given.has("x"), let first = files.first {
            let isRoom = first.count > UImageHeader.size && first.withBytes { $0.isFilled(with: 0xff, in: 0..<64) }
            guard isRoom else {
                throw Failure(
                    "Bad file: \"\(paths.first ?? "")\" has invalid buffer for XIP: it must begin with 64 bytes 0xFF")
            }
            files[0] = first.region(UImageHeader.size..<first.count)
        }
        let output = try OutputFile(path: image, isReadable: true)
        if files.isEmpty {
            header.headerCRC = header.computedHeaderCRC
            try output.write(header.bytes)
        } else {
            let written = try UImageBuilder(header: header, files: files).write { (bytes: RawSpan) throws(FileError) in
                try output.write(bytes)
            }
            if case .failure(let refusal) = written { throw Failure("\(image): \(refusal)") }
        }
        guard let made = try output.written()?.withBytes({ FirmwareImage.UImage(reading: $0, at: 0) }),
            made.faults.isEmpty
        else { throw Failure("\(image): could not be read back") }
        UBootImageListing.print(made)
        try StandardStreams.commit([output])
    }

    /// The files, of which only some types have several.
    private func paths(_ header: UImageHeader) throws -> [String] {
        if given.has("s") { return [] }
        guard let data = given.value(of: "d") else {
            throw Failure("what goes into \(image)? -d FILE says so, -s is for none; see --help", status: .usage)
        }
        return header.hasParts
            ? data.split(separator: ":", omittingEmptySubsequences: false).map(String.init) : [data]
    }

    private func header() throws -> UImageHeader {
        var header = UImageHeader()
        header.architecture = try given.value(of: "A").map { try MkimageDropIn.number(.architecture, name: $0) } ?? 7
        header.operatingSystem =
            try given.value(of: "O").map { try MkimageDropIn.number(.operatingSystem, name: $0) } ?? 5
        header.type = try given.value(of: "T").map { try MkimageDropIn.number(.type, name: $0) } ?? 2
        header.compression = try given.value(of: "C").map { try MkimageDropIn.number(.compression, name: $0) } ?? 1
        if let text = given.value(of: "a") { header.loadAddress = try address(text, name: "load address") }
        if let text = given.value(of: "e") {
            header.entryPoint = try address(text, name: "entry point")
        } else {
            header.entryPoint = header.loadAddress &+ (given.has("x") ? UInt32(UImageHeader.size) : 0)
        }
        let name = Array((given.value(of: "n") ?? "").utf8)
        if name.count > UImageHeader.nameSize {
            StandardStreams.error("warning: the name is cut off after \(UImageHeader.nameSize) bytes")
        }
        try header.setName(name.prefix(UImageHeader.nameSize))
        header.time = try SourceDate.epoch() ?? UInt32(truncatingIfNeeded: CurrentTime.seconds)
        return header
    }

    private func address(_ text: String, name: String) throws -> UInt32 {
        guard let address = try? UImageWrap.address(text) else { throw Failure("invalid \(name) \(text)") }
        return address
    }
}

/// U-Boot images as mkimage and dumpimage list them.
enum UBootImageListing {
    /// Lists what is in a file; only the checks with `quiet`.
    ///
    /// - Throws: a damaged image, and what is none.
    static func print(_ path: String, quiet: Bool) throws {
        let file = try FileBytes(path: path)
        if file.withBytes({ (try? $0.uint32(at: 0, .big)) == 0xd00d_feed }),
            let image = FlattenedImageFile(file, path: path)
        {
            if !quiet { image.lines.forEach(StandardStreams.print) }
            return try UImageVerify.report(image)
        }
        let image = try read(file, path: path)
        if !quiet { print(image) }
        try check(image, path: path)
        if image.range.upperBound < file.count {
            StandardStreams.error("\(path): \(file.count - image.range.upperBound) bytes lie behind the image")
        }
    }

    /// The legacy image at the start of a file.
    static func read(_ file: FileBytes, path: String) throws -> FirmwareImage.UImage {
        if let image = file.withBytes({ FirmwareImage.UImage(reading: $0, at: 0) }) { return image }
        guard file.count >= UImageHeader.size else {
            throw Failure("\(path): \(file.count) bytes are no U-Boot image, whose header has \(UImageHeader.size)")
        }
        let found = file.withBytes { FirmwareImage.UImage.all(in: $0).first }
        let hint = found.map { "; one is at \(hex($0.offset)) (jffs2 uimage info)" } ?? ""
        throw Failure("\(path): no U-Boot image begins here\(hint)", status: .damaged)
    }

    /// Refuses an image whose sums are wrong.
    static func check(_ image: FirmwareImage.UImage, path: String) throws {
        for fault in image.faults { StandardStreams.error("\(path): \(fault)") }
        if !image.faults.isEmpty { throw Failure.damaged }
    }

    /// The lines of mkimage -l.
    static func print(_ image: FirmwareImage.UImage) {
        StandardStreams.write(Array("Image Name:   ".utf8) + MkimageDropIn.shown(image.header.name) + [0x0a])
        UImageDescription.fields(image, time: LocalTime.text).dropFirst().forEach(StandardStreams.print)
    }
}
