import FlashBytes

/// An image in the other byte order (`jffs2dump -e`): the same nodes at the same places.
///
/// What is obsolete stays obsolete, and a sum that is wrong stays wrong: it is off by the same bits.
struct ByteOrderConversion {
    private let words: ImageWords
    /// The image as it is to be, as far as it is.
    private var target: ImageWords
    /// Whether sums over data and names are made right.
    private let recalculates: Bool

    /// A conversion of an image in the byte order of `words`.
    init(_ words: ImageWords, recalculates: Bool) {
        self.words = words
        self.recalculates = recalculates
        target = ImageWords(bytes: words.bytes, order: words.order.opposite)
    }

    /// The bytes of the converted image.
    var converted: [UInt8] { target.bytes }

    /// A node, as it is in the image.
    private struct Node {
        let offset: Int
        /// With the ACCURATE bit.
        let type: UInt16
        /// In bytes, as far as there are any.
        let size: Int
    }

    /// Does it, and says what is no node that it knows.
    mutating func run() {
        var at = 0
        while at + 4 <= words.bytes.count {
            let (magic, type) = (words.uint16(at), words.uint16(at + 2))
            if magic == 0xffff, type == 0xffff {
                at += 4
            } else if magic != 0x1985 {
                StandardStreams.print(
                    "Wrong bitmask  at  \(Column.hexadecimal(at)), \(Column.hexadecimal(magic, width: 4))")
                reverse([2, 2], at: at)
                at += 4
            } else {
                at += convertNode(at: at, type: type | 0x2000)
            }
        }
    }

    /// Converts what begins with the magic; returns how far the next one is.
    private mutating func convertNode(at: Int, type: UInt16) -> Int {
        let (said, sum) = (words.uint32(at + 8), words.nodeSum(at: at, type: type, count: 8))
        let totalLength = words.uint32(at + 4)
        guard said == sum, totalLength >= 12 else {
            StandardStreams.print(
                "Wrong hdr_crc  at  \(Column.hexadecimal(at)), \(Column.hexadecimal(said)) instead of "
                    + Column.hexadecimal(sum))
            // Not a node, so that it is none afterwards either.
            reverse([2, 2], at: at)
            return 4
        }
        let node = Node(offset: at, type: type, size: min(Int(totalLength), words.bytes.count - at))
        let fields = JFFS2NodeLayout.fields(of: type)
        let size = fields.reduce(0, +)
        if node.size < size {
            // Cut off: of the fields that are there, none is believed but the header.
            if node.size >= 12 { reverse([2, 2, 4, 4], at: at) }
            setHeaderSum(node)
        } else {
            reverse(fields, at: at)
            // It is among what the next sums are of.
            setHeaderSum(node)
            convertRest(of: node)
        }
        if ![0xe001, 0xe002, 0xe008, 0xe009, 0x2003, 0x2004, 0x2006].contains(type) {
            StandardStreams.print(
                "Unknown node type: \(Column.hexadecimal(type, width: 4)) at \(Column.hexadecimal(at)), totlen "
                    + Column.hexadecimal(totalLength))
        }
        return max((Int(totalLength) + 3) & ~3, 4)
    }

    /// Data that has a byte order, and all sums but the header's.
    private mutating func convertRest(of node: Node) {
        let at = node.offset
        switch node.type {
        case 0xe001: setSums(node, at: 32, of: 32, data: (36, at + 40..<at + 40 + Int(words.uint8(at + 28))))
        case 0xe002:
            let data = at + 68..<at + 68 + Int(words.uint32(at + 48))
            let kind = words.uint32(at + 20) & 0xf000
            // The number of a device; a symlink's target has no byte order.
            if kind == 0x2000 || kind == 0x6000, words.uint8(at + 56) == 0, [2, 4].contains(data.count) {
                reverse([data.count], at: data.lowerBound)
            }
            setSums(node, at: 64, of: 60, data: (60, data))
        case 0xe008:
            let name = Int(words.uint8(at + 21)) + 1
            let size = name + Int(words.uint16(at + 22))
            // An access control list (JFFS2_XPREFIX_ACL_ACCESS and _DEFAULT) is made of numbers.
            if [3, 4].contains(words.uint8(at + 20)) {
                convertAccessControl(words.clamped(at + 32 + name..<at + 32 + size))
            }
            setSums(node, at: 28, of: 28, data: (24, at + 32..<at + 32 + size))
        case 0xe009: setSums(node, at: 24, of: 24, data: nil)
        case 0x2006:
            let isKnown = convertSummary(node)
            setSums(node, at: 28, of: 24, data: (24, at + 32..<at + max(32, node.size)))
            // Half converted it would mislead; with a wrong sum, Linux scans the block instead.
            if !isKnown { set(~target.uint32(at + 24), at: at + 24) }
        default: break
        }
    }

    /// A version, then tag and permissions of each entry, and the number of a user or group where the tag is one's.
    private mutating func convertAccessControl(_ range: Range<Int>) {
        guard range.count >= 4 else { return }
        reverse([4], at: range.lowerBound)
        var at = range.lowerBound + 4
        while at + 4 <= range.upperBound {
            let hasNumber = [0x02, 0x08].contains(words.uint16(at)) && at + 8 <= range.upperBound
            reverse(hasNumber ? [2, 2, 4] : [2, 2], at: at)
            at += hasNumber ? 8 : 4
        }
    }

    /// The lines of a summary and the marker at its end; false where a line is of no known type.
    private mutating func convertSummary(_ node: Node) -> Bool {
        let end = node.offset + node.size
        var at = node.offset + 32
        for _ in 0..<min(Int(words.uint32(node.offset + 12)), node.size / 6) {
            guard let fields = JFFS2NodeLayout.summaryFields(of: words.uint16(at)), at + fields.reduce(0, +) <= end
            else {
                StandardStreams.print(
                    "Unknown node in summary information!!! nodetype(\(String(words.uint16(at), radix: 16)))")
                return false
            }
            reverse(fields, at: at)
            at += fields.reduce(0, +) + (words.uint16(at) == 0xe001 ? Int(words.uint8(at + 22)) : 0)
        }
        if node.size >= 40 { reverse([4, 4], at: end - 8) }
        return true
    }

    // MARK: - Sums

    /// The sum over a node's fixed part, and that over what hangs on it, which goes first since it is in the fixed part of some.
    private mutating func setSums(_ node: Node, at place: Int, of count: Int, data: (place: Int, range: Range<Int>)?) {
        if let data {
            let said = words.uint32(node.offset + data.place)
            let error = recalculates && node.type != 0x2006 ? 0 : said ^ words.sum(data.range)
            set(target.sum(data.range) ^ error, at: node.offset + data.place)
        }
        let error =
            words.uint32(node.offset + place) ^ words.nodeSum(at: node.offset, type: node.type, count: count)
        let sum = target.nodeSum(at: node.offset, type: node.type, count: count)
        set(sum ^ error, at: node.offset + place)
    }

    private mutating func setHeaderSum(_ node: Node) {
        set(target.nodeSum(at: node.offset, type: node.type, count: 8), at: node.offset + 8)
    }

    private mutating func set(_ value: UInt32, at offset: Int) {
        var writer = ByteWriter(target.order, capacity: 4)
        writer.uint32(value)
        for (index, byte) in writer.bytes.enumerated() where offset + index < target.bytes.count {
            target.bytes[offset + index] = byte
        }
    }

    /// Reverses the bytes of numbers that lie behind each other.
    private mutating func reverse(_ sizes: [Int], at offset: Int) {
        var at = offset
        for size in sizes {
            if at + size <= target.bytes.count { target.bytes[at..<at + size].reverse() }
            at += size
        }
    }
}
