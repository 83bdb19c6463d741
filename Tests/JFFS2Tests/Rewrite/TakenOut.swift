import FileTree
import FlashBytes
import JFFS2

/// What one tree holds and another one does not: pieces of files, targets, values and names; for a search in an image.
struct TakenOut {
    private(set) var pieces: Set<[UInt8]> = []

    /// How long a piece is at most (bytes).
    private static let size = 24

    init(from original: FileTree, to wanted: FileTree) throws {
        for text in try Self.texts(original, sampled: true) where text.count >= 8 && Set(text).count > 5 {
            pieces.insert(text)
        }
        // What is in the wanted tree, wherever, was not taken out.
        let heads = heads
        for text in try Self.texts(wanted, sampled: false) {
            Self.search(text, heads) { pieces.remove($0) }
        }
    }

    /// All pieces by their first 8 bytes.
    private var heads: [UInt64: [[UInt8]]] {
        Dictionary(grouping: pieces) { $0[..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
    }

    /// Calls `found` with every piece that is in a text.
    private static func search(_ text: [UInt8], _ heads: [UInt64: [[UInt8]]], found: ([UInt8]) -> Void) {
        guard text.count >= 8 else { return }
        text.withUnsafeBufferPointer { bytes in
            var head: UInt64 = 0
            for at in 0..<bytes.count {
                head = head << 8 | UInt64(bytes[at])
                guard at >= 7, let candidates = heads[head] else { continue }
                for piece in candidates where bytes[(at - 7)...].starts(with: piece) { found(piece) }
            }
        }
    }

    private static func texts(_ tree: FileTree, sampled: Bool) throws -> [[UInt8]] {
        var texts: [[UInt8]] = []
        var seen: Set<InodeID> = []
        func add(_ text: [UInt8]) {
            guard sampled else { return texts.append(text) }
            for at in stride(from: 0, to: text.count, by: 200) { texts.append(Array(text[at...].prefix(size))) }
        }
        try tree.walk { path, id in
            if let name = path.components.last { add(name.bytes) }
            guard seen.insert(id).inserted else { return }
            for attribute in tree[id].metadata.extendedAttributes where attribute.name.starts(with: Array("user.".utf8))
            {
                add(attribute.value)
            }
            switch tree[id].payload {
            case .regular(let contents): add(try contents.readAllThatIsLeft().bytes)
            case .symbolicLink(let target): add(target)
            default: break
            }
        }
        return texts
    }

    /// Where pieces are left in an image: raw, or in the data of anything that looks like an inode node.
    func places(in image: [UInt8]) -> [String] {
        if pieces.isEmpty { return [] }
        let heads = heads
        var places: [String] = []
        func search(_ text: [UInt8], _ place: String) {
            Self.search(text, heads) { places.append("\(place): \(printable($0))") }
        }
        search(image, "raw bytes")
        let decompressor = Decompressor()
        let span = unsafe image.span.bytes
        for at in stride(from: 0, through: image.count - 68, by: 4) {
            for order in [ByteOrder.little, .big] {
                guard let magic = try? span.uint16(at: at, order), magic == 0x1985,
                    let type = try? span.uint16(at: at + 2, order), type | 0x2000 == 0xe002,
                    let csize = try? span.uint32(at: at + 48, order), let dsize = try? span.uint32(at: at + 52, order),
                    Int(csize) <= image.count - at - 68, dsize < 1 << 20, image[at + 56] != 0, csize > 0
                else { continue }
                var data = [UInt8](repeating: 0, count: Int(dsize))
                var target = data.mutableSpan
                var bytes = unsafe target.mutableBytes
                try? decompressor.decompress(
                    span.extracting(at + 68..<at + 68 + Int(csize)), compression: Compression(rawValue: image[at + 56]),
                    into: &bytes
                )
                search(data, "node at \(hex(at))")
            }
        }
        return places
    }
}
