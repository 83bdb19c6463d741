import FileTree
import FlashBytes
import JFFS2

/// A flash that is written as Linux does it: block after block from its start, on NAND in pages (wbuf.c).
struct SimulatedFlash {
    let order: ByteOrder
    let eraseSize: Int
    /// Pages of NAND flash (bytes); nil for NOR.
    let pageSize: Int?
    /// Whether blocks begin with a cleanmarker.
    let hasCleanmarkers: Bool
    private(set) var bytes: [UInt8] = []
    private var random: UInt64

    init(
        eraseSize: Int, pageSize: Int? = nil, hasCleanmarkers: Bool? = nil, order: ByteOrder = .little,
        seed: UInt64 = 1
    ) {
        self.order = order
        self.eraseSize = eraseSize
        self.pageSize = pageSize
        self.hasCleanmarkers = hasCleanmarkers ?? (pageSize == nil)
        random = seed &* 0x9e37_79b9_7f4a_7c15 | 1
    }

    /// One on which four files were written and deleted.
    static func emptied() -> SimulatedFlash {
        var flash = SimulatedFlash(eraseSize: 16384)
        for number in UInt32(2)..<6 {
            let inode = InodeNumber(rawValue: number)
            flash.write(SimulatedFlash.inode(inode, data: flash.noise(500)))
            flash.write(SimulatedFlash.dirent("f\(number)", version: number, inode: inode))
            flash.write(SimulatedFlash.dirent("f\(number)", version: number + 10, inode: 0, type: 0))
        }
        flash.erase(blocks: 5)
        return flash
    }

    /// The next of a row of random numbers, less than `limit`.
    mutating func number(below limit: Int) -> Int {
        random ^= random << 13
        random ^= random >> 7
        random ^= random << 17
        return Int(random % UInt64(limit))
    }

    mutating func noise(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        while bytes.count < count {
            let word = UInt64(number(below: .max)) &* 0x9e37_79b9_7f4a_7c15
            withUnsafeBytes(of: word) { bytes.append(contentsOf: $0) }
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }

    // MARK: - Nodes

    static func cleanmarker(_ order: ByteOrder = .little) -> [UInt8] {
        var writer = ByteWriter(order)
        NodeHeader(type: .cleanmarker, totalLength: 12).write(to: &writer)
        return writer.bytes
    }

    static func dirent(
        _ name: String, parent: InodeNumber = 1, version: UInt32, inode: InodeNumber, type: UInt8 = 8,
        _ order: ByteOrder = .little
    ) -> [UInt8] {
        var writer = ByteWriter(order)
        Dirent(
            parent: parent, version: version, inode: inode, changeTime: 9, nameLength: UInt8(name.utf8.count),
            type: type
        ).write(to: &writer, name: Array(name.utf8))
        return writer.bytes
    }

    static func inode(
        _ number: InodeNumber, version: UInt32 = 1, mode: UInt32 = 0o100644, offset: Int = 0, data: [UInt8] = [],
        _ order: ByteOrder = .little
    ) -> [UInt8] {
        var raw = RawInode(inode: number, version: version, mode: mode, uid: 0, gid: 0)
        raw.offset = UInt32(offset)
        raw.csize = UInt32(data.count)
        raw.dsize = raw.csize
        raw.isize = UInt32(offset + data.count)
        raw.dataCRC = CRC32.jffs2(data)
        var writer = ByteWriter(order)
        raw.write(to: &writer)
        return writer.bytes + data
    }

    /// A node that is marked obsolete, as Linux does it on NOR flash.
    static func obsolete(_ node: [UInt8], _ order: ByteOrder = .little) -> [UInt8] {
        var node = node
        node[order == .little ? 3 : 2] &= 0xdf
        return node
    }

    // MARK: - Writing

    /// Writes a node, where it does not fit at the start of the next block.
    mutating func write(_ node: [UInt8]) {
        let length = (node.count + 3) & ~3
        if bytes.count % eraseSize + length > eraseSize { closeBlock() }
        if bytes.count % eraseSize == 0, hasCleanmarkers { bytes += Self.cleanmarker(order) }
        bytes += node + [UInt8](repeating: 0xff, count: length - node.count)
    }

    /// What fsync does on NAND: fills the page.
    mutating func flush() {
        guard let pageSize, bytes.count % pageSize != 0 else { return }
        let rest = pageSize - bytes.count % pageSize
        var writer = ByteWriter(order)
        if rest > NodeHeader.size { NodeHeader(type: .padding, totalLength: UInt32(rest)).write(to: &writer) }
        bytes += writer.bytes + [UInt8](repeating: 0, count: rest - writer.count)
    }

    mutating func closeBlock() {
        flush()
        fill(to: eraseSize)
    }

    /// Erased bytes up to the next multiple.
    mutating func fill(to multiple: Int) {
        bytes += [UInt8](repeating: 0xff, count: (multiple - bytes.count % multiple) % multiple)
    }

    /// Further erased blocks.
    mutating func erase(blocks: Int) {
        closeBlock()
        for _ in 0..<blocks {
            if hasCleanmarkers { bytes += Self.cleanmarker(order) }
            bytes += [UInt8](repeating: 0xff, count: eraseSize - (hasCleanmarkers ? 12 : 0))
        }
    }

    /// Writes files of random length and contents, numbered from `first`, with a flush behind every `each` nodes (0: never).
    mutating func writeFiles(
        _ count: Int, first: UInt32 = 2, longest: Int = 6000, flushingEach each: Int = 0, prefix: String = "f"
    ) {
        var nodes = 0
        for index in 0..<UInt32(count) {
            let number = first + index
            write(Self.dirent("\(prefix)\(number)", version: number, inode: InodeNumber(rawValue: number), order))
            var left = 1 + self.number(below: longest)
            var version: UInt32 = 0
            var offset = 0
            while left > 0 {
                let piece = min(left, 4096)
                version += 1
                write(
                    Self.inode(
                        InodeNumber(rawValue: number), version: version, offset: offset, data: noise(piece), order))
                left -= piece
                offset += piece
                nodes += 1
                if each > 0, nodes % each == 0 { flush() }
            }
        }
        if each > 0 { flush() }
    }
}
