import FlashBytes

/// Files in which nothing is: erased flash, zeros, one byte over and over.
enum BlankFile {
    /// What the file is; nil for anything else.
    static func diagnosis(_ bytes: RawSpan) -> Diagnosis? {
        guard let first = try? bytes.uint8(at: 0) else { return nil }
        let isFilled = bytes.isFilled(with: first, in: 0..<bytes.byteCount)
        if isFilled, first == 0 || first == 0xff || bytes.byteCount == 1 || bytes.byteCount >= fewest {
            return filled(with: first, count: bytes.byteCount)
        }
        return erased(bytes)
    }

    /// So many characters that are all the same are no text any more (bytes).
    private static let fewest = 256

    private static func filled(with byte: UInt8, count: Int) -> Diagnosis {
        let name = "0x" + hexadecimal([byte])
        let text =
            count == 1
            ? "it is a single byte, \(name), with nothing in it"
            : byte == 0
                ? "all bytes are zero" : byte == 0xff ? "all bytes are 0xff: erased flash" : "all bytes are \(name)"
        return Diagnosis(
            .blank(byte), text: text, for: count == 1 ? ["its size is 1 byte"] : ["\(count) bytes, all the same"],
            against: byte == 0xff && count > 1
                ? [
                    "Linux mounts erased flash as an empty file system; a dump of a chip that did not answer looks the same"
                ] : [])
    }

    private static func erased(_ bytes: RawSpan) -> Diagnosis? {
        guard bytes.byteCount > 4096, bytes.isFilled(with: 0xff, in: 0..<256) else { return nil }
        let stray = bytes.strayBytes()
        guard stray <= bytes.byteCount / 4096 else { return nil }
        return Diagnosis(
            .nearlyBlank(stray: stray),
            text: "all but \(stray) byte\(stray == 1 ? "" : "s") are 0xff: erased flash, with some bits flipped",
            for: ["\(bytes.byteCount - stray) of \(bytes.byteCount) bytes are 0xff"])
    }

    /// What the file is, if it is nearly all zeros and no format that is known: a disk of another kind is that, too.
    ///
    /// Of a text of UTF-16 or UTF-32, three of four bytes are zero at most.
    static func zeroed(_ bytes: RawSpan) -> Diagnosis? {
        let most = bytes.byteCount / 64
        guard most > 0 else { return nil }
        var (stray, place) = (0, 0)
        for index in 0..<bytes.byteCount where unsafe bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self) != 0 {
            if stray == 0 { place = index }
            stray += 1
            if stray > most { return nil }
        }
        return Diagnosis(
            .blank(0),
            text: "all bytes are zero but for \(stray), the first of them at \(hex(place))",
            for: ["\(bytes.byteCount - stray) of \(bytes.byteCount) bytes are zero"])
    }
}
