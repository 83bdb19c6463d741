import FileTree
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
    case deletedFile, splitDeletedFile, obsoleteNode, damagedNode, slack, behindCleanmarker

    var isLive: Bool { [.content, .splitContent, .name, .target, .attribute].contains(self) }
}

/// Makes images with something hidden in them.
enum Planted {
    static let eraseSize = 16384

    static func image(_ form: [UInt8], _ hiding: Hiding) throws -> [UInt8] {
        var tree = FileTree(root: Metadata(permissions: 0o755))
        let metadata = Metadata(permissions: 0o640, owner: 5, group: 6, time: 1_600_000_000)
        func file(_ name: FileName, _ content: [UInt8]) {
            var inode = Inode(metadata: metadata, payload: .regular(MemoryContents(content)))
            inode.number = UInt32(10 + tree.inodes.count)
            tree.add(inode, name: name, to: FileTree.root)
        }
        tree[FileTree.root].number = 1
        file("plain", Array("nothing to see here\n".utf8))
        switch hiding {
        case .content: file("settings", filler(100) + form + filler(200))
        case .splitContent: file("settings", filler(4096 - form.count / 2) + form + filler(5000))
        case .name: file(FileName(Array("a-".utf8) + form.map { $0 == 0x2f ? 0x2d : $0 }), [1, 2, 3])
        case .target:
            var link = Inode(metadata: metadata, payload: .symbolicLink(Array("/x/".utf8) + form))
            link.number = 40
            tree.add(link, name: "link", to: FileTree.root)
        case .attribute:
            file("settings", [1])
            let id = tree.find("/settings") ?? FileTree.root
            tree[id].metadata.extendedAttributes = [
                ExtendedAttribute(name: Array("user.note".utf8), value: filler(8) + form)
            ]
        default: break
        }
        var bytes = try build(tree)
        // The last block is free but for its cleanmarker.
        var at = bytes.count - eraseSize + 12
        func put(_ more: [UInt8]) {
            bytes.replaceSubrange(at..<at + more.count, with: more)
            at += (more.count + 3) & ~3
        }
        switch hiding {
        case .deletedFile: try nodes(filler(100) + form + filler(100)).forEach(put)
        case .splitDeletedFile: try nodes(filler(4096 - form.count / 2) + form + filler(300)).forEach(put)
        case .obsoleteNode:
            for var node in try nodes(filler(100) + form + filler(100)) {
                node[3] &= 0xdf
                put(node)
            }
        case .damagedNode:
            for var node in try nodes(filler(100) + form + filler(100)) {
                node[30] ^= 0x40
                put(node)
            }
        case .slack:
            at -= 4
            put([0xff, 0xff, 0xff, 0xff] + [0, 1, 2, 3] + form)
        case .behindCleanmarker:
            at += 4096
            try nodes(filler(50) + form).forEach(put)
        default: break
        }
        return bytes
    }

    private static func build(_ tree: FileTree, blocks: Int = 8) throws -> [UInt8] {
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
        return numbers.map { Array(image[system.scan.nodes[Int($0)].range]) }
    }

    /// Text that compresses a little and holds nothing.
    static func filler(_ count: Int) -> [UInt8] {
        let words = Array("lorem ipsum dolor sit amet consectetur adipiscing elit ".utf8)
        return (0..<max(0, count)).map { words[($0 &* 7 &+ $0 / 11) % words.count] }
    }
}
