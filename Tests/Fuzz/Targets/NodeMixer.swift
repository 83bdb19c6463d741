import FileTree
import FlashBytes
import ImageFile
import JFFS2
import TestSupport

/// Puts a flash together as the bytes of an input say: nodes with any fields, whose sums are right unless they say otherwise.
struct NodeMixer {
    let order: ByteOrder
    let eraseSize: Int
    private var flash: FlashAssembler
    /// The nodes so far, to be written again.
    private var nodes: [[UInt8]] = []
    /// What comes off its end (bytes).
    private var lost = 0

    /// A flash of a node costs a byte or two of input, so this bounds what a run takes (bytes).
    private static let largest = 96 << 10

    init(_ input: inout FuzzInput) {
        order = input.choice([.little, .big])
        eraseSize = input.choice([4096, 8192])
        flash = FlashAssembler(order, eraseSize: eraseSize)
        flash.hasCleanmarkers = input.bool()
    }

    /// By which the flash is opened.
    var options: InputOptions {
        var options = InputOptions()
        options.byteOrder = order
        options.eraseSize = eraseSize
        return options
    }

    /// Appends nodes until the input ends.
    mutating func mix(_ input: inout FuzzInput) {
        while !input.isEmpty, flash.bytes.count < Self.largest { step(&input) }
    }

    /// The flash so far, whole blocks unless its end was cut off.
    mutating func finished() -> [UInt8] {
        if lost == 0 { flash.finishBlock() }
        return flash.bytes.dropLast(lost)
    }

    /// What our reader makes of a flash of the whole input.
    mutating func fileSystem(from input: inout FuzzInput) -> FileSystem {
        mix(&input)
        return FileSystem(ByteRegion(finished()), byteOrder: order, eraseSize: eraseSize)
    }

    /// A file as a kernel writes it.
    mutating func addFile() {
        put(flash.dirent("file", 2, version: 1))
        put(flash.inode(2, version: 1, isize: 5, data: Array("hello".utf8)))
    }

    private mutating func put(_ node: [UInt8]) {
        nodes.append(node)
        flash.append(node)
    }

    private mutating func step(_ input: inout FuzzInput) {
        switch input.number(below: 16) {
        case 0...3: put(dirent(&input))
        case 4...8: put(inode(&input))
        case 9: put(xattr(&input))
        case 10:
            let sequence = number(&input)
            put(flash.xref(inodeNumber(&input), UInt32(input.number(below: 4)), sequence: sequence))
        case 11: input.bool() ? flash.finishBlockWithSummary() : flash.finishBlock()
        case 12:
            // As it stands, or marked obsolete, or with a byte changed.
            guard var node = nodes.isEmpty ? nil : nodes[input.number(below: min(nodes.count, 256))] else { return }
            switch input.number(below: 3) {
            case 0: break
            case 1: node[order == .little ? 3 : 2] &= 0xdf
            default: node[Int(input.uint16()) % node.count] ^= input.byte()
            }
            flash.append(node)
        case 13: flash.append(input.bytes(1 + input.number(below: 64)))
        case 14: flash.append(header(&input) + input.bytes(input.number(below: 128)))
        default: lost = Int(input.uint16()) % max(1, min(flash.bytes.count, 2 * eraseSize))
        }
    }

    // MARK: - Fields

    /// Numbers at which something may change, and any others.
    private func number(_ input: inout FuzzInput) -> UInt32 {
        let edges: [UInt32] = [
            0, 1, 2, 3, 4, 5, 12, 68, 254, 255, 256, 4095, 4096, 4097, 8192, 65535, 65536, 1 << 20, 1 << 30,
            .max >> 1, 1 << 31, .max - 1, .max,
        ]
        let byte = input.byte()
        if byte < 128 { return UInt32(byte % 16) }
        if byte < 200 { return edges[Int(byte) % edges.count] }
        return byte < 240 ? UInt32(input.uint16()) : input.uint32()
    }

    private func inodeNumber(_ input: inout FuzzInput) -> InodeNumber {
        let byte = input.byte()
        return InodeNumber(rawValue: byte < 240 ? UInt32(byte % 8) : number(&input))
    }

    private func header(_ input: inout FuzzInput) -> [UInt8] {
        let types = NodeType.known.map(\.rawValue) + [0xe00a, 0x6005, 0xa005, 0x2005, 0xc001, 0x0000, 0xffff]
        var writer = ByteWriter(order)
        NodeHeader(type: NodeType(rawValue: input.choice(types)), totalLength: number(&input)).write(to: &writer)
        return writer.bytes
    }

    private func name(_ input: inout FuzzInput) -> [UInt8] {
        let usual = ["a", "b", "c", "dir", "etc", "passwd", ".", "..", "a/b", "", "\n", "a\0b", "A", "..a"]
        let byte = input.byte()
        if byte < 160 { return Array(usual[Int(byte) % usual.count].utf8) }
        if byte < 170 { return [UInt8](repeating: 0x6e, count: 254 + Int(byte & 1)) }
        return input.bytes(Int(byte) % 32)
    }

    private func dirent(_ input: inout FuzzInput) -> [UInt8] {
        let parent = inodeNumber(&input)
        let version = number(&input)
        let inode = inodeNumber(&input)
        let type = input.choice([8, 8, 8, 4, 4, 10, 2, 6, 1, 12, 0, 255] as [UInt8])
        let name = name(&input)
        var writer = ByteWriter(order)
        Dirent(
            parent: parent, version: version, inode: inode, changeTime: version &+ 7, nameLength: UInt8(name.count),
            type: type
        ).write(to: &writer, name: name)
        return writer.bytes
    }

    private func inode(_ input: inout FuzzInput) -> [UInt8] {
        let kinds: [UInt32] = [
            0o100644, 0o100644, 0o040755, 0o120777, 0o020600, 0o060600, 0o010600, 0o140600, 0o104755, 0o041777, 0,
            0o170000,
        ]
        let inode = inodeNumber(&input)
        let version = number(&input)
        let mode = input.choice(kinds)
        var raw = RawInode(
            inode: inode, version: version, mode: mode, uid: UInt16(input.byte()), gid: UInt16(mode & 0xff))
        raw.offset = number(&input)
        let data = data(&input)
        raw.csize = UInt32(data.stored.count)
        raw.dsize = data.size
        raw.compression = data.compression
        let choice = input.byte()
        // Mostly a file that ends with this node.
        raw.isize = choice < 160 ? raw.offset &+ raw.dsize : number(&input)
        if choice % 16 == 1 { raw.dsize = number(&input) }
        if choice % 16 == 2 { raw.csize = number(&input) }
        if choice % 16 == 3 { raw.flags = UInt16(truncatingIfNeeded: number(&input)) }
        raw.mtime = version &* 3
        raw.ctime = version
        raw.atime = UInt32(choice)
        raw.dataCRC = CRC32.jffs2(data.stored) ^ (choice % 16 == 4 ? 1 : 0)
        var writer = ByteWriter(order)
        raw.write(to: &writer)
        writer.append(data.stored)
        return writer.bytes
    }

    /// Stored bytes that mostly are what the codec makes of data of this size.
    private func data(_ input: inout FuzzInput) -> (stored: [UInt8], size: UInt32, compression: Compression) {
        let choice = input.number(below: 10)
        let text = input.bytes(input.number(below: 48))
        switch choice {
        case 0: return ([], number(&input), .zero)
        case 1: return (text, UInt32(text.count), .none)
        case 2: return (text, number(&input), input.choice(Codec.all.map(\.compression)))
        case 3: return ([], 0, .none)
        default:
            // A page of it.
            var page: [UInt8] = []
            while page.count < 64 * choice, !text.isEmpty { page += text }
            var settings = CompressionSettings()
            settings.codecs = [CompressionSettings.encoders[choice % CompressionSettings.encoders.count]]
            settings.selection = .priority
            guard !page.isEmpty, let compressor = PageCompressor(settings, pageSize: page.count) else {
                return ([], 0, .none)
            }
            var stored = [UInt8](repeating: 0, count: page.count)
            var span = stored.mutableSpan
            var output = unsafe span.mutableBytes
            let (compression, count) = compressor.compress(page.span.bytes, into: &output)
            return (Array(stored[..<count]), UInt32(page.count), compression)
        }
    }

    private func xattr(_ input: inout FuzzInput) -> [UInt8] {
        let identifier = UInt32(input.number(below: 4))
        let version = number(&input)
        let prefix = UInt8(input.number(below: 8))
        let name = name(&input)
        let value = input.bytes(input.number(below: 48))
        var writer = ByteWriter(order)
        XattrNode(
            identifier: identifier, version: version, prefix: prefix, nameLength: UInt8(name.count),
            valueLength: UInt16(value.count)
        ).write(to: &writer, name: name, value: value)
        return writer.bytes
    }
}
