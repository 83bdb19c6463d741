import FlashBytes
import JFFS2

/// Looks for node headers in bytes whose bits were turned round.
enum TransformSearch {
    /// What is tried, the most likely first.
    private static let transforms: [ByteTransform] = {
        let turns = [
            ByteTransform(reversesBits: true), ByteTransform(inverts: true),
            ByteTransform(reversesBits: true, inverts: true),
        ]
        return turns + halves
            + [2, 4, 8].flatMap { group in
                turns.map { ByteTransform(reversesBits: $0.reversesBits, inverts: $0.inverts, group: group) }
            }
    }()

    /// The halves of 32-bit words exchanged, and what is like that in words of 64 bits.
    private static let halves = [
        ByteTransform(group: 4, unit: 2), ByteTransform(group: 8, unit: 4), ByteTransform(group: 8, unit: 2),
    ]

    /// The bytes of groups reversed and nothing else, which is looked for with the byte order elsewhere.
    private static let groups = [4, 2, 8].map { ByteTransform(group: $0) }

    /// How much is turned round at a time (bytes).
    private static let piece = 1 << 20
    /// So many headers are enough.
    private static let enough = 16
    /// So many are no accident: each is one in 2^48.
    private static let fewest = 2

    /// The transformation under which there are node headers, and how many.
    ///
    /// - Parameter withGroupsAlone: whether bytes that are only reversed in groups are one.
    static func best(_ bytes: RawSpan, withGroupsAlone: Bool = false) -> (transform: ByteTransform, headers: Int)? {
        var best: (transform: ByteTransform, headers: Int)?
        for transform in (withGroupsAlone ? groups : []) + transforms {
            let count = headers(bytes, after: transform)
            if count >= fewest, count > best?.headers ?? 0 { best = (transform, count) }
            if count >= enough { break }
        }
        return best
    }

    private static func headers(_ bytes: RawSpan, after transform: ByteTransform) -> Int {
        var count = 0
        var start = 0
        while start < bytes.byteCount, count < enough {
            let end = min(start + piece, bytes.byteCount)
            let turned = transform.applied(to: bytes.extracting(start..<end))
            count += NodeCensus(unsafe turned.span.bytes).sightings.count
            start = end
        }
        return count
    }
}
