package import FirmwareImage
package import FlashBytes

/// What a file that does not mount, unpack or boot most probably is, and why.
package struct Diagnosis: Sendable, Hashable {
    /// What it is.
    package enum Kind: Sendable, Hashable {
        /// A file system that mounts as it is.
        case healthy
        /// No byte in it.
        case empty
        /// Nothing but this byte, or next to nothing: 0xFF for erased flash.
        case blank(UInt8)
        /// Erased but for so many bytes.
        case nearlyBlank(stray: Int)
        /// Compressed, or in an archive.
        case packed(PackedForm, member: String?)
        /// An archive of several files.
        case archive(PackedForm, members: [String])
        /// The file system begins later (bytes).
        case offset(Int)
        /// Behind a header of so many bytes: a TRX, or a vendor's own.
        case header(bytes: Int, name: String)
        /// In a U-Boot image.
        case container(String)
        /// The bytes of each group are reversed.
        case wordSwapped(group: Int)
        /// The chip was wired or read in another way.
        case transformed(ByteTransform)
        /// What one of two chips on one bus holds: `width` bytes of each word, the first ones or not.
        case half(width: Int, isFirst: Bool)
        /// Two files are the two chips; with `isFirst` the first file has the first bytes of each word.
        case halves(width: Int, isFirst: Bool)
        /// A short key was added to all bytes, over and over (XOR), from the first byte of the file on.
        case keyed([UInt8])
        /// A CR was put in front of each LF.
        case lineEnds
        /// Each byte from 0x80 on became two: Latin-1 as UTF-8.
        case transcoded
        /// What is no UTF-8 was replaced by U+FFFD, so many times.
        case replacedBytes(Int)
        /// The highest bit of each byte was cleared.
        case sevenBits
        /// Bytes of some values were taken out.
        case droppedBytes
        /// Each byte is a character of UTF-16.
        case wideCharacters(WideText)
        /// All zero bytes were taken out.
        case zerosStripped
        /// The last byte, or the last bit, stands first.
        case reversed(bits: Bool)
        /// The halves of all bytes changed places.
        case nibblesSwapped
        /// Node headers with another magic number, or wrong sums.
        case brokenHeaders(BrokenHeaders)
        /// A NAND dump with the spare areas in it.
        case spareArea(SpareArea)
        /// Of another byte order than the device.
        case byteOrder(ByteOrder, wanted: ByteOrder)
        /// Nodes of both byte orders; most of this one.
        case mixedByteOrders(ByteOrder)
        /// Of another erase size than the device (bytes).
        case eraseSize(Int, wanted: Int)
        /// Made for smaller erase blocks than those of the flash on which it was used (bytes).
        case smallBlocks(Int, flash: Int)
        /// Bytes are missing, or too many, in the middle: all blocks behind stand elsewhere.
        case shifted([Splice])
        /// The end stands in front of the beginning, which is at this place (bytes).
        case rotated(by: Int)
        /// It begins inside of an erase block, so many bytes behind its start.
        case beginsInside(missing: Int)
        /// A part of it has its bits or bytes turned round (bytes of the file).
        case partTurned(Range<Int>, ByteTransform)
        /// The end is missing.
        case cutShort
        /// Erase blocks are missing; in front of which places that can be told (bytes), and whether files lost their names.
        case blockMissing(before: [Int], isNameless: Bool)
        /// Erase blocks between others hold nothing but this byte, where nodes were; where they begin (bytes).
        case blocksOverwritten(at: [Int], UInt8)
        /// Erase blocks that begin with erased bytes, and have nodes behind them; where they begin (bytes).
        case blocksHidden(at: [Int])
        /// The first blocks are missing; whether files lost their names.
        case beginsLate(isNameless: Bool)
        /// Pairs of erase blocks that are the same (bytes).
        case blockTwice([Pair])
        /// Erase blocks are in another order than they were written in; where it breaks (bytes).
        case reordered(at: [Int])
        /// As random as nothing but encrypted or compressed data is.
        case random(isRepeating: Bool)
        /// A text: a log of a terminal, perhaps.
        case text(tables: Int)
        /// A text of nothing but hexadecimal words.
        case numbers(NumberDump)
        /// A file system whose files were all deleted; so many of them can be had.
        case emptied(recoverable: Int)
        /// Several file systems.
        case several(Int)
        /// Another file system or format, at a place (bytes).
        case foreign(word: String, at: Int)
        /// So few erase blocks that Linux does not mount it as it is; it has this size (bytes).
        case tooFewBlocks(Int, eraseSize: Int)
        /// Linux does not mount it.
        case refused
        /// Nodes are damaged, or things are lost.
        case damaged
        /// Nothing that is known.
        case unknown
    }

    /// Two places (bytes).
    package struct Pair: Sendable, Hashable {
        /// The one that comes first.
        package var first: Int
        /// The other one.
        package var second: Int

        /// Two places (bytes).
        package init(first: Int, second: Int) { (self.first, self.second) = (first, second) }
    }

    /// A sentence that speaks for it, or against it; without capital and full stop.
    package struct Evidence: Sendable, Hashable {
        /// The sentence.
        package var text: String
        /// Whether it speaks for it.
        package var isFor: Bool
    }

    /// What it is.
    package let kind: Kind
    /// What it is in words: a sentence without capital and full stop.
    package let text: String
    /// What speaks for it and against it.
    package let evidence: [Evidence]
    /// Which of several file systems it is about, from 1; nil where there is only one.
    package internal(set) var number: Int?
    /// Whether nothing is wrong.
    package var isHealthy: Bool { kind == .healthy }

    init(_ kind: Kind, text: String, for reasons: [String] = [], against doubts: [String] = []) {
        self.kind = kind
        self.text = text
        evidence =
            reasons.map { Evidence(text: $0, isFor: true) } + doubts.map { Evidence(text: $0, isFor: false) }
    }
}

extension Diagnosis.Kind {
    /// A word for `--json`.
    package var word: String {
        switch self {
        case .healthy: "healthy"
        case .empty: "empty"
        case .blank: "blank"
        case .nearlyBlank: "nearlyBlank"
        case .packed: "packed"
        case .archive: "archive"
        case .offset: "offset"
        case .header: "header"
        case .container: "container"
        case .wordSwapped: "wordSwapped"
        case .transformed(let transform):
            transform.inverts ? "inverted" : transform.reversesBits ? "bitReversed" : "partsSwapped"
        case .half: "interleavedHalf"
        case .halves: "interleavedHalves"
        case .keyed: "keyed"
        case .lineEnds: "lineEnds"
        case .transcoded: "transcoded"
        case .replacedBytes: "replacedBytes"
        case .sevenBits: "sevenBits"
        case .droppedBytes: "droppedBytes"
        case .wideCharacters: "wideCharacters"
        case .zerosStripped: "zerosStripped"
        case .reversed: "reversed"
        case .nibblesSwapped: "nibblesSwapped"
        case .brokenHeaders: "brokenHeaders"
        case .spareArea: "spareArea"
        case .byteOrder: "byteOrder"
        case .mixedByteOrders: "mixedByteOrders"
        case .eraseSize: "eraseSize"
        case .smallBlocks: "smallBlocks"
        case .shifted: "shifted"
        case .rotated: "rotated"
        case .beginsInside: "beginsInside"
        case .partTurned: "partTurned"
        case .cutShort: "cutShort"
        case .blockMissing: "blockMissing"
        case .blocksOverwritten: "blocksOverwritten"
        case .blocksHidden: "blocksHidden"
        case .beginsLate: "beginsLate"
        case .blockTwice: "blockTwice"
        case .reordered: "reordered"
        case .random: "random"
        case .text: "text"
        case .numbers: "numbers"
        case .emptied: "emptied"
        case .several: "several"
        case .foreign: "foreign"
        case .tooFewBlocks: "tooFewBlocks"
        case .refused: "refused"
        case .damaged: "damaged"
        case .unknown: "unknown"
        }
    }
}
