import FlashBytes
import JFFS2

/// What was done to all of a file in one way, so that no node header is seen any more, though nothing is encrypted.
enum WholeTurn {
    /// How a file can be turned.
    enum Turn: Sendable, Hashable, CaseIterable {
        /// The last byte first.
        case bytes
        /// The last bit first.
        case bits
        /// The halves of each byte changed places.
        case nibbles
    }

    /// So many headers are no accident: each is one in 2^48.
    private static let fewest = 2

    /// What was done; nil where nothing of that kind shows.
    ///
    /// - Parameter isThorough: whether all of the file is turned, however long it takes.
    static func diagnosis(_ bytes: RawSpan, isThorough: Bool) -> Diagnosis? {
        if let broken = BrokenHeaders(bytes) { return broken.diagnosis }
        if let stripped = withoutZeros(bytes) { return stripped }
        let sample = 1 << 18
        let end = isThorough ? bytes.byteCount : min(bytes.byteCount, sample)
        let (front, back) = (bytes.extracting(0..<end), bytes.extracting(bytes.byteCount - end..<bytes.byteCount))
        for turn in Turn.allCases {
            let turned = turned(turn == .nibbles ? front : back, by: turn)
            let count = NodeCensus(unsafe turned.span.bytes).sightings.count
            guard count >= fewest else { continue }
            return Diagnosis(
                turn == .nibbles ? .nibblesSwapped : .reversed(bits: turn == .bits), text: text(of: turn),
                for: ["turned back, there are \(count) node headers with right sums"])
        }
        return nil
    }

    private static func text(of turn: Turn) -> String {
        switch turn {
        case .bytes: "all of it stands in reverse order, the last byte first"
        case .bits: "all of it stands in reverse order, the last bit first"
        case .nibbles: "the halves of each byte (4 bits) have changed places"
        }
    }

    private static func turned(_ bytes: RawSpan, by turn: Turn) -> [UInt8] {
        var result = (try? bytes.bytes(in: 0..<bytes.byteCount)) ?? []
        switch turn {
        case .bytes: result.reverse()
        case .bits:
            result.reverse()
            result = ByteTransform(reversesBits: true).applied(to: unsafe result.span.bytes)
        case .nibbles: for index in result.indices { result[index] = result[index] << 4 | result[index] >> 4 }
        }
        return result
    }

    /// Without the zeros, what is left of headers stands close together.
    private static func withoutZeros(_ bytes: RawSpan) -> Diagnosis? {
        guard bytes.byteCount >= 4096, bytes.endOfRun(of: 0xff, in: 0..<bytes.byteCount) < bytes.byteCount else {
            return nil
        }
        var nodes = 0
        var window: UInt32 = 0
        for index in 0..<bytes.byteCount {
            let byte = unsafe bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self)
            if byte == 0 { return nil }
            window = window << 8 | UInt32(byte)
            // Magic and type of inodes and dirents.
            switch window {
            case 0x8519_01e0, 0x8519_02e0, 0x1985_e001, 0x1985_e002: nodes += 1
            default: continue
            }
        }
        guard nodes >= 4 else { return nil }
        return Diagnosis(
            .zerosStripped,
            text: "all zero bytes were taken out of it, as programs do that take a dump for text: they are lost",
            for: [
                "no byte of \(bytes.byteCount) is zero",
                "at \(nodes) places stand magic and type of a node, with no zero behind them",
            ])
    }
}
