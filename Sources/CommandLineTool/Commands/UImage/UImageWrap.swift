import ArgumentParser
import FirmwareImage
import FlashBytes
import ImageFile

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// `jffs2 uimage wrap -d DATA OUT`
struct UImageWrap: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wrap",
        abstract: "Put a uImage header in front of a file, as mkimage does.",
        discussion: """
            Without options the header says: ARM, Linux, filesystem, not compressed, addresses 0. Names and numbers \
            are mkimage's ('mkimage -A list' and so on); a number may be given instead of a name. The time is \
            SOURCE_DATE_EPOCH, else the last change of the data, so that the same data gives the same image.
            """)

    @Option(name: [.customShort("d"), .long], help: "The data; several for -T multi, or one list with colons.")
    var data: [String]

    @Option(name: [.customShort("A"), .customLong("arch")], help: "Architecture (default: arm).")
    var architecture: String?

    @Option(name: [.customShort("O"), .customLong("os")], help: "Operating system (default: linux).")
    var operatingSystem: String?

    @Option(name: [.customShort("T"), .long], help: "Type (default: filesystem).")
    var type: String?

    @Option(name: [.customShort("C"), .long], help: "Compression that the data has already (default: none).")
    var compression: String?

    @Option(
        name: [.customShort("a"), .long], help: "Load address, hexadecimal (default: 0).",
        transform: UImageWrap.address)
    var load: UInt32?

    @Option(
        name: [.customShort("e"), .long], help: "Entry point, hexadecimal (default: the load address).",
        transform: UImageWrap.address)
    var entry: UInt32?

    @Option(name: [.customShort("n"), .long], help: "Name, up to 32 bytes; a longer one is refused.")
    var name: String?

    @Option(help: "Time in seconds since 1970.")
    var time: UInt32?

    @Option(
        help: ArgumentHelp(
            "Take over all fields of the uImage in OLD, its time too, where no other option sets them.",
            valueName: "old"), completion: .file())
    var like: String?

    @Argument(help: "The image to write.", completion: .file())
    var image: String

    @OptionGroup var forcing: ForceArguments

    @OptionGroup var output: OutputArguments

    func run() throws {
        let place = try Destination(output: image, replacing: forcing.replacing, inputs: data + [like])
        let header = try header()
        let files = try paths(header).map { path in
            let file = try FileBytes(path: path)
            guard file.count > 0 else { throw Failure("\(path): the file is empty") }
            return ByteRegion(file)
        }
        let result = try place.open(isReadable: true)
        let written = try UImageBuilder(header: header, files: files).write { (bytes: RawSpan) throws(FileError) in
            try result.write(bytes)
        }
        do {
            _ = try written.get()
        } catch {
            let remedy = if case .severalFiles = error { " (-T multi)" } else { "" }
            throw Failure("\(image): \(error)\(remedy)")
        }
        var check: FirmwareImage.UImage?
        try place.saving { () throws(SaveError) in
            try VerifiedOutput(result).compare { written in
                check = written.withBytes { FirmwareImage.UImage(reading: $0, at: 0) }
                return check?.faults.isEmpty == true ? [] : ["its header does not fit its data"]
            }
        }
        guard let check else { throw Failure("\(image): could not be read back") }
        if place.isStandardOutput {
        } else if output.json {
            try JSON.print("images", list: [UImageDescription(check)])
        } else if !output.quiet {
            UImageDescription.lines(check).forEach(StandardStreams.print)
        }
        try StandardStreams.commit([result])
    }

    /// One path for each -d; with a table of sizes, a list with colons is taken apart as mkimage does.
    private func paths(_ header: UImageHeader) -> [String] {
        guard header.hasParts else { return data }
        return data.flatMap { $0.split(separator: ":").map(String.init) }
    }

    private func header() throws -> UImageHeader {
        var header = UImageHeader()
        if let like {
            guard case .legacy(_, let old) = try UImageInput.images(in: InputFile(path: like)) else {
                throw Failure("\(like): it is a FIT image, which has no header of this kind")
            }
            guard let first = old.first, old.count == 1 else {
                throw Failure("\(like): \(old.count) uImages in it; --like wants one")
            }
            header = first.header
        }
        if let architecture { header.architecture = try Self.number(.architecture, text: architecture) }
        if let operatingSystem { header.operatingSystem = try Self.number(.operatingSystem, text: operatingSystem) }
        if let type { header.type = try Self.number(.type, text: type) }
        if let compression { header.compression = try Self.number(.compression, text: compression) }
        if let load { header.loadAddress = load }
        if let point = entry ?? (like == nil ? load : nil) { header.entryPoint = point }
        if let name {
            do {
                try header.setName(Array(name.utf8))
            } catch {
                throw Failure("-n '\(name)': \(error)")
            }
        }
        if let time = try time ?? SourceDate.epoch() {
            header.time = time
        } else if like == nil {
            header.time = paths(header).compactMap(ModificationTime.of).max() ?? 0
        }
        return header
    }

    private static func number(_ field: HeaderField, text: String) throws -> UInt8 {
        do {
            return try field.number(text)
        } catch {
            throw ValidationError(error.description)
        }
    }

    /// An address as mkimage takes it: hexadecimal, with or without 0x.
    static func address(_ text: String) throws -> UInt32 {
        let digits = text.lowercased().hasPrefix("0x") ? text.dropFirst(2) : Substring(text)
        guard digits.allSatisfy(\.isHexDigit), let address = UInt32(digits, radix: 16) else {
            throw ValidationError("'\(text)' is no 32-bit address; write it in hexadecimal, as 80008000")
        }
        return address
    }
}
