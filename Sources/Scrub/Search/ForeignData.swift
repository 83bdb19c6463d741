import FlashBytes
import JFFS2

/// What lies around file systems and is none of the bytes that a search understands: nodes of JFFS2 that belong to no file
/// system that was read, and other file systems.
enum ForeignData {
    /// What there is in some bytes, as sentences.
    ///
    /// - Parameters:
    ///   - start: of the first byte, for messages.
    ///   - squashFS: where in the bytes such file systems stand.
    ///   - search: what is looked for in file systems that can be read.
    static func found(
        in bytes: [UInt8], from start: Int, squashFS: [Range<Int>], search: SecretSearch
    ) -> [String] {
        var found: [String] = []
        if let (at, count) = nodes(in: bytes) {
            found.append(
                "\(count) JFFS2 node\(count == 1 ? "" : "s") from \(hex(start + at)) on belong\(count == 1 ? "s" : "") to no "
                    + "file system that was read")
        }
        found += contents(of: squashFS, in: bytes, from: start, search: search)
        for (name, sign, distance) in signs {
            var at = 0
            while at + distance + 32 <= bytes.count {
                if bytes[at + distance..<at + distance + sign.count].elementsEqual(sign) {
                    found.append("\(name) at \(hex(start + at)) was not looked into")
                    break
                }
                at += 4
            }
        }
        return found
    }

    /// Each of a flash: one for the system, one for applications.
    private static func contents(
        of squashFS: [Range<Int>], in bytes: [UInt8], from start: Int, search: SecretSearch
    ) -> [String] {
        guard !squashFS.isEmpty, let state = SecretSearch.State(search) else { return [] }
        for place in squashFS {
            var left = SquashFSFiles.limit
            PackedFileSearch(search: search).squashFS(
                bytes[place.lowerBound...], name: "what begins at \(hex(start + place.lowerBound))", left: &left,
                state: state)
        }
        return state.notSearched.sorted()
    }

    private static let signs: [(name: String, bytes: [UInt8], distance: Int)] = [
        ("a cramfs file system", Array("Compressed ROMFS".utf8), 16),
        ("a romfs file system", Array("-rom1fs-".utf8), 0),
        ("an UBI volume", Array("UBI#".utf8), 0),
    ]

    /// Where headers of nodes with right sums begin, in any byte order, and how many there are.
    private static func nodes(in bytes: [UInt8]) -> (start: Int, count: Int)? {
        var best: (start: Int, count: Int)?
        for group in [1, 2, 4, 8] {
            let whole = Array(bytes.prefix(bytes.count / group * group))
            let view = group == 1 ? bytes : unsafe WordSwap.swapped(whole.span.bytes, group: group)
            let span = unsafe view.span.bytes
            for order in [ByteOrder.little, .big] {
                let first: UInt8 = order == .little ? 0x85 : 0x19
                var found: (start: Int, count: Int)?
                var at = 0
                while at + NodeHeader.size <= view.count {
                    if view[at] == first, NodeHeader(reading: span, at: at, order) != nil {
                        found = (found?.start ?? at, (found?.count ?? 0) + 1)
                    }
                    at += 4
                }
                if let found, found.count > best?.count ?? 0 { best = found }
            }
        }
        return best
    }
}
