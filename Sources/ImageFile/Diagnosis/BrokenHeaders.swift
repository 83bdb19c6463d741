package import FlashBytes
import JFFS2

/// Nodes whose headers all have another magic number or wrong sums: types and lengths lead from one to the next, so it is JFFS2, and
/// nothing is encrypted.
package struct BrokenHeaders: Sendable, Hashable {
    /// Of the nodes.
    package let byteOrder: ByteOrder
    /// What stands where 0x1985 should.
    package let magic: UInt16
    /// What is right about the sums.
    package enum Sums: Sendable, Hashable {
        /// They are those of headers with 0x1985.
        case ofRealMagic
        /// They are those of the headers as they stand.
        case ofOwnMagic
        /// They are wrong; by these bits in all of them, or in different ones.
        case wrong(bits: UInt32?)
    }
    /// What is right about the sums.
    package let sums: Sums
    /// How many headers there are.
    package let count: Int
    /// How many of them lead to the next one.
    package let links: Int

    /// So many that lead to the next one are no accident.
    private static let fewest = 4
    /// Longer nodes are none (bytes).
    package static let longest = 1 << 20
    /// So many are enough.
    private static let most = 100_000

    /// A header by its type and its length.
    private struct Place {
        var offset: Int
        var next: Int
        var magic: UInt16
        var sum: UInt32
        /// What the sum would have to be, with the magic as it stands and with the real one.
        var own: UInt32
        var real: UInt32
    }

    /// Nil where there are none, or where they are right.
    init?(_ bytes: RawSpan) {
        let found = ByteOrder.allCases.compactMap { BrokenHeaders(bytes, byteOrder: $0) }
        guard let best = found.max(by: { $0.links < $1.links }) else { return nil }
        self = best
    }

    private init?(_ bytes: RawSpan, byteOrder order: ByteOrder) {
        let places = Self.places(bytes, byteOrder: order)
        let offsets = Set(places.map(\.offset))
        let linked = places.filter { offsets.contains($0.next) }
        var votes: [UInt16: Int] = [:]
        for place in linked { votes[place.magic, default: 0] += 1 }
        guard linked.count >= Self.fewest, let most = votes.max(by: { $0.value < $1.value }),
            most.value * 4 >= linked.count * 3
        else { return nil }
        let own = places.filter { $0.magic == most.key }
        (byteOrder, magic, count, links) = (order, most.key, own.count, most.value)
        if own.count(where: { $0.sum == $0.real }) * 2 > own.count {
            sums = .ofRealMagic
        } else if own.count(where: { $0.sum == $0.own }) * 2 > own.count {
            sums = .ofOwnMagic
        } else {
            let bits = Set(own.map { $0.sum ^ $0.real })
            sums = .wrong(bits: bits.count == 1 ? bits.first : nil)
        }
        if magic == NodeHeader.magic, case .wrong = sums { return }
        if magic == NodeHeader.magic { return nil }
    }

    /// What may be a header: a type that is known, and a length that leads to a place in the bytes.
    private static func places(_ bytes: RawSpan, byteOrder order: ByteOrder) -> [Place] {
        let types = Set(NodeType.known.map(\.rawValue))
        var places: [Place] = []
        for at in stride(from: 0, to: bytes.byteCount - NodeHeader.size + 1, by: 4) where places.count < most {
            // In bounds: a header fits.
            let word = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: at + 2, as: UInt16.self)
            let type = (order == .little ? word.littleEndian : word.bigEndian) | 0x2000
            guard types.contains(type), let length = try? bytes.uint32(at: at + 4, order),
                (NodeHeader.size...longest).contains(Int(length)), Int(length) <= bytes.byteCount - at,
                let magic = try? bytes.uint16(at: at, order), let sum = try? bytes.uint32(at: at + 8, order)
            else { continue }
            func sumOf(_ magic: UInt16) -> UInt32 {
                var writer = ByteWriter(order, capacity: 8)
                writer.uint16(magic)
                writer.uint16(type)
                writer.uint32(length)
                return CRC32.jffs2(writer.bytes)
            }
            places.append(
                Place(
                    offset: at, next: at + padded(length), magic: magic, sum: sum, own: sumOf(magic),
                    real: sumOf(NodeHeader.magic)))
        }
        return places
    }

    var diagnosis: Diagnosis {
        let word = "0x" + String(magic, radix: 16)
        let what =
            magic == NodeHeader.magic
            ? "the sums of its node headers are wrong" : "its nodes have the magic number \(word) instead of 0x1985"
        var reasons = ["\(count) headers have a type and a length of nodes, and \(links) of them lead to the next one"]
        switch sums {
        case .ofRealMagic: reasons.append("their sums are right with 0x1985")
        case .ofOwnMagic: reasons.append("their sums are right as they stand: the program that made it has that number")
        case .wrong(let bits?):
            reasons.append(
                "all sums are wrong in the same bits (\(hex(bits))): a program that counts otherwise made it")
        case .wrong(nil): reasons.append("the sums are wrong, each in bits of its own")
        }
        return Diagnosis(
            .brokenHeaders(self), text: "it is JFFS2, \(byteOrder.rawValue)-endian, but \(what)", for: reasons,
            against: ["Linux takes none of them for a node"])
    }

    /// What gives the bytearray `d` of Python right headers; what lies inside of a node is some file's contents.
    package var python: String {
        let order = byteOrder.rawValue
        let types = NodeType.known.map { "0x" + String($0.rawValue, radix: 16) }.joined(separator: ",")
        func bytes(_ word: UInt16) -> String { "(\(word)).to_bytes(2,\"\(order)\")" }
        return
            "e=[0]; [(e.__setitem__(0,i+int.from_bytes(h[4:],\"\(order)\")),d.__setitem__(slice(i,i+12),h+(zlib.crc32(h[:2]+t.to_bytes(2,\"\(order)\")+h[4:],2**32-1)^(2**32-1))"
            + ".to_bytes(4,\"\(order)\"))) for i in range(0,len(d)-11,4) if i>=e[0] and d[i:i+2]==\(bytes(magic)) "
            + "for t in [int.from_bytes(d[i+2:i+4],\"\(order)\")|0x2000] if t in [\(types)] "
            + "and 12<=int.from_bytes(d[i+4:i+8],\"\(order)\")<=\(Self.longest) "
            + "for h in [\(bytes(NodeHeader.magic))+d[i+2:i+8]]]"
    }
}
