import FileTree
import FirmwareImage
import FlashBytes
import JFFS2

/// What a file without a file system of ours is instead.
enum ForeignExamination {
    /// The most probable first; at least one.
    ///
    /// - Parameter isThorough: whether all of the file is searched, however long it takes.
    static func diagnoses(_ region: ByteRegion, options: InputOptions, isThorough: Bool = true) -> [Diagnosis] {
        region.withBytes { bytes in
            if let blank = BlankFile.diagnosis(bytes) { return [blank] }
            var found = structures(bytes)
            if found.isEmpty, let zeroed = BlankFile.zeroed(bytes) { return [zeroed] }
            let plain = found.isEmpty ? PlainText(bytes) : nil
            // What is a text from its first to its last line is not scrambled.
            if let plain, !plain.isNoisy { return [NumberDump(plain.bytes)?.diagnosis ?? text(plain)] }
            if found.isEmpty, let stream = UnmarkedStream.diagnosis(bytes, isThorough: isThorough) { return [stream] }
            if found.isEmpty, isThorough, let keyed = keyed(bytes) { return [keyed] }
            if let plain { return [text(plain)] }
            if found.isEmpty, let turned = turned(bytes, isThorough: isThorough) { return [turned] }
            if found.isEmpty, let turned = WholeTurn.diagnosis(bytes, isThorough: isThorough) { return [turned] }
            if found.isEmpty, isThorough, let packed = packedLater(bytes) { return [packed] }
            if found.isEmpty, let random = random(bytes) { found.append(random) }
            return found.isEmpty ? [unknown(bytes)] : found
        }
    }

    /// Why there is no file system, in one line.
    static func hint(_ region: ByteRegion, options: InputOptions) -> String {
        if let order = options.byteOrder {
            let count = region.withBytes { NodeCensus($0, byteOrder: order.opposite).sightings.count }
            if count > 0 { return "it is \(order.opposite): so are \(count) node headers, and none is \(order)" }
        }
        let found = diagnoses(region, options: options, isThorough: false)
        let others = found.count > 1 ? " and \(found.count - 1) more" : ""
        return (found.first?.text ?? "nothing is known of it") + others
    }

    // MARK: - Other formats

    private static func structures(_ bytes: RawSpan) -> [Diagnosis] {
        var found: [Diagnosis] = []
        let all = FlashStructure.all(in: bytes)
        if let format = KnownFormat(bytes), all.first?.range.lowerBound != 0 {
            found.append(
                Diagnosis(
                    .foreign(word: format.word, at: 0), text: "it begins like \(format)",
                    for: [
                        "its first bytes are those of \(format)",
                        format.isEncrypted ? "such a file can only be read with its key or password" : nil,
                    ].compactMap(\.self),
                    against: ["of what follows, nothing was looked at"]))
        }
        for structure in all.prefix(8) {
            let name = printable(Array(structure.description.utf8))
            found.append(
                Diagnosis(
                    .foreign(word: structure.word, at: structure.range.lowerBound),
                    text: "it holds \(name) at \(hex(structure.range.lowerBound))",
                    for: ["header and sums, or fields that agree, over \(structure.range.count) bytes"]))
        }
        if found.isEmpty || all.isEmpty == false, let mark = endMark(bytes) { found.append(mark) }
        return found
    }

    /// OpenWrt's end mark stands at the start of an erase block.
    private static func endMark(_ bytes: RawSpan) -> Diagnosis? {
        for at in stride(from: 4096, to: bytes.byteCount - 3, by: 4096)
        where KnownFormat(bytes, at: at) == .openWrtEndMark {
            return Diagnosis(
                .foreign(word: KnownFormat.openWrtEndMark.word, at: at),
                text:
                    "there is OpenWrt's end mark deadc0de at \(hex(at)): the file system behind it is only made at the first start",
                for: ["the four bytes stand at a multiple of 4 KiB"])
        }
        return nil
    }

    private static func text(_ text: PlainText) -> Diagnosis {
        let records = TextRecords(text.bytes)
        let count = records == nil ? PartitionText.read(text).tables.first?.partitions.count ?? 0 : 0
        return Diagnosis(
            .text(tables: count),
            text: "it is \(records?.name ?? "a text") (\(text.encoding))"
                + (count > 0 ? " with a table of \(count) partitions" : ""),
            for: [
                records == nil ? "nearly all bytes are characters" : "its first lines are such records, with right sums"
            ])
    }

    // MARK: - Bits

    private static func turned(_ bytes: RawSpan, isThorough: Bool) -> Diagnosis? {
        let part = isThorough ? bytes : bytes.extracting(0..<min(bytes.byteCount, glance))
        if let (transform, headers) = TransformSearch.best(part) {
            return Diagnosis(
                .transformed(transform), text: transform.text,
                for: ["turned back, there are \(headers) node headers or more with right sums"])
        }
        guard isThorough, let half = InterleavedHalf.best(bytes) else { return nil }
        return Diagnosis(
            .half(width: half.width, isFirst: half.isFirst),
            text: "it is one of two chips on one bus: of each \(16 * half.width) bits, it has the "
                + (half.isFirst ? "first " : "last ") + "\(8 * half.width)",
            for: [
                "\(half.links) halves of node headers (\(half.byteOrder)) have a length that leads to the next one, and half "
                    + "of the sum that goes with it"
            ])
    }

    /// How much is searched for what only a hint needs (bytes).
    private static let glance = 1 << 18

    private static func keyed(_ bytes: RawSpan) -> Diagnosis? {
        guard let result = KeySearch.best(bytes) else { return nil }
        // Inverted bits have a name of their own.
        if result.key == [0xff] { return nil }
        let key = hexadecimal(result.key)
        let length = result.key.count == 1 ? "a key of one byte" : "a key of \(result.key.count) bytes, over and over"
        return Diagnosis(
            .keyed(result.key), text: "it is scrambled: all bytes are XORed with \(length) (\(key))",
            for: ["without the key, there are \(result.headers) node headers or more with right sums"])
    }

    // MARK: - Packed, behind other bytes

    /// A header of gzip or another compressor, with data that can be unpacked, behind noise of a line or a header of a vendor's.
    private static func packedLater(_ bytes: RawSpan) -> Diagnosis? {
        for at in 1..<max(1, min(bytes.byteCount - 16, glance)) {
            let first = unsafe bytes.unsafeLoad(fromByteOffset: at, as: UInt8.self)
            if first == 0x78, let stream = UnmarkedStream.diagnosis(bytes, behind: at) { return stream }
            // As all but those begin that are guesses.
            guard [0x1f, 0x42, 0xfd, 0x4c, 0x28, 0x04, 0x50].contains(first),
                let form = PackedForm(bytes.extracting(at..<bytes.byteCount)), form != .lzma, form != .compress,
                form != .tar,
                let packed = try? PackedFile(
                    bytes: bytes.extracting(at..<bytes.byteCount), form: form, member: nil,
                    limits: PackedLimits(largest: 1 << 30)),
                packed.bytes.count > 512
            else { continue }
            let hasFileSystem = packed.bytes.withBytes { !NodeCensus($0).sightings.isEmpty }
            return Diagnosis(
                .foreign(word: form.rawValue, at: at),
                text:
                    "there is \(form.isArchive ? "a \(form) archive" : "\(form)-compressed data") at \(hex(at)), behind other bytes",
                for: ["\(packed.bytes.count) bytes can be unpacked from there"]
                    + (hasFileSystem ? ["they have node headers of JFFS2"] : []),
                against: packed.damage.map { ["not all of it is sound: \($0)"] } ?? [])
        }
        return nil
    }

    private static func random(_ bytes: RawSpan) -> Diagnosis? {
        let randomness = Randomness(bytes)
        guard randomness.isHigh else { return nil }
        let isRepeating = randomness.repeated * 1000 > randomness.count / 16
        return Diagnosis(
            .random(isRepeating: isRepeating),
            text: "it is encrypted, or compressed in a way that is not known, as a whole",
            for: [
                "\(randomness.readable) bits of information in each byte of \(randomness.count); code and text have 5 to 7"
            ]
                + (isRepeating
                    ? [
                        "\(randomness.repeated) groups of 16 bytes come more than once, as with a block cipher without chaining"
                    ]
                    : []),
            against: ["a file system whose files are all compressed is nearly as random, but has headers"])
    }

    private static func unknown(_ bytes: RawSpan) -> Diagnosis {
        let randomness = Randomness(bytes)
        return Diagnosis(
            .unknown, text: "no valid node header in either byte order, swapped or not",
            for: [],
            against: [
                randomness.count < Randomness.fewest
                    ? "\(bytes.byteCount) bytes are too few to tell whether it is encrypted or compressed"
                    : "\(randomness.readable) bits of information in each byte, so it is neither encrypted nor compressed as a whole"
            ])
    }
}
