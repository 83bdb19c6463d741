import FileTree
import FlashBytes
import JFFS2
import TestSupport

/// A flash with one node of each kind, and where they stand.
struct OneFaultFlash {
    var flash = FlashAssembler()
    private(set) var places: [String: Int] = [:]

    init() {
        places["dirent"] = flash.append(flash.dirent("file", 2, version: 1))
        places["inode"] = flash.append(flash.inode(2, version: 1, isize: 12, data: Array("some content".utf8)))
        places["folder name"] = flash.append(flash.dirent("dir", 3, version: 2, type: 4))
        flash.append(flash.inode(3, version: 1, mode: 0o40755, isize: 0))
        places["xattr"] = flash.append(flash.xattr(1, "a", [1, 2, 3]))
        places["xref"] = flash.append(flash.xref(2, 1))
        flash.append(flash.dirent("last", 4, version: 3))
        flash.append(flash.inode(4, version: 1, isize: 0))
    }

    /// A node of nothing but a header, with a right sum, and zeros.
    static func node(_ type: UInt16, length: UInt32, body: Int = 0) -> [UInt8] {
        var writer = ByteWriter(.little)
        NodeHeader(type: NodeType(rawValue: type), totalLength: length).write(to: &writer)
        return writer.bytes + [UInt8](repeating: 0, count: body)
    }

    /// Adds a file or the like, of which something is odd; gives the place of its name.
    mutating func add(_ name: String, type: UInt8 = 8, nodes: [[UInt8]]) -> Int {
        let place = flash.append(flash.dirent(name, 9, version: 4, type: type))
        for node in nodes { flash.append(node) }
        return place
    }
}

/// One fault of a flash, and the finding that names it.
struct NamedFault: Sendable, CustomStringConvertible {
    /// What is wrong.
    let name: String
    let code: Finding.Code
    /// A part of what Linux has in its log; nil where it says nothing of its own.
    let line: String?
    /// Makes the fault; gives the place that the finding must have, nil for one without.
    let make: @Sendable (inout OneFaultFlash) -> Int?

    var description: String { name }

    init(
        _ name: String, _ code: Finding.Code, line: String? = nil,
        make: @escaping @Sendable (inout OneFaultFlash) -> Int?
    ) {
        (self.name, self.code, self.line, self.make) = (name, code, line, make)
    }

    /// What follows from a node that is lost: a file without name, a name without file, a file without content; and from a
    /// length that leads nowhere.
    static let consequences: Set<Finding.Code> = [.orphan, .missingInode, .unreadableInode, .dirt]

    /// The findings on a flash with the fault, notes and consequences left out.
    func findings() -> (found: [Finding], place: Int?, fileSystem: FileSystem) {
        var one = OneFaultFlash()
        let place = make(&one)
        let fileSystem = one.flash.fileSystem()
        let found = fileSystem.findings.findings.filter { $0.severity > .note }
        return (found.filter { $0.code == code || !Self.consequences.contains($0.code) }, place, fileSystem)
    }

    static let all = fields + oddNodes + oddFiles

    // MARK: - Changed fields

    /// Fields of nodes by the place of one of their bytes.
    private static let fields: [NamedFault] = {
        let header = [("magic", 0), ("type", 2), ("length", 4), ("header sum", 8)]
        let rows: [(node: String, fields: [(String, Int)], code: Finding.Code, line: String?)] = [
            ("dirent", header, .badHeaderCRC, nil), ("inode", header, .badHeaderCRC, nil),
            ("xattr", header, .badHeaderCRC, nil), ("xref", header, .badHeaderCRC, nil),
            (
                "dirent", [("parent", 12), ("version", 16), ("inode", 20), ("time", 24), ("node sum", 32)], .badNodeCRC,
                "Node CRC failed on node at"
            ),
            ("dirent", [("name sum", 36), ("name", 40)], .badNameCRC, "Name CRC failed on node at"),
            (
                "inode", [("number", 12), ("version", 16), ("mode", 20), ("isize", 28), ("node sum", 64)], .badNodeCRC,
                "jffs2_scan_inode_node(): CRC failed on node at"
            ),
            ("inode", [("data sum", 60), ("data", 68)], .badDataCRC, "wrong data CRC in data node at"),
            ("xattr", [("number", 12), ("node sum", 28)], .badNodeCRC, nil),
            ("xattr", [("name", 32), ("value", 34)], .badExtendedAttribute, nil),
            ("xref", [("inode", 12), ("node sum", 24)], .badNodeCRC, nil),
        ]
        return rows.flatMap { row in
            row.fields.map { field, byte in
                let magic = "Magic bitmask 0x1985 not found at"
                let line = row.code == .badHeaderCRC ? (byte == 0 ? magic : "has invalid CRC") : row.line
                return NamedFault("\(field) of the \(row.node)", row.code, line: line) { one in
                    guard let place = one.places[row.node] else { return nil }
                    one.flash.change(at: place + byte) { $0 ^= 0x40 }
                    return place
                }
            }
        }
    }()

    // MARK: - Odd nodes

    private static let oddNodes: [NamedFault] = [
        NamedFault("a type that forbids mounting", .incompatibleNode, line: "Incompatible feature node (0xe00f)") {
            $0.flash.append(OneFaultFlash.node(0xe00f, length: 12))
        },
        NamedFault("a type that forbids writing", .readOnlyNode, line: "Read-only compatible feature node (0xa00f)") {
            $0.flash.append(OneFaultFlash.node(0xa00f, length: 12))
        },
        NamedFault("a cleanmarker behind nodes", .misplacedCleanmarker, line: "not first node in block") {
            $0.flash.append(OneFaultFlash.node(0x2003, length: 12))
        },
        NamedFault("a cleanmarker of another size", .oddCleanmarker, line: "has totlen 0x10 != normal 0xc") { one in
            one.flash.finishBlock()
            one.flash.hasCleanmarkers = false
            let place = one.flash.append(OneFaultFlash.node(0x2003, length: 16, body: 4))
            one.flash.finishBlock()
            return place
        },
        NamedFault("erased bytes between nodes", .erasedGap, line: "Empty flash at") { one in
            let place = one.flash.append([UInt8](repeating: 0xff, count: 8))
            one.flash.append(one.flash.inode(4, version: 2, isize: 0))
            return place
        },
        NamedFault("foreign bytes between nodes", .dirt, line: "Magic bitmask 0x1985 not found at") { one in
            let place = one.flash.append([1, 2, 3, 4, 5, 6, 7, 8])
            one.flash.append(one.flash.inode(4, version: 2, isize: 0))
            return place
        },
        NamedFault("a length beyond the block", .nodeCrossesBlock, line: "would run over the end of the erase block") {
            one in
            let place = one.flash.append(OneFaultFlash.node(0xe002, length: 60_000))
            one.flash.finishBlock()
            return place
        },
        NamedFault("a summary with a wrong sum", .badSummary, line: "Summary node") { one in
            one.flash.finishBlock()
            one.flash.append(one.flash.dirent("f", 5, version: 9))
            one.flash.append(one.flash.inode(5, version: 1, isize: 0))
            one.flash.finishBlockWithSummary()
            one.flash.change(at: one.flash.bytes.count - 100) { $0 ^= 1 }
            return one.flash.bytes.count - one.flash.eraseSize
        },
    ]

    // MARK: - Odd files

    private static let oddFiles: [NamedFault] = [
        NamedFault("a name without inode", .missingInode) { $0.add("gone", nodes: []) },
        NamedFault("an inode without name", .orphan) { one in
            one.flash.append(one.flash.inode(9, version: 1, isize: 3, data: [1, 2, 3]))
        },
        NamedFault("a stretch without node", .missingData) { one in
            one.flash.append(one.flash.inode(4, version: 2, isize: 6, offset: 3, data: [1, 2, 3]))
        },
        NamedFault("an end without node", .sizeLowered) { one in
            one.flash.append(one.flash.inode(4, version: 2, isize: 9, data: [1, 2, 3]))
        },
        // The names come in the order of the alphabet: it is the later one that is said to be the second.
        NamedFault("a second name of a folder", .directoryWithSeveralNames) { one in
            one.flash.append(one.flash.dirent("again", 3, version: 4, type: 4))
            return one.places["folder name"]
        },
        // Linux takes the sum of a name up to its NUL.
        NamedFault("a name with NUL", .badNameCRC, line: "Name CRC failed on node at") { one in
            one.add("nul\0more", nodes: [one.flash.inode(9, version: 1, isize: 0)])
        },
        NamedFault("an empty name", .emptyName) { $0.flash.append($0.flash.dirent("", 4, version: 4)) },
        NamedFault("a name of two dots", .unsafeName) { one in
            one.add("..", nodes: [one.flash.inode(9, version: 1, isize: 0)])
        },
        NamedFault("a name with a slash", .unsafeName) { one in
            one.add("a/b", nodes: [one.flash.inode(9, version: 1, isize: 0)])
        },
        NamedFault("a name in a file", .unreachableName) { one in
            one.flash.append(one.flash.dirent("in it", 4, in: 2, version: 1))
        },
        NamedFault("a link of two nodes", .unreadableInode) { one in
            let nodes = [1, 2].map {
                one.flash.inode(9, version: $0, mode: 0o120777, isize: 2, offset: ($0 - 1), data: [0x61])
            }
            _ = one.add("link", type: 10, nodes: [nodes[0]])
            return one.flash.append(nodes[1])
        },
        NamedFault("a device number of three bytes", .unreadableInode) { one in
            let node = one.flash.inode(9, version: 1, mode: 0o20666, isize: 3, data: [1, 2, 3])
            _ = one.add("device", type: 2, nodes: [])
            return one.flash.append(node)
        },
        NamedFault("a mode of no kind", .unreadableInode) { one in
            _ = one.add("mode", nodes: [])
            return one.flash.append(one.flash.inode(9, version: 1, mode: 0, isize: 0))
        },
    ]
}
