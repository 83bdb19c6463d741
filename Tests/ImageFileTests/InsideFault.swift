import FileTree
import FlashBytes
import JFFS2

/// A fault in a file system that mounts.
enum InsideFault: CaseIterable {
    case undecodable, unknownCodec, secondNameOfAFolder, loop, unsafeName, longName, linkWithNUL, folderWithData

    /// What is said of it.
    var word: String {
        switch self {
        case .undecodable: "zlib"
        case .unknownCodec: "not supported"
        case .secondNameOfAFolder, .loop: "under a second name"
        case .unsafeName: "which no folder can hold"
        case .longName: "of 255 bytes"
        case .linkWithNUL: "NUL"
        case .folderWithData: "which Linux never shows"
        }
    }

    func write(to flash: inout SimulatedFlash) {
        func node(mode: UInt32 = 0o100644, data: [UInt8], size: UInt32, codec: Compression = .none) -> [UInt8] {
            var raw = RawInode(inode: 200, version: 1, mode: mode, uid: 0, gid: 0)
            raw.csize = UInt32(data.count)
            raw.dsize = size
            raw.isize = size
            raw.compression = codec
            raw.dataCRC = CRC32.jffs2(data)
            var writer = ByteWriter(flash.order)
            raw.write(to: &writer)
            return writer.bytes + data
        }
        func name(_ name: String, parent: InodeNumber = 1, inode: InodeNumber = 200, type: UInt8 = 8) -> [UInt8] {
            SimulatedFlash.dirent(name, parent: parent, version: 9999, inode: inode, type: type)
        }
        let folder = SimulatedFlash.inode(200, mode: 0o40755)
        switch self {
        case .undecodable:
            flash.write(name("bad"))
            flash.write(node(data: [1, 2, 3, 4], size: 100, codec: .zlib))
        case .unknownCodec:
            flash.write(name("bad"))
            flash.write(node(data: [1, 2, 3, 4], size: 100, codec: Compression(rawValue: 99)))
        case .secondNameOfAFolder:
            flash.write(name("one", type: 4))
            flash.write(folder)
            flash.write(name("two", type: 4))
        case .loop:
            flash.write(name("one", type: 4))
            flash.write(folder)
            flash.write(name("in itself", parent: 200, type: 4))
        case .unsafeName:
            flash.write(name("a/b"))
            flash.write(node(data: [1], size: 1))
        case .longName:
            flash.write(name(String(repeating: "n", count: 255)))
            flash.write(node(data: [1], size: 1))
        case .linkWithNUL:
            flash.write(name("link", type: 10))
            flash.write(node(mode: 0o120777, data: Array("a\0b".utf8), size: 3))
        case .folderWithData:
            flash.write(name("folder", type: 4))
            flash.write(node(mode: 0o40755, data: [1, 2, 3], size: 3))
        }
    }
}
