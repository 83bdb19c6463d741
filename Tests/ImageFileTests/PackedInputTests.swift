import FirmwareImage
import FlashBytes
import Foundation
import ImageFile
import JFFS2
import TestSupport
import Testing

/// Dumps as people keep them: compressed, in an archive, in both.
@Suite struct PackedInputTests {
    private let directory: URL
    private let image: [UInt8]

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "jffs2-packed-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        image = try SpareAreaTests.testImage("lived-camera-16k.jffs2")
        try write("dump.bin", image)
    }

    private func path(_ name: String) -> String { directory.appending(path: name).path(percentEncoded: false) }

    private func write(_ name: String, _ bytes: some Sequence<UInt8>) throws {
        try Data(bytes).write(to: directory.appending(path: name))
    }

    private func read(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: directory.appending(path: name)))
    }

    /// Packs files of the directory with bsdtar.
    private func pack(_ options: [String], _ files: [String] = ["dump.bin"], into name: String) throws {
        _ = try Program.run("bsdtar", options + ["-cf", path(name)] + files, in: path("")).checked()
    }

    private func open(_ name: String, _ options: InputOptions = InputOptions()) throws -> OpenedImage {
        try ImageOpener.open(path: path(name), options: options)
    }

    private func check(_ opened: OpenedImage) {
        let isEqual = opened.fileSystem.image.withBytes { (try? $0.bytes(in: 0..<$0.byteCount)) == image }
        #expect(isEqual)
        #expect(opened.file.count == image.count)
        #expect(!opened.fileSystem.findings.isDamaged)
    }

    @Test(arguments: [PackedForm.gzip, .bzip2, .xz, .lzma, .lzip, .zstd, .lz4, .compress])
    func eachCompressorIsOpened(form: PackedForm) throws {
        let filter = [PackedForm.gzip: "-z", .bzip2: "-j", .xz: "-J"][form] ?? "--\(form.rawValue)"
        // The name says nothing.
        try pack(["--format=raw", filter], into: "backup.img")
        let size = try read("backup.img").count
        let opened = try open("backup.img")
        #expect(opened.layers == [.packed(form, member: nil, bytes: size)])
        check(opened)
    }

    /// The data of a uImage are what its header says.
    @Test(arguments: [(PackedForm.gzip, UInt8(1)), (.bzip2, 2), (.lzma, 3), (.lz4, 5), (.zstd, 6)])
    func theDataOfACompressedUImageAreOpened(form: PackedForm, number: UInt8) throws {
        let filter = [PackedForm.gzip: "-z", .bzip2: "-j"][form] ?? "--\(form.rawValue)"
        try pack(["--format=raw", filter], into: "data")
        let data = try read("data")
        var header = UImageHeader()
        (header.compression, header.dataSize) = (number, UInt32(data.count))
        header.dataCRC = CRC32.zlib(data.span.bytes)
        header.headerCRC = header.computedHeaderCRC
        try write("uimage", header.bytes + data)
        let opened = try open("uimage")
        guard case .compressedUImage(let wrapper, form)? = opened.layers.first, opened.layers.count == 1 else {
            Issue.record("\(opened.layers)")
            return
        }
        #expect(wrapper.header == header && opened.isPacked)
        check(opened)
        // Behind it other things are: it is a kernel in a flash.
        try write(
            "flash", header.bytes + data + [UInt8](repeating: 0xff, count: 8192 - (64 + data.count) % 8192) + image)
        #expect(try !open("flash").isPacked)
        // Limits hold as for other packed files.
        var options = InputOptions()
        options.largestInput = 4096
        #expect(throws: InputError.self) { try ImageOpener.open(path: path("uimage"), options: options) }
    }

    @Test(arguments: ["newc", "odc"]) func aCpioArchiveIsOpenedAsTheFileInIt(format: String) throws {
        try pack(["--format=\(format)"], into: "dump.cpio")
        let opened = try open("dump.cpio")
        #expect(opened.layers == [.packed(.cpio, member: "dump.bin", bytes: try read("dump.cpio").count)])
        check(opened)
    }

    @Test func anArchiveOfOneFileIsOpenedAsThatFile() throws {
        try FileManager.default.createDirectory(at: directory.appending(path: "sub"), withIntermediateDirectories: true)
        try write("sub/dump.bin", image)
        for (options, form) in [
            (["--format=zip"], PackedForm.zip), (["--format=ustar"], .tar), (["--format=gnutar"], .tar),
        ] {
            try pack(options, ["sub"], into: "archive")
            let size = try read("archive").count
            let opened = try open("archive")
            #expect(opened.layers == [.packed(form, member: "sub/dump.bin", bytes: size)])
            check(opened)
        }
        try pack(["--format=pax", "-z"], into: "archive")
        let opened = try open("archive")
        #expect(opened.layers.count == 2)
        #expect(opened.layers.last?.description.hasPrefix("'dump.bin' of a tar archive (") == true)
        check(opened)
    }

    @Test func anImagePackedTwiceIsOpenedAndLengthCountsItsOwnBytes() throws {
        try pack(["--format=raw", "-J"], into: "dump.bin.xz")
        try pack(["--format=zip"], ["dump.bin.xz"], into: "dump.zip")
        var options = InputOptions()
        check(try open("dump.zip"))
        // The beginning only: what is packed in it is unpacked first.
        options.length = 0x20000
        options.eraseSize = 0x4000
        let part = try open("dump.zip", options)
        #expect(part.file.count == 0x20000)
        #expect(part.layers.count == 2)
    }

    @Test func archiveOfSeveralFilesListsThem() throws {
        try write("notes.txt", Array("hello".utf8))
        for format in ["zip", "ustar"] {
            try pack(["--format=\(format)"], ["notes.txt", "dump.bin"], into: "archive")
            let error = #expect(throws: InputError.self) { _ = try open("archive") }
            #expect(error?.description.contains("2 files in the \(format == "zip" ? "zip" : "tar") archive") == true)
            #expect(error?.description.contains("(notes.txt, dump.bin)") == true)
            var options = InputOptions()
            options.member = "dump.bin"
            check(try open("archive", options))
            options.member = "missing"
            let missing = #expect(throws: InputError.self) { _ = try open("archive", options) }
            #expect(missing?.description.hasSuffix("no file 'missing' in it; it holds notes.txt, dump.bin") == true)
        }
        var options = InputOptions()
        options.member = "dump.bin"
        #expect(throws: InputError.self) { _ = try open("dump.bin", options) }
    }

    @Test func macintoshZipHasOneFile() throws {
        try FileManager.default.createDirectory(
            at: directory.appending(path: "__MACOSX"), withIntermediateDirectories: true)
        try write("__MACOSX/._dump.bin", [1, 2, 3])
        try pack(["--format=zip"], ["dump.bin", "__MACOSX/._dump.bin"], into: "dump.zip")
        check(try open("dump.zip"))
    }

    @Test(arguments: ["--gzip", "--bzip2", "--xz", "--zstd", "--lz4"])
    func aCutPackedImageIsReadAsFarAsItGoesAndIsDamaged(filter: String) throws {
        try pack(["--format=raw", filter], into: "dump")
        let whole = try read("dump")
        for part in [whole.count - 1, whole.count * 3 / 4] {
            try write("cut", whole[..<part])
            // A form with large blocks may give nothing at all.
            guard let opened = try? open("cut") else { continue }
            #expect(opened.fileSystem.findings.isDamaged)
            #expect(opened.fileSystem.findings.counts[.inputDamaged] == 1)
            #expect(opened.file.withBytes { (try? $0.bytes(in: 0..<$0.byteCount)) == Array(image[..<$0.byteCount]) })
        }
        try write("cut", whole[..<20])
        let error = #expect(throws: InputError.self) { _ = try open("cut") }
        #expect(error?.description.contains("damaged") == true)
    }

    /// To the last byte that is there, as the compressor's own program does.
    @Test(arguments: [
        ["--format=raw", "-z"], ["--format=raw", "-J"], ["--format=raw", "--lzma"], ["--format=zip"],
        ["--format=ustar"],
    ])
    func aCutPackedFileGivesEveryByteThatIsThere(options: [String]) throws {
        var random = LinearCongruence(state: 1)
        let noise = random.bytes(150_000)
        try write("dump.bin", noise)
        try pack(options, into: "dump")
        let whole = try read("dump")
        for rest in [whole.count / 3, whole.count / 2, whole.count * 4 / 5] {
            try write("cut", whole[..<rest])
            let file = try InputFile(path: path("cut"))
            let bytes = file.bytes.withBytes { (try? $0.bytes(in: 0..<$0.byteCount)) ?? [] }
            #expect(bytes == Array(noise[..<bytes.count]))
            // Noise cannot be packed: each byte of the file is one of the noise, or nearly.
            #expect(bytes.count > rest * noise.count / whole.count - 600)
            #expect(file.damage?.contains("or cut off behind \(bytes.count)") == true)
            #expect(file.damage?.hasSuffix("the rest is missing; better get the file once more") == true)
        }
    }

    /// What libarchive may hold back of a cut-off file is said.
    @Test func bytesThatMayBeHeldBackOfACutFileAreSaid() throws {
        try pack(["--format=raw", "--zstd"], into: "dump")
        let whole = try read("dump")
        try write("cut", whole[..<(whole.count * 3 / 4)])
        let file = try InputFile(path: path("cut"))
        #expect(file.damage?.contains("up to 192 KiB of which 'zstd -dc' may still get out") == true)
    }

    /// A second stream belongs to the file, zeros between them are padding.
    @Test func anXzFileOfSeveralStreamsIsReadWhole() throws {
        try pack(["--format=raw", "-J"], into: "one")
        let one = try read("one")
        try write("two", one + [0, 0, 0, 0] + one)
        let file = try InputFile(path: path("two"))
        #expect(file.bytes.count == image.count * 2)
        #expect(file.damage == nil)
    }

    /// All bytes come out, but some are not those that were packed: in the data, in the sum or the length behind it.
    @Test(arguments: [-400, -8, -4]) func sumsOfGzipAreChecked(place: Int) throws {
        try pack(["--format=raw", "-z"], into: "dump")
        var bytes = try read("dump")
        bytes[bytes.count + place] ^= 0x10
        try write("wrong", bytes)
        do {
            let opened = try open("wrong")
            #expect(opened.fileSystem.findings.counts[.inputDamaged] == 1)
        } catch {
            #expect("\(error)".contains("gzip data are damaged"))
        }
    }

    /// A kernel without a header in front of the file system.
    @Test(arguments: ["--gzip", "--bzip2", "--xz", "--lzma", "--zstd", "--lz4", "--compress"])
    func aFlashThatBeginsWithCompressedDataIsNotUnpacked(filter: String) throws {
        try write("kernel", (0..<50_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) })
        try pack(["--format=raw", filter], ["kernel"], into: "kernel.packed")
        let kernel = try read("kernel.packed")
        let start = (kernel.count + 0xffff) / 0x10000 * 0x10000
        let flash = kernel + [UInt8](repeating: 0xff, count: start - kernel.count) + image
        try write("flash", flash)
        let opened = try open("flash")
        #expect(opened.range.lowerBound == start)
        #expect(opened.file.count == flash.count)
        #expect(!opened.fileSystem.findings.isDamaged)
        #expect(!opened.isPacked)
    }

    @Test func paddingBehindACompressedFileIsNoDamage() throws {
        try pack(["--format=raw", "-z"], into: "dump")
        for byte in [UInt8(0), 0xff] {
            try write("padded", read("dump") + [UInt8](repeating: byte, count: 100_000))
            check(try open("padded"))
        }
    }

    @Test func theUnpackedSizeIsLimited() throws {
        try write("zeros", [UInt8](repeating: 0, count: 3 << 20))
        for options in [["--format=raw", "-z"], ["--format=raw", "-j"], ["--format=zip"], ["--format=ustar", "-J"]] {
            try pack(options, ["zeros"], into: "bomb")
            var limits = InputFile.Limits()
            limits.largest = 1 << 20
            let error = #expect(throws: InputError.self) { _ = try InputFile(path: path("bomb"), limits: limits) }
            #expect(error?.description.contains("to more than 1 MiB") == true)
            limits.largest = 4 << 20
            limits.enough = 1 << 20
            let file = try InputFile(path: path("bomb"), limits: limits)
            #expect(file.bytes.count == 1 << 20)
        }
        #expect(PackedLimits(packed: 849).largest == 256 << 20)
        #expect(PackedLimits(packed: 16 << 20).largest == 1 << 30)
    }

    @Test func imagesAndShortFilesAreNotTakenForPackedOnes() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: SpareAreaTests.directory.path) {
            let file = try? FileBytes(path: SpareAreaTests.directory.appending(path: name).path)
            #expect(file?.withBytes { PackedForm($0) } == nil, "\(name)")
        }
        for bytes in [[], [0x1f], [0x1f, 0x8b], [0x50, 0x4b], Array("BZh".utf8), [UInt8](repeating: 0, count: 1024)] {
            #expect(PackedForm(bytes.span.bytes) == nil)
        }
    }
}
