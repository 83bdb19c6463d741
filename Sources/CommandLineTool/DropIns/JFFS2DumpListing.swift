import FlashBytes

/// The text of `jffs2dump -c`: the walk of that tool over an image, node by node, with a step where it would stand still.
///
/// Numbers are signed where C's %d shows them so. Bytes behind the end of the image count as zeros.
struct JFFS2DumpListing {
    private let words: ImageWords
    private let isVerbose: Bool
    /// Counted as C's int does.
    private var empty: Int32 = 0
    private var dirty: Int32 = 0

    /// A listing of an image.
    init(_ words: ImageWords, isVerbose: Bool) {
        self.words = words
        self.isVerbose = isVerbose
    }

    /// A node at its place.
    private struct Node {
        let offset: Int
        let type: UInt16
        let isObsolete: Bool
        let totalLength: UInt32

        /// How far the next node is, as the tool counts, in 32 bits; 0 for a length of 0.
        var step: UInt32 { (totalLength &+ 3) & ~3 }
    }

    /// Prints the listing.
    mutating func run() {
        var at = 0
        var free: Int?
        var isAmongWrong = false
        while at < words.bytes.count {
            let (magic, type) = (words.uint16(at), words.uint16(at + 2))
            if magic == 0xffff, type == 0xffff {
                free = free ?? at
                at += 4
                empty &+= 4
                continue
            }
            if let start = free {
                StandardStreams.print("Empty space found from \(place(start)) to \(place(at))")
                free = nil
            }
            guard magic == 0x1985 else {
                if !isAmongWrong {
                    StandardStreams.print("Wrong bitmask  at  \(place(at)), \(Column.hexadecimal(magic, width: 4))")
                }
                isAmongWrong = true
                at += 4
                dirty &+= 4
                continue
            }
            isAmongWrong = false
            let node = Node(
                offset: at, type: type | 0x2000, isObsolete: type & 0x2000 == 0,
                totalLength: words.uint32(at + 4))
            at += next(node)
        }
        if isVerbose { StandardStreams.print("Empty space: \(empty), dirty space: \(dirty)") }
    }

    /// Prints one node; returns how far the next one is.
    private mutating func next(_ node: Node) -> Int {
        guard holds(sum(node, count: 8), stored: node.offset + 8, node: node, name: "hdr_crc ") else {
            dirty &+= 4
            return 4
        }
        var isGood = true
        switch node.type {
        case 0xe002: isGood = inode(node)
        case 0xe001: isGood = dirent(node)
        case 0xe008: isGood = xattr(node)
        case 0xe009: xref(node)
        case 0x2006: isGood = summary(node)
        case 0x2003: if isVerbose { line("Cleanmarker     at", node: node) }
        case 0x2004: if isVerbose { line("Padding    node at", node: node) }
        case 0xffff:
            empty &+= 4
            return 4
        default:
            if isVerbose { line("Unknown    node at", node: node) }
            isGood = false
        }
        if node.step == 0 {
            StandardStreams.error(
                "\(Column.hexadecimal(node.offset)): a node of length \(node.totalLength): gone on behind its header")
            dirty &+= 12
            return 12
        }
        if !isGood { dirty &+= Int32(truncatingIfNeeded: node.step) }
        return Int(node.step)
    }

    // MARK: - Nodes

    private func inode(_ node: Node) -> Bool {
        let at = node.offset
        let csize = words.uint32(at + 48)
        line(
            "Inode      node at", node: node,
            fields: [
                "#ino  \(number(at + 12, width: 5))", "version \(number(at + 16, width: 5))",
                "isize \(number(at + 28, width: 8))", "csize \(number(at + 48, width: 8))",
                "dsize \(number(at + 52, width: 8))", "offset \(number(at + 44, width: 8))",
            ])
        return holds(sum(node, count: 60), stored: at + 64, node: node, name: "node_crc")
            && holds(data(at + 68, count: Int(csize)), stored: at + 60, node: node, name: "data_crc")
    }

    private func dirent(_ node: Node) -> Bool {
        let at = node.offset
        let size = Int(words.uint8(at + 28))
        line(
            "Dirent     node at", node: node,
            fields: [
                "#pino \(number(at + 12, width: 5))", "version \(number(at + 16, width: 5))",
                "#ino  \(number(at + 20, width: 8))", "nsize \(Column.right(size, width: 8))", "name ",
            ], name: name(at + 40, count: size))
        return holds(sum(node, count: 32), stored: at + 32, node: node, name: "node_crc")
            && holds(data(at + 40, count: size), stored: at + 36, node: node, name: "name_crc")
    }

    private func xattr(_ node: Node) -> Bool {
        let at = node.offset
        let size = Int(words.uint8(at + 21))
        line(
            "Xattr      node at", node: node,
            fields: [
                "xid   \(number(at + 12, width: 5))", "version \(number(at + 16, width: 5))",
                "name_len   \(Column.right(size, width: 3))", "name ",
            ], name: name(at + 32, count: size))
        let valueSize = Int(words.uint16(at + 22))
        return holds(sum(node, count: 28), stored: at + 28, node: node, name: "node_crc")
            && holds(data(at + 32, count: size + 1 + valueSize), stored: at + 24, node: node, name: "data_crc")
    }

    private func xref(_ node: Node) {
        let at = node.offset
        line(
            "Xref       node at", node: node,
            fields: [
                "xid   \(number(at + 16, width: 5))", "xseqno  \(number(at + 20, width: 5))",
                "#ino  \(number(at + 12, width: 8))",
            ])
    }

    // MARK: - Summaries

    private func summary(_ node: Node) -> Bool {
        let at = node.offset
        line(
            "Inode Sum  node at", node: node,
            fields: [
                "sum_num  \(number(at + 12, width: 5))", "cleanmarker size \(number(at + 16, width: 5))",
            ])
        guard holds(sum(node, count: 24), stored: at + 28, node: node, name: "node_crc"),
            holds(
                data(at + 32, count: max(0, Int(node.totalLength) - 32)), stored: at + 24, node: node,
                name: "data_crc")
        else { return false }
        guard isVerbose else { return true }
        summaryLines(node)
        let marker = at + Int(node.totalLength) - 8
        StandardStreams.print(
            "\(Self.indent) Sum Node Offset  \(field(marker)), Magic \(field(marker + 4)), "
                + "Padded size \(field(at + 20))")
        return true
    }

    private static let indent = String(repeating: " ", count: 14)

    private func summaryLines(_ node: Node) {
        let end = min(words.bytes.count, node.offset + Int(node.totalLength))
        var at = node.offset + 32
        var left = words.uint32(node.offset + 12)
        while left > 0, at < end {
            left -= 1
            var text = Self.indent
            switch words.uint16(at) {
            case 0xe002:
                text += " #ino  \(number(at + 2, width: 5)),  version \(number(at + 6, width: 5)), "
                text += "offset \(field(at + 10)), totlen \(field(at + 14))"
                StandardStreams.print(text)
                at += 18
            case 0xe001:
                let size = Int(words.uint8(at + 22))
                text += " dirent offset \(field(at + 6)), totlen \(field(at + 2)), "
                text += "#pino  \(number(at + 10, width: 5)),  version \(number(at + 14, width: 5)), "
                text += "#ino  \(number(at + 18, width: 8)), nsize \(Column.right(size, width: 8)), name "
                StandardStreams.write(Array(text.utf8) + name(at + 24, count: size) + [0x20, 0x0a])
                at += 24 + size
            case 0xe008:
                text += " Xattr  offset \(field(at + 10)), totlen \(field(at + 14)), "
                text += "version \(number(at + 6, width: 5)), #xid \(number(at + 2, width: 8))"
                StandardStreams.print(text)
                at += 18
            case 0xe009:
                StandardStreams.print("\(text) Xref   offset \(field(at + 2))")
                at += 6
            default:
                // Nobody knows how long it is, so the rest cannot be read; the tool says the same for each that is left.
                StandardStreams.print("Unknown summary node!")
                return
            }
        }
    }

    // MARK: - Pieces of lines

    private func line(_ what: String, node: Node, fields: [String] = [], name: [UInt8] = []) {
        let start = node.isObsolete ? "Obsolete " : "         "
        var text = "\(start)\(what) \(place(node.offset)), totlen \(Column.hexadecimal(node.totalLength))"
        if !fields.isEmpty { text += ", " + fields.joined(separator: ", ") }
        StandardStreams.write(Array(text.utf8) + name + [0x0a])
    }

    /// Says so if a sum is not the stored one.
    private func holds(_ sum: UInt32, stored: Int, node: Node, name: String) -> Bool {
        let said = words.uint32(stored)
        if sum == said { return true }
        StandardStreams.print(
            "Wrong \(name) at  \(place(node.offset)), \(Column.hexadecimal(said)) instead of \(Column.hexadecimal(sum))"
        )
        return false
    }

    private func place(_ offset: Int) -> String { Column.hexadecimal(offset) }

    private func number(_ offset: Int, width: Int) -> String {
        Column.right(Int32(bitPattern: words.uint32(offset)), width: width)
    }

    private func field(_ offset: Int) -> String { Column.hexadecimal(words.uint32(offset)) }

    /// A name up to its first NUL.
    private func name(_ offset: Int, count: Int) -> [UInt8] {
        JFFS2DumpDropIn.shown(words.bytes[words.clamped(offset..<offset + count)].prefix { $0 != 0 })
    }

    /// The sum over the first bytes of a node.
    private func sum(_ node: Node, count: Int) -> UInt32 {
        words.nodeSum(at: node.offset, type: node.type, count: count)
    }

    /// The sum over what hangs on a node.
    private func data(_ offset: Int, count: Int) -> UInt32 { words.sum(offset..<offset + count) }
}
