import ArgumentParser
import FirmwareImage
import FlashBytes
import ImageFile

/// `jffs2 uimage`
struct UImageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "uimage",
        abstract: "Wrap files into U-Boot legacy images, take them out again, and check both CRCs.",
        discussion: """
            The 64-byte header is the one that mkimage writes and that U-Boot's iminfo checks. Images are found \
            anywhere in a file, also several of them, and also with 0xFF or other bytes behind. FIT images are listed, \
            checked and unwrapped as well, but not written.
            """,
        subcommands: [UImageWrap.self, UImageUnwrap.self, UImageInfo.self, UImageVerify.self])
}

/// A file with uImages in it.
struct UImageInput: ParsableArguments {
    @Argument(
        help: "The file that holds one or more uImages, compressed or not; - is standard input.", completion: .file())
    var image: String

    @OptionGroup var reading: ReadingArguments

    /// The file as it is called in messages.
    var name: String { image == "-" ? "standard input" : image }

    /// What is in a file.
    enum Found {
        /// Legacy images; at least one.
        case legacy(FileBytes, [FirmwareImage.UImage])
        /// No legacy image, but a FIT image.
        case flattened(FlattenedImageFile)
    }

    /// Reads the file and finds the images.
    func open() throws -> Found { try Self.images(in: reading.open(image)) }

    /// Finds the images in a file.
    static func images(in input: InputFile) throws -> Found {
        let (file, image) = (input.bytes, input.name)
        guard file.count > 0 else { throw Failure("\(image): the file is empty") }
        // A FIT image may have legacy images in it, which are its members' business.
        let magic = file.withBytes { try? $0.uint32(at: 0, .big) }
        if magic == 0xd00d_feed, let image = FlattenedImageFile(file, path: image) { return .flattened(image) }
        let found = file.withBytes { FirmwareImage.UImage.all(in: $0) }
        guard !found.isEmpty else {
            if let image = FlattenedImageFile(file, path: image) { return .flattened(image) }
            let isShort = file.count < UImageHeader.size
            throw Failure(
                "\(image): no uImage in it: "
                    + (isShort ? "\(file.count) bytes hold no header of 64" : "no valid header"))
        }
        return .legacy(file, found)
    }
}

/// A uImage for `--json`.
struct UImageDescription: Encodable {
    struct Part: Encodable {
        var offset: Int
        var size: Int
    }

    var offset: Int
    var size: Int
    var name: String
    var time: UInt32
    var dataSize: UInt32
    var loadAddress: UInt32
    var entryPoint: UInt32
    var operatingSystem: String
    var operatingSystemNumber: UInt8
    var architecture: String
    var architectureNumber: UInt8
    var imageType: String
    var imageTypeNumber: UInt8
    var compression: String
    var compressionNumber: UInt8
    var headerCRC: UInt32
    var headerCRCHolds: Bool
    var dataCRC: UInt32
    var dataCRCHolds: Bool
    var parts: [Part]
    var faults: [String]

    init(_ image: FirmwareImage.UImage) {
        let header = image.header
        offset = image.offset
        size = image.range.count
        name = String(decoding: header.name, as: UTF8.self)
        time = header.time
        dataSize = header.dataSize
        loadAddress = header.loadAddress
        entryPoint = header.entryPoint
        operatingSystem = HeaderField.operatingSystem.name(header.operatingSystem)
        operatingSystemNumber = header.operatingSystem
        architecture = HeaderField.architecture.name(header.architecture)
        architectureNumber = header.architecture
        imageType = HeaderField.type.name(header.type)
        imageTypeNumber = header.type
        compression = HeaderField.compression.name(header.compression)
        compressionNumber = header.compression
        headerCRC = header.headerCRC
        headerCRCHolds = header.isIntact
        dataCRC = header.dataCRC
        dataCRCHolds = image.dataIsIntact
        parts = image.parts.map { Part(offset: $0.lowerBound, size: $0.count) }
        faults = image.faults
    }

    /// The fields under the names and in the form in which mkimage -l shows them, times in UTC, then the sums.
    static func lines(_ image: FirmwareImage.UImage) -> [String] {
        let header = image.header
        return fields(image, time: ClassicTime.text) + [
            "Header CRC:   \(hexadecimalDigits(header.headerCRC)) \(header.isIntact ? "ok" : "WRONG")",
            "Data CRC:     \(hexadecimalDigits(header.dataCRC)) \(image.dataIsIntact ? "ok" : "WRONG")",
        ]
    }

    /// The lines of mkimage -l, the name first.
    static func fields(_ image: FirmwareImage.UImage, time: (Int64) -> String) -> [String] {
        let header = image.header
        let kind =
            "\(HeaderField.architecture.title(header.architecture)) "
            + "\(HeaderField.operatingSystem.title(header.operatingSystem)) \(HeaderField.type.title(header.type)) "
            + "(\(HeaderField.compression.title(header.compression)))"
        var lines = [
            "Image Name:   \(Printable.text(header.name))",
            "Created:      \(time(Int64(header.time)))",
            "Image Type:   \(kind)",
            "Data Size:    \(amount(Int(header.dataSize)))",
            "Load Address: \(hexadecimalDigits(header.loadAddress))",
            "Entry Point:  \(hexadecimalDigits(header.entryPoint))",
        ]
        if header.hasParts { lines.append("Contents:") }
        for (index, part) in image.parts.enumerated() {
            lines.append("   Image \(index): \(amount(part.count))")
        }
        return lines
    }

    /// `2833 Bytes = 2.77 KiB = 0.00 MiB`
    private static func amount(_ size: Int) -> String {
        "\(size) Bytes = \(hundredths(size, unit: 1 << 10)) KiB = \(hundredths(size, unit: 1 << 20)) MiB"
    }

    /// Two decimals, rounded to the nearest, a half to even, as printf does.
    private static func hundredths(_ size: Int, unit: Int) -> String {
        let (whole, rest) = (size * 100).quotientAndRemainder(dividingBy: unit)
        let up = rest * 2 > unit || rest * 2 == unit && whole % 2 == 1
        let value = whole + (up ? 1 : 0)
        return "\(value / 100).\(value % 100 < 10 ? "0" : "")\(value % 100)"
    }
}

/// Times as `ctime` writes them.
enum ClassicTime {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `Sat Nov 21 04:12:40 2026`, UTC.
    static func text(_ seconds: Int64) -> String {
        let plain = Listing.time(seconds)
        let parts = plain.split { "- :".contains($0) }
        guard parts.count >= 5, let month = Int(parts[1]), let day = Int(parts[2]), (1...12).contains(month) else {
            return plain
        }
        // Before 1970 as well: remainders are counted upwards.
        let second = (seconds % 60 + 60) % 60
        let day1970 = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let weekday = days[Int((day1970 % 7 + 7) % 7)]
        return "\(weekday) \(months[month - 1]) \(day < 10 ? " " : "")\(day) \(parts[3]):\(parts[4]):"
            + "\(second < 10 ? "0" : "")\(second) \(parts[0])"
    }
}
