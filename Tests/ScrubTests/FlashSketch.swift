import FileTree
import FlashBytes
import JFFS2
import TestSupport

/// A JFFS2 file system made block by block, so that a test knows what lies in which erase block.
struct FlashSketch {
    /// What fills an erase block.
    enum Content: Sendable {
        /// A file of random bytes.
        case file
        /// A file with a password, which a later block deletes.
        case deletedSecret
        /// A file with a password.
        case secret
        /// The deletions of all files that were to be deleted.
        case deletions
        /// A file with a piece behind its own end, which Linux ignores.
        case pieceBehindTheEnd
        /// No node but a cleanmarker.
        case free
    }

    private let eraseSize: Int
    private let hasCleanmarkers: Bool
    private var random: LinearCongruence
    private var bytes: [UInt8] = []
    private var version: UInt32 = 0
    private var inode: InodeNumber = 1
    private var doomed: [[UInt8]] = []

    /// The bytes of a file system.
    static func bytes(
        _ blocks: [Content], eraseSize: Int = 16384, hasCleanmarkers: Bool = true, seed: UInt64 = 1
    ) -> [UInt8] {
        var sketch = FlashSketch(
            eraseSize: eraseSize, hasCleanmarkers: hasCleanmarkers, random: LinearCongruence(state: seed))
        for block in blocks { sketch.add(block) }
        return sketch.bytes
    }

    private mutating func add(_ content: Content) {
        if hasCleanmarkers {
            var writer = ByteWriter(.little)
            NodeHeader(type: .cleanmarker, totalLength: 12).write(to: &writer)
            bytes += writer.bytes
        }
        switch content {
        case .file: addFile("file", random.bytes(eraseSize * 5 / 8))
        case .secret: addFile("wifi", Self.settings("another secret \(version)"))
        case .deletedSecret: doomed.append(addFile("wpa", Self.settings("correct horse \(version) battery")))
        case .deletions: for name in doomed { addName(name, of: 0) }
        case .pieceBehindTheEnd:
            addFile("short", Self.settings("a third secret"))
            addPiece(random.bytes(600), at: 4096, version: 2, size: 60)
        case .free: break
        }
        bytes += [UInt8](repeating: 0xff, count: -bytes.count & (eraseSize - 1))
    }

    private static func settings(_ password: String) -> [UInt8] {
        Array("network={\n ssid=\"home\"\n psk=\"\(password)\"\n}\n".utf8)
    }

    @discardableResult
    private mutating func addFile(_ name: String, _ data: [UInt8]) -> [UInt8] {
        inode.rawValue += 1
        let name = Array("\(name)\(inode).conf".utf8)
        addName(name, of: inode)
        for start in stride(from: 0, to: data.count, by: 4096) {
            let part = Array(data[start..<min(start + 4096, data.count)])
            addPiece(part, at: start, version: start / 4096 + 1, size: data.count)
        }
        return name
    }

    private mutating func addPiece(_ part: [UInt8], at start: Int, version: Int, size: Int) {
        var raw = RawInode(inode: inode, version: UInt32(version), mode: 0o100600, uid: 0, gid: 0)
        raw.isize = UInt32(size)
        raw.offset = UInt32(start)
        raw.csize = UInt32(part.count)
        raw.dsize = raw.csize
        raw.dataCRC = CRC32.jffs2(part)
        var writer = ByteWriter(.little)
        raw.write(to: &writer)
        writer.append(part)
        append(writer.bytes)
    }

    private mutating func addName(_ name: [UInt8], of inode: InodeNumber) {
        version += 1
        var writer = ByteWriter(.little)
        Dirent(
            parent: 1, version: version, inode: inode, changeTime: 9, nameLength: UInt8(name.count),
            type: inode == 0 ? 0 : 8
        ).write(to: &writer, name: name)
        append(writer.bytes)
    }

    private mutating func append(_ node: [UInt8]) {
        bytes += node
        bytes += [UInt8](repeating: 0xff, count: -bytes.count & 3)
    }
}
