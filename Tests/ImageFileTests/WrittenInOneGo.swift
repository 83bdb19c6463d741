import FileTree
import FlashBytes
import JFFS2

/// An image as mkfs.jffs2 writes it: files one behind the other, each behind its name, in pieces of up to 1 KiB.
struct WrittenInOneGo {
    static let eraseSize = 8192
    let order: ByteOrder
    let hasCleanmarkers: Bool
    private(set) var bytes: [UInt8] = []

    init(_ order: ByteOrder = .little, hasCleanmarkers: Bool = true, files: Int = 24, seed: UInt64 = 1) {
        self.order = order
        self.hasCleanmarkers = hasCleanmarkers
        var flash = SimulatedFlash(eraseSize: Self.eraseSize, order: order, seed: seed)
        for index in 0..<UInt32(files) {
            let number = InodeNumber(rawValue: index + 2)
            append(SimulatedFlash.dirent("f\(index)", version: index, inode: number, order))
            let size = 1 + flash.number(below: 6000)
            for (piece, offset) in stride(from: 0, to: size, by: 1024).enumerated() {
                append(
                    inode(
                        number, version: UInt32(piece + 1), size: size, offset: offset,
                        data: flash.noise(min(1024, size - offset))))
            }
        }
        fill()
    }

    /// The blocks.
    var blocks: [[UInt8]] {
        stride(from: 0, to: bytes.count, by: Self.eraseSize).map { Array(bytes[$0..<$0 + Self.eraseSize]) }
    }

    private mutating func append(_ node: [UInt8]) {
        if bytes.count % Self.eraseSize + node.count > Self.eraseSize { fill() }
        if bytes.count % Self.eraseSize == 0, hasCleanmarkers { bytes += SimulatedFlash.cleanmarker(order) }
        bytes += node + [UInt8](repeating: 0xff, count: (4 - node.count % 4) % 4)
    }

    private mutating func fill() {
        bytes += [UInt8](repeating: 0xff, count: (Self.eraseSize - bytes.count % Self.eraseSize) % Self.eraseSize)
    }

    private func inode(_ number: InodeNumber, version: UInt32, size: Int, offset: Int, data: [UInt8]) -> [UInt8] {
        var raw = RawInode(inode: number, version: version, mode: 0o100644, uid: 0, gid: 0)
        raw.offset = UInt32(offset)
        raw.csize = UInt32(data.count)
        raw.dsize = raw.csize
        raw.isize = UInt32(size)
        raw.dataCRC = CRC32.jffs2(data)
        var writer = ByteWriter(order)
        raw.write(to: &writer)
        return writer.bytes + data
    }
}
