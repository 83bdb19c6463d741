import FileTree
import FirmwareImage
import FlashBytes
import Foundation
import ImageFile
import JFFS2
import Testing

/// What `doctor` says, one fault at a time.
@Suite struct DiagnosisTests {
    private func file(_ bytes: [UInt8]) throws -> InputFile { try Diagnosed.file(bytes) }

    private func kinds(_ bytes: [UInt8], options: InputOptions = InputOptions()) throws -> [Diagnosis.Kind] {
        try Diagnosed.kinds(bytes, options: options)
    }

    private func noise(_ count: Int, seed: UInt64 = 9) -> [UInt8] { Diagnosed.noise(count, seed: seed) }

    // MARK: - Sound ones

    @Test(arguments: ByteOrder.allCases, [true, false])
    func aSoundImageIsHealthy(_ order: ByteOrder, hasCleanmarkers: Bool) throws {
        let image = WrittenInOneGo(order, hasCleanmarkers: hasCleanmarkers).bytes
        #expect(try kinds(image) == [.healthy])
        let end = image.endIndex - image.reversed().prefix { $0 == 0xff }.count
        #expect(try kinds(Array(image[..<((end + 3) & ~3)])) == [.healthy])
    }

    /// A kernel puts blocks in any order, and takes nodes away.
    @Test func aFlashThatAKernelHasUsedIsHealthy() throws {
        var flash = SimulatedFlash(eraseSize: 16384, pageSize: 512)
        flash.writeFiles(60, flushingEach: 7)
        flash.erase(blocks: 3)
        #expect(try kinds(flash.bytes) == [.healthy])
        let half = flash.bytes.count / 16384 / 2 * 16384
        let found = try kinds(Array(flash.bytes[half...] + flash.bytes[..<half]))
        #expect(found.contains(.healthy), "\(found)")
    }

    // MARK: - All cases by name

    @Test(arguments: NamedCase.all) func theFirstDiagnosesNameTheCase(_ one: NamedCase) throws {
        let words = try kinds(one.bytes()).map(\.word)
        #expect(words.contains(one.word), "\(words)")
        #expect(!words.contains("healthy"))
    }

    @Test func theCasesHaveNamesOfTheirOwn() {
        #expect(NamedCase.all.count >= 35)
        #expect(Set(NamedCase.all.map(\.name)).count == NamedCase.all.count)
    }

    // MARK: - Around it

    @Test func whatLiesInFrontIsSaid() throws {
        let image = WrittenInOneGo().bytes
        #expect(try kinds(noise(0x5000) + image).first == .offset(0x5000))
        #expect(try kinds(noise(8192) + image).contains(.offset(8192)))
        #expect(try kinds(noise(100) + image) == [.header(bytes: 100, name: "vendor")])
        var trx = ByteWriter(.little)
        trx.append(Array("HDR0".utf8))
        for word in [UInt32(28 + image.count), 0, 1 << 16, 28, 0, 0] { trx.uint32(word) }
        #expect(try kinds(trx.bytes + image) == [.header(bytes: 28, name: "TRX")])
    }

    @Test(arguments: [2, 4, 8]) func swappedWordsAreSaid(_ group: Int) throws {
        let image = WrittenInOneGo().bytes
        let swapped = WordSwap.swapped(image.span.bytes, group: group)
        #expect(try kinds(swapped) == [.wordSwapped(group: group)])
    }

    @Test(arguments: [
        ByteTransform(reversesBits: true), ByteTransform(inverts: true),
        ByteTransform(reversesBits: true, inverts: true),
        ByteTransform(reversesBits: true, group: 2), ByteTransform(inverts: true, group: 4),
        ByteTransform(group: 4, unit: 2), ByteTransform(group: 8, unit: 4), ByteTransform(group: 8, unit: 2),
    ])
    func turnedBitsAreSaid(_ transform: ByteTransform) throws {
        for order in ByteOrder.allCases {
            let image = WrittenInOneGo(order).bytes
            let turned = transform.applied(to: image.span.bytes)
            #expect(try kinds(turned) == [.transformed(transform)])
            let back = transform.applied(to: turned.span.bytes)
            #expect(back == image)
        }
    }

    @Test(arguments: [1, 2], ByteOrder.allCases) func oneOfTwoChipsIsSaidAndBothFitTogether(
        _ width: Int, _ order: ByteOrder
    ) throws {
        let image = WrittenInOneGo(order).bytes
        func half(_ isFirst: Bool) -> [UInt8] {
            image.indices.filter { ($0 / width % 2 == 0) == isFirst }.map { image[$0] }
        }
        for isFirst in [true, false] { #expect(try kinds(half(isFirst)) == [.half(width: width, isFirst: isFirst)]) }
        for isFirst in [true, false] {
            let found = Examination.diagnoses(of: try file(half(isFirst)), with: try file(half(!isFirst)))
            #expect(found.map(\.kind) == [.halves(width: width, isFirst: isFirst)])
        }
        let (first, second) = (half(true), half(false))
        let merged = Interleave.merged(first.span.bytes, with: second.span.bytes, width: width)
        #expect(merged == image)
        #expect(Examination.diagnoses(of: try file(image), with: try file(noise(image.count))).isEmpty)
    }

    @Test(arguments: ["512+16", "2048+64", "4096+224"]) func spareAreasAreSaid(_ text: String) throws {
        let area = try #require(SpareArea(text))
        let image = WrittenInOneGo(hasCleanmarkers: false).bytes
        let dump = stride(from: 0, to: image.count, by: area.pageSize).flatMap { start in
            Array(image[start..<min(start + area.pageSize, image.count)])
                + [UInt8](repeating: 0xff, count: area.spareSize)
        }
        #expect(try kinds(dump) == [.spareArea(area)])
    }

    @Test func packedOnesAndSeveralAreSaid() throws {
        let first = WrittenInOneGo().bytes
        let second = WrittenInOneGo(.big, seed: 5).bytes
        let flash = first + [UInt8](repeating: 0xff, count: 8192) + second
        #expect(try kinds(flash) == [.several(2)])
    }

    // MARK: - The device

    @Test func anotherByteOrderAndEraseSizeAreSaid() throws {
        var options = InputOptions()
        options.byteOrder = .little
        options.eraseSize = 8192
        #expect(try kinds(WrittenInOneGo(.little).bytes, options: options) == [.healthy])
        #expect(try kinds(WrittenInOneGo(.big).bytes, options: options) == [.byteOrder(.big, wanted: .little)])
        options.byteOrder = nil
        options.eraseSize = 65536
        #expect(try kinds(WrittenInOneGo().bytes, options: options) == [.eraseSize(8192, wanted: 65536)])
    }

    // MARK: - Inside

    @Test func anEmptiedFileSystemSaysWhatCanBeHad() throws {
        #expect(try kinds(SimulatedFlash.emptied().bytes) == [.emptied(recoverable: 4)])
    }

    /// What `verify` finds is said, also where Linux mounts it without a word.
    @Test(arguments: InsideFault.allCases) func whatVerifyFindsIsNoHealthyImage(_ fault: InsideFault) throws {
        var flash = SimulatedFlash(eraseSize: 8192)
        flash.writeFiles(20, first: 10)
        fault.write(to: &flash)
        flash.erase(blocks: 2)
        let found = Examination.diagnoses(of: try file(flash.bytes))
        #expect(found.map(\.kind) == [.damaged], "\(found.map(\.kind))")
        let texts = found.flatMap(\.evidence).map(\.text)
        #expect(texts.contains { $0.contains(fault.word) }, "\(texts)")
    }

    // MARK: - Transfers

    @Test(arguments: ByteOrder.allCases) func whatATransferAsTextDidIsSaid(_ order: ByteOrder) throws {
        let image = WrittenInOneGo(order).bytes
        #expect(try kinds(image.flatMap { $0 == 0x0a ? [0x0d, 0x0a] : [$0] }) == [.lineEnds])
        let latin = image.flatMap { $0 < 0x80 ? [$0] : [0xc0 | $0 >> 6, 0x80 | $0 & 0x3f] }
        #expect(try kinds(latin) == [.transcoded])
        #expect(try kinds(image.map { $0 & 0x7f }) == [.sevenBits])
        let replaced = Array(String(decoding: image, as: UTF8.self).utf8)
        let found = try kinds(replaced)
        #expect(found.count == 1)
        #expect(found.contains { if case .replacedBytes = $0 { true } else { false } }, "\(found)")
    }

    /// A text with line ends of Windows in a sound image is none.
    @Test func lineEndsInFilesAreNoFault() throws {
        var flash = SimulatedFlash(eraseSize: 8192)
        let text = Array(String(repeating: "one line\r\n", count: 60).utf8)
        for number in UInt32(2)..<40 {
            flash.write(SimulatedFlash.dirent("f\(number)", version: number, inode: InodeNumber(rawValue: number)))
            flash.write(SimulatedFlash.inode(InodeNumber(rawValue: number), data: text))
        }
        flash.erase(blocks: 2)
        #expect(try !kinds(flash.bytes).contains(.lineEnds))
    }

    @Test(
        arguments: [[0x5a], [0x12, 0x34], [1, 2, 3, 4], Array("a longer key of 27 bytes...".utf8)] as [[UInt8]],
        ByteOrder.allCases)
    func aKeyIsFound(_ key: [UInt8], order: ByteOrder) throws {
        let erased = [UInt8](repeating: 0xff, count: 65536)
        for image in [WrittenInOneGo(order).bytes, WrittenInOneGo(order).bytes + erased] {
            // Without erased space, only what headers have in common tells a key.
            if key.count > 4, !image.suffix(8192).allSatisfy({ $0 == 0xff }) { continue }
            let keyed = image.enumerated().map { $0.element ^ key[$0.offset % key.count] }
            #expect(try kinds(keyed) == [.keyed(key)])
        }
    }

    @Test func somethingPackedBehindNoiseIsSaid() throws {
        // `printf 'a line of text\n%.0s' $(seq 200) | gzip -9n`, behind a line of a terminal.
        let packed = try #require(Data(base64Encoded: Self.packedText))
        #expect(try kinds(noise(333) + packed).first == .foreign(word: "gzip", at: 333))
        #expect(try kinds(Array("## Starting dump\r\n".utf8) + packed).first == .foreign(word: "gzip", at: 18))
    }

    private static let packedText = "H4sIAAAAAAACA0tUyMnMS1XIT1MoSa0o4Uoc5Y5yR7mj3FHuKHeUO8od5Y5yR7mDjwsAzbbGMLgLAAA="

    // MARK: - What it is instead

    @Test func blankOnesAreSaid() throws {
        #expect(try kinds([]) == [.empty])
        #expect(try kinds([UInt8](repeating: 0xff, count: 70_000)) == [.blank(0xff)])
        #expect(try kinds([UInt8](repeating: 0, count: 70_000)) == [.blank(0)])
        var nearly = [UInt8](repeating: 0xff, count: 70_000)
        nearly[9000] = 0x7f
        #expect(try kinds(nearly) == [.nearlyBlank(stray: 1)])
    }

    @Test func randomBytesAreEncrypted() throws {
        #expect(try kinds(noise(300_000)) == [.random(isRepeating: false)])
        let repeated = noise(16, seed: 3)
        var blocks: [UInt8] = []
        for index in 0..<20_000 { blocks += index % 7 == 0 ? repeated : noise(16, seed: UInt64(index + 50)) }
        #expect(try kinds(blocks) == [.random(isRepeating: true)])
    }

    @Test func aTextIsNoDump() throws {
        #expect(
            try kinds(Array(String(repeating: "82000000: 19 85 e0 01    ....\n", count: 99).utf8)) == [.text(tables: 0)]
        )
    }

    @Test(arguments: DiagnosisFormats.all) func anotherFormatIsNamed(_ format: (word: String, start: [UInt8])) throws {
        let bytes = format.start + [UInt8](repeating: 0x41, count: 9000)
        let found = try kinds(bytes)
        #expect(found.first == .foreign(word: format.word, at: 0), "\(found)")
        // The short form that other commands say.
        let error = #expect(throws: InputError.self) { try ImageOpener.open(FileBytes(bytes), path: "x") }
        #expect(error?.description.contains("x: no JFFS2 in it: it ") == true)
    }

    @Test func theEndMarkOfOpenWrtIsFoundAtABlock() throws {
        var bytes = [UInt8](repeating: 0x41, count: 0x20000)
        bytes.replaceSubrange(0x10000..<0x10004, with: [0xde, 0xad, 0xc0, 0xde])
        bytes[5] = 0
        bytes.replaceSubrange(100..<8000, with: (100..<8000).map { UInt8(truncatingIfNeeded: $0 &* $0) })
        #expect(try kinds(bytes).contains(.foreign(word: "deadc0de", at: 0x10000)))
    }

    // MARK: - Hostile ones

    /// Any bytes get an answer.
    @Test func anyDamageGetsADiagnosis() throws {
        let image = WrittenInOneGo(files: 8).bytes
        var flash = SimulatedFlash(eraseSize: 8192, seed: 77)
        for _ in 0..<60 {
            var bytes = image
            for _ in 0..<flash.number(below: 40) {
                bytes[flash.number(below: bytes.count)] = UInt8(flash.number(below: 256))
            }
            let start = flash.number(below: 9000)
            let end = start + 1 + flash.number(below: bytes.count - start)
            #expect(try !kinds(Array(bytes[start..<min(end, bytes.count)])).isEmpty)
        }
    }
}
