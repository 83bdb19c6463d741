import FlashBytes
import JFFS2

/// Recognises what was a node before some bits of it changed.
enum DamagedNode {
    /// Whether bytes begin with something that differs in a few bits from the start of a node.
    ///
    /// By accident four bytes are as near to one of the seven types once in 100,000 times.
    static func mayBegin(_ bytes: RawSpan, byteOrder order: ByteOrder, magic: UInt16 = NodeHeader.magic) -> Bool {
        guard let found = try? bytes.uint16(at: 0, order), let type = try? bytes.uint16(at: 2, order) else {
            return false
        }
        return NodeType.known.contains { known in
            // The bit that marks a node obsolete may be either.
            let difference = (type | NodeType.accurateBit) ^ known.rawValue
            return (found ^ magic).nonzeroBitCount + difference.nonzeroBitCount <= mostBits
        }
    }

    /// How many bits may differ.
    private static let mostBits = 3
}
