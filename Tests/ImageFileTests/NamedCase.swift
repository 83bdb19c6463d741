import FileTree
import FirmwareImage
import FlashBytes
import ImageFile
import JFFS2

/// A file that does not mount as it is, and the word of the diagnosis that says why.
struct NamedCase: Sendable, CustomStringConvertible {
    /// What was done to it.
    let name: String
    /// See `Diagnosis.Kind.word`.
    let word: String
    let bytes: @Sendable () -> [UInt8]

    var description: String { name }

    private init(_ name: String, _ word: String, bytes: @escaping @Sendable () -> [UInt8]) {
        (self.name, self.word, self.bytes) = (name, word, bytes)
    }

    static let all = around + turned + blocks + transfers + others

    private static func noise(_ count: Int) -> [UInt8] {
        var flash = SimulatedFlash(eraseSize: 8192, seed: 9)
        return flash.noise(count)
    }

    private static func image() -> [UInt8] { WrittenInOneGo().bytes }

    private static func blocks(_ change: (inout [[UInt8]]) -> Void) -> [UInt8] {
        var blocks = WrittenInOneGo().blocks
        change(&blocks)
        return blocks.flatMap(\.self)
    }

    private static let around: [NamedCase] = [
        NamedCase("noise in front", "offset") { noise(0x5000) + image() },
        NamedCase("a vendor's header", "header") { noise(100) + image() },
        NamedCase("a uImage whose header is damaged", "header") {
            var header = UImageHeader()
            header.dataSize = UInt32(image().count)
            header.headerCRC = header.computedHeaderCRC ^ 1
            return header.bytes + image()
        },
        NamedCase("two file systems", "several") {
            image() + [UInt8](repeating: 0xff, count: 8192) + WrittenInOneGo(.big, seed: 5).bytes
        },
        NamedCase("spare areas of 2048+64", "spareArea") { withSpareAreas(page: 2048, spare: 64) },
        NamedCase("spare areas of 512+16", "spareArea") { withSpareAreas(page: 512, spare: 16) },
    ]

    private static func withSpareAreas(page: Int, spare: Int) -> [UInt8] {
        let image = WrittenInOneGo(hasCleanmarkers: false).bytes
        return stride(from: 0, to: image.count, by: page).flatMap { start in
            Array(image[start..<min(start + page, image.count)]) + [UInt8](repeating: 0xff, count: spare)
        }
    }

    private static let turned: [NamedCase] =
        [2, 4, 8].map { group in
            NamedCase("bytes reversed in groups of \(group)", "wordSwapped") {
                let image = Self.image()
                return WordSwap.swapped(image.span.bytes, group: group)
            }
        } + [
            NamedCase("bits in reverse order", "bitReversed") {
                let image = Self.image()
                return ByteTransform(reversesBits: true).applied(to: image.span.bytes)
            },
            NamedCase("bits inverted", "inverted") { image().map { ~$0 } },
            NamedCase("the first of two 8-bit chips", "interleavedHalf") {
                image().enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
            },
            NamedCase("the second of two 16-bit chips", "interleavedHalf") {
                image().enumerated().filter { $0.offset / 2 % 2 == 1 }.map(\.element)
            },
            NamedCase("a key of one byte", "keyed") { image().map { $0 ^ 0x5a } },
            NamedCase("a key of four bytes", "keyed") {
                image().enumerated().map { $0.element ^ [0x13, 0x57, 0x9b, 0xdf][$0.offset % 4] }
            },
        ]

    private static let blocks: [NamedCase] = [
        NamedCase("a block is missing", "blockMissing") { blocks { $0.remove(at: 4) } },
        NamedCase("the first block is missing", "beginsLate") { blocks { $0.removeFirst() } },
        NamedCase("a block is there twice", "blockTwice") { blocks { $0.insert($0[4], at: 4) } },
        NamedCase("two blocks changed places", "reordered") { blocks { $0.swapAt(3, 4) } },
        NamedCase("a block is zeroed", "blocksOverwritten") {
            blocks { $0[4] = [UInt8](repeating: 0, count: WrittenInOneGo.eraseSize) }
        },
        NamedCase("a block is erased", "blocksOverwritten") {
            blocks { $0[4] = [UInt8](repeating: 0xff, count: WrittenInOneGo.eraseSize) }
        },
        NamedCase("the end is missing", "cutShort") {
            let image = Self.image()
            return Array(image[..<(image.count / 2 + 1234)])
        },
        NamedCase("bytes are missing in the middle", "shifted") {
            let image = WrittenInOneGo(files: 60).bytes
            return Array(image[..<(5 * 8192 + 100)] + image[(5 * 8192 + 200)...])
        },
        NamedCase("a byte too many in the middle", "shifted") {
            let image = WrittenInOneGo(files: 60).bytes
            return Array(image[..<(5 * 8192 + 100)]) + [0x58] + Array(image[(5 * 8192 + 100)...])
        },
        NamedCase("the end in front of the beginning", "rotated") {
            let image = Self.image()
            return Array(image[11_000...] + image[..<11_000])
        },
        NamedCase("bytes are missing in the first block", "shifted") {
            let image = WrittenInOneGo(files: 60).bytes
            return Array(image[..<5000] + image[5004...])
        },
        NamedCase("bytes are missing in the first block, without cleanmarkers", "shifted") {
            let image = WrittenInOneGo(hasCleanmarkers: false, files: 60).bytes
            return Array(image[..<5000] + image[5004...])
        },
        NamedCase("the first page of a block is erased", "blocksHidden") {
            blocks { $0[0].replaceSubrange(0..<2048, with: [UInt8](repeating: 0xff, count: 2048)) }
        },
        NamedCase("the first bytes of a block are missing", "beginsInside") { Array(image()[11_000...]) },
        NamedCase("the second half inverted", "partTurned") {
            let image = Self.image()
            return Array(image[..<32_768]) + image[32_768...].map { ~$0 }
        },
        NamedCase("the first half swapped", "partTurned") {
            let image = Self.image()
            return WordSwap.swapped(Array(image[..<32_768]).span.bytes, group: 4) + Array(image[32_768...])
        },
        NamedCase("fewer than five blocks", "tooFewBlocks") { WrittenInOneGo(files: 4).bytes },
        NamedCase("all files deleted", "emptied") { SimulatedFlash.emptied().bytes },
    ]

    private static let transfers: [NamedCase] = [
        NamedCase("line ends translated", "lineEnds") { image().flatMap { $0 == 0x0a ? [0x0d, 0x0a] : [$0] } },
        NamedCase("Latin-1 as UTF-8", "transcoded") {
            image().flatMap { $0 < 0x80 ? [$0] : [0xc0 | $0 >> 6, 0x80 | $0 & 0x3f] }
        },
        NamedCase("what is no UTF-8 replaced", "replacedBytes") {
            Array(String(decoding: image(), as: UTF8.self).utf8)
        },
        NamedCase("a line with XON and XOFF", "droppedBytes") {
            WrittenInOneGo(files: 60).bytes.filter { $0 != 0x11 && $0 != 0x13 }
        },
        NamedCase("each CR taken out", "droppedBytes") { WrittenInOneGo(files: 60).bytes.filter { $0 != 0x0d } },
        NamedCase("line ends translated back", "droppedBytes") {
            let image = WrittenInOneGo(files: 400).bytes
            return image.indices.filter { image[$0] != 0x0d || $0 + 1 == image.count || image[$0 + 1] != 0x0a }.map {
                image[$0]
            }
        },
        NamedCase("a line of seven bits", "sevenBits") { image().map { $0 & 0x7f } },
        NamedCase("all zeros taken out", "zerosStripped") { image().filter { $0 != 0 } },
        NamedCase("the last byte first", "reversed") { image().reversed() },
        NamedCase("the halves of bytes exchanged", "nibblesSwapped") { image().map { $0 << 4 | $0 >> 4 } },
        NamedCase("headers with wrong sums", "brokenHeaders") { WrittenInOneGo().changingHeaders { $0[8] ^= 1 } },
        NamedCase("headers without magic numbers", "brokenHeaders") {
            WrittenInOneGo().changingHeaders { ($0[0], $0[1]) = (0, 0) }
        },
        NamedCase("characters of UTF-16", "wideCharacters") { [0xff, 0xfe] + image().flatMap { [$0, 0] } },
    ]

    private static let others: [NamedCase] =
        [
            NamedCase("no byte", "empty") { [] },
            NamedCase("erased", "blank") { [UInt8](repeating: 0xff, count: 70_000) },
            NamedCase("zeros", "blank") { [UInt8](repeating: 0, count: 70_000) },
            NamedCase("erased but for a byte", "nearlyBlank") {
                [UInt8](repeating: 0xff, count: 9000) + [0x7f] + [UInt8](repeating: 0xff, count: 60_000)
            },
            NamedCase("encrypted", "random") { noise(300_000) },
            NamedCase("a log", "text") {
                Array(String(repeating: "82000000: 19 85 e0 01    ....\n", count: 99).utf8)
            },
        ]
        + DiagnosisFormats.all.map { format in
            NamedCase("\(format.word) instead", "foreign") { format.start + [UInt8](repeating: 0x41, count: 9000) }
        }
}
