import FlashBytes
import JFFS2

/// Bytes of certain values that a transfer took out: a line with software flow control (XON, XOFF), a terminal, FTP in ASCII
/// mode, a script that took the dump for text.
enum DroppedBytes {
    /// What is wrong; nil where nothing is.
    ///
    /// In a sound dump all nodes stand at multiples of 4. Where they stand anywhere, and compressed data lacks a value that it
    /// should have by chance many times, all bytes of that value are gone.
    static func diagnosis(_ image: OpenedImage) -> Diagnosis? {
        image.file.withBytes { diagnosis($0, census: NodeCensus($0, byteOrder: image.fileSystem.byteOrder)) }
    }

    private static func diagnosis(_ bytes: RawSpan, census: NodeCensus) -> Diagnosis? {
        let places = Set(census.sightings.map { $0.offset % 4 })
        guard census.sightings.count >= 8, places.count >= 3 else { return nil }
        var counts = [Int](repeating: 0, count: 256)
        var (pairs, last) = (0, UInt8(0))
        for index in 0..<bytes.byteCount {
            let byte = unsafe bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self)
            counts[Int(byte)] += 1
            if byte == 0x0a, last == 0x0d { pairs += 1 }
            last = byte
        }
        let usual = counts.sorted()[128]
        let shift =
            "node headers stand at places of every remainder by 4, where in a sound dump all are multiples of it"
        let absent = counts.indices.filter { counts[$0] == 0 }
        if usual >= fewest, (1...mostValues).contains(absent.count) {
            let values = absent.map { "0x" + hexadecimal([UInt8($0)]).uppercased() }.joined(separator: ", ")
            return Diagnosis(
                .droppedBytes, text: "all bytes \(values) are missing: \(cause(absent))",
                for: ["half of all values stand in it \(usual) times or more, and these never", shift])
        }
        // Both alone are plentiful in what is random; a text has one of them only.
        let expected = min(counts[0x0a], usual) * min(counts[0x0d], usual) * 256 / max(1, usual * 256)
        guard pairs == 0, expected / 256 >= fewestPairs else { return nil }
        return Diagnosis(
            .droppedBytes,
            text: "line ends were translated in it: each 0x0D 0x0A became 0x0A, and some bytes are missing",
            for: [
                "0x0D 0x0A stands nowhere in it, though there are \(counts[0x0d]) bytes 0x0D and \(counts[0x0a]) bytes 0x0A",
                shift,
            ])
    }

    /// So often, the usual value stands in what is looked at.
    private static let fewest = 64
    /// More values that are missing are no transfer's doing.
    private static let mostValues = 4
    /// So many pairs there should be by chance.
    private static let fewestPairs = 7

    private static func cause(_ values: [Int]) -> String {
        switch values {
        case [0x11, 0x13], [0x11], [0x13]: "software flow control of a serial line (XON, XOFF) took them"
        case [0x0d]: "a transfer in text mode, or a program, took each CR for a part of a line end"
        case [0x0a]: "something took them for line ends"
        case [0]: "something took the dump for text, which has none"
        default: "a transfer took them for signals"
        }
    }
}
