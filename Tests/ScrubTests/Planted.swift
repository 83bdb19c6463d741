import FileTree
import FirmwareImage
import FlashBytes
import Foundation
import JFFS2

/// How a secret is written down, in code that shares nothing with ours.
enum WrittenForm: String, CaseIterable, Sendable {
    case utf8, utf16LittleEndian, utf16BigEndian, hexLower, hexUpper
    case base64First, base64Second, base64Third
    case urlReserved, urlAll
    case swapped4, swapped2

    /// The secret in this form, with other text around it where the form needs some.
    func write(_ secret: String) -> [UInt8] {
        let bytes = Array(secret.utf8)
        func data(_ lead: String) -> [UInt8] {
            Array(Data(Array(lead.utf8) + bytes + Array("tail".utf8)).base64EncodedData())
        }
        func swapped(_ group: Int) -> [UInt8] {
            // In the middle of other text, not aligned to the groups.
            var text = Array("is:".utf8) + bytes
            while text.count % group != 0 { text.append(0x2e) }
            return stride(from: 0, to: text.count, by: group).flatMap { text[$0..<$0 + group].reversed() }
        }
        switch self {
        case .utf8: return bytes
        case .utf16LittleEndian: return Array(secret.data(using: .utf16LittleEndian) ?? Data())
        case .utf16BigEndian: return Array(secret.data(using: .utf16BigEndian) ?? Data())
        case .hexLower: return Array(bytes.map { String(format: "%02x", $0) }.joined().utf8)
        case .hexUpper: return Array(bytes.map { String(format: "%02X", $0) }.joined().utf8)
        case .base64First: return data("")
        case .base64Second: return data("a")
        case .base64Third: return data("ab")
        case .urlReserved:
            return Array((secret.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "").utf8)
        case .urlAll: return Array(bytes.map { String(format: "%%%02x", $0) }.joined().utf8)
        case .swapped4: return swapped(4)
        case .swapped2: return swapped(2)
        }
    }

    /// Whether a name or a symlink's target can hold it.
    var fitsName: Bool { self != .utf16LittleEndian && self != .utf16BigEndian }
}

/// Where a secret is put.
enum Hiding: String, CaseIterable, Sendable {
    case content, splitContent, name, target, attribute
    // Nodes that nothing shows, of every kind.
    case deletedFile, splitDeletedFile, obsoleteNode, damagedNode, tornHeader, behindCleanmarker
    case deletedName, deletedTarget, deletedAttribute
    // Live nodes of which a part is not shown.
    case overwrittenPart, splitOverwrittenPart, behindTheEnd
    // No nodes.
    case slack, paddingNode, behindTheFileSystem, acrossTheEnd, uImageName

    var isLive: Bool { [.content, .splitContent, .name, .target, .attribute].contains(self) }

    /// Whether a form can be there.
    func takes(_ form: WrittenForm) -> Bool {
        switch self {
        case .name, .target, .deletedName: form.fitsName
        default: true
        }
    }

    /// The field of the name has 32 bytes.
    var secret: String { self == .uImageName ? "K9#m2xQ!" : "Tr0ub4dor&3 zwo#drei" }
}

/// Makes images with something hidden in them.
enum Planted {
    static let eraseSize = 16384
    private static let settings: InodeNumber = 30

    static func image(_ form: [UInt8], _ hiding: Hiding) throws -> [UInt8] {
        var bytes = try build(tree(form, hiding))
        // The last block is free but for its cleanmarker.
        var at = bytes.count - eraseSize + 12
        func put(_ more: [UInt8]) {
            bytes.replaceSubrange(at..<at + more.count, with: more)
            at += (more.count + 3) & ~3
        }
        switch hiding {
        case .content, .splitContent, .name, .target, .attribute: break
        case .deletedFile: try nodes(filler(100) + form + filler(100)).forEach(put)
        case .splitDeletedFile: try nodes(filler(4096 - form.count / 2) + form + filler(300)).forEach(put)
        case .obsoleteNode:
            for var node in try nodes(filler(100) + form + filler(100)) {
                node[3] &= 0xdf
                put(node)
            }
        case .damagedNode, .tornHeader:
            for var node in try nodes(filler(100) + form + filler(100)) {
                node[hiding == .tornHeader ? 9 : 30] ^= 0x40
                put(node)
            }
        case .behindCleanmarker:
            at += 4096
            try nodes(filler(50) + form).forEach(put)
        case .deletedName:
            put(dirent(Array("b-".utf8) + form, inode: settings, version: 1000))
            put(dirent(Array("b-".utf8) + form, inode: 0, version: 1001))
        case .deletedTarget: put(inode(77, version: 1, mode: 0o120777, at: 0, isize: 0, Array("/x/".utf8) + form))
        case .deletedAttribute: put(attribute(filler(8) + form))
        case .overwrittenPart, .splitOverwrittenPart:
            put(inode(settings, version: 1000, at: 3000, isize: 9000, filler(3000)))
        case .behindTheEnd: put(inode(settings, version: 1000, at: 0, isize: 100, []))
        case .slack:
            at -= 4
            put([0xff, 0xff, 0xff, 0xff] + [0, 1, 2, 3] + form)
        case .paddingNode:
            var writer = ByteWriter(.little)
            NodeHeader(type: .padding, totalLength: UInt32(12 + form.count)).write(to: &writer)
            put(writer.bytes + form)
        case .behindTheFileSystem:
            // Not a whole block, so that it is no part of the file system.
            bytes += [1, 2, 3, 4] + [UInt8](repeating: 0xff, count: 900) + form + [UInt8](repeating: 0xff, count: 99)
        case .acrossTheEnd:
            bytes.removeLast(form.count / 2)
            bytes += form + [1, 2, 3, 4] + [UInt8](repeating: 0xff, count: 99)
        case .uImageName:
            var header = UImageHeader()
            try header.setName(form)
            header.dataSize = UInt32(bytes.count)
            header.dataCRC = CRC32.zlib(bytes.span.bytes)
            header.headerCRC = header.computedHeaderCRC
            bytes = header.bytes + bytes
        }
        return bytes
    }

    private static func tree(_ form: [UInt8], _ hiding: Hiding) -> FileTree {
        var tree = FileTree(root: Metadata(permissions: 0o755))
        let metadata = Metadata(permissions: 0o640, owner: 5, group: 6, time: 1_600_000_000)
        func file(_ name: FileName, _ content: [UInt8], number: InodeNumber) {
            var inode = Inode(metadata: metadata, payload: .regular(MemoryContents(content)))
            inode.number = number
            tree.add(inode, name: name, to: FileTree.root)
        }
        tree[FileTree.root].number = 1
        file("plain", Array("nothing to see here\n".utf8), number: 10)
        switch hiding {
        case .splitContent: file("settings", filler(4096 - form.count / 2) + form + filler(5000), number: settings)
        case .splitOverwrittenPart:
            file("settings", filler(4096 - form.count / 2) + form + filler(9000 - 4096 - form.count), number: settings)
        case .content, .overwrittenPart, .behindTheEnd:
            file("settings", filler(3100) + form + filler(9000 - 3100 - form.count), number: settings)
        case .name: file(FileName(Array("a-".utf8) + form.map { $0 == 0x2f ? 0x2d : $0 }), [1, 2, 3], number: settings)
        case .target:
            var link = Inode(metadata: metadata, payload: .symbolicLink(Array("/x/".utf8) + form))
            link.number = 40
            tree.add(link, name: "link", to: FileTree.root)
        case .attribute:
            file("settings", [1], number: settings)
            let id = tree.find("/settings") ?? FileTree.root
            tree[id].metadata.extendedAttributes = [
                ExtendedAttribute(name: Array("user.note".utf8), value: filler(8) + form)
            ]
        default: file("settings", filler(2000), number: settings)
        }
        return tree
    }

    private static func build(_ tree: FileTree, blocks: Int = 4) throws -> [UInt8] {
        var configuration = ImageConfiguration()
        configuration.eraseSize = eraseSize
        configuration.keepsInodeNumbers = true
        configuration.padding = .toSize(UInt64(blocks * eraseSize))
        var bytes: [UInt8] = []
        _ = try ImageBuilder(configuration).write(tree) { (block: RawSpan) throws(FileError) in
            block.withUnsafeBytes { bytes += $0 }
        }
        return bytes
    }

    /// The inode nodes of a file that no name leads to.
    private static func nodes(_ content: [UInt8]) throws -> [[UInt8]] {
        var tree = FileTree(root: Metadata(permissions: 0o755))
        tree[FileTree.root].number = 1
        var inode = Inode(metadata: Metadata(permissions: 0o600), payload: .regular(MemoryContents(content)))
        inode.number = 77
        tree.add(inode, name: "gone", to: FileTree.root)
        let image = try build(tree)
        let system = FileSystem(ByteRegion(image), byteOrder: .little, eraseSize: eraseSize)
        let numbers = system.scan.inodeNodes.filter { $0.inode == 77 }.map(\.node)
        return numbers.map { Array(image[system.scan[$0].range]) }
    }

    private static func inode(
        _ number: InodeNumber, version: UInt32, mode: UInt32 = 0o100640, at offset: UInt32, isize: UInt32,
        _ data: [UInt8]
    ) -> [UInt8] {
        var raw = RawInode(inode: number, version: version, mode: mode, uid: 5, gid: 6)
        raw.offset = offset
        raw.isize = isize
        raw.csize = UInt32(data.count)
        raw.dsize = UInt32(data.count)
        raw.dataCRC = CRC32.jffs2(data)
        var writer = ByteWriter(.little)
        raw.write(to: &writer)
        return writer.bytes + data
    }

    private static func dirent(_ name: [UInt8], inode: InodeNumber, version: UInt32) -> [UInt8] {
        var writer = ByteWriter(.little)
        Dirent(
            parent: 1, version: version, inode: inode, changeTime: 5, nameLength: UInt8(name.count), type: 8
        ).write(to: &writer, name: name)
        return writer.bytes
    }

    /// An attribute that no file has.
    private static func attribute(_ value: [UInt8]) -> [UInt8] {
        let name = Array("note".utf8)
        var writer = ByteWriter(.little)
        XattrNode(
            identifier: 9, version: 1, prefix: 1, nameLength: UInt8(name.count), valueLength: UInt16(value.count)
        ).write(to: &writer, name: name, value: value)
        return writer.bytes
    }

    /// Text that compresses a little and holds nothing.
    static func filler(_ count: Int) -> [UInt8] {
        let words = Array("lorem ipsum dolor sit amet consectetur adipiscing elit ".utf8)
        return (0..<max(0, count)).map { words[($0 &* 7 &+ $0 / 11) % words.count] }
    }
}
