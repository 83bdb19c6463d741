import FlashBytes

/// A flattened device tree (dtb): nodes with properties. The format of the Devicetree Specification, version 17 and 16.
package struct DeviceTree: Sendable, Hashable {
    static let magic: UInt32 = 0xd00d_feed

    /// A node.
    package struct Node: Sendable, Hashable {
        /// With the unit address: `partition@40000`.
        package let name: String
        /// Where each property's value lies (bytes from the start of the blob).
        package let properties: [Property]
        /// In the order of the blob.
        package let children: [Node]

        /// The child of this name.
        package func child(_ name: String) -> Node? { children.first { $0.name == name } }

        /// Where the property's value lies (bytes from the start of the blob).
        package func property(_ name: String) -> Range<Int>? { properties.first { $0.name == name }?.value }
    }

    /// A property.
    package struct Property: Sendable, Hashable {
        /// Without the node's path: `compatible`.
        package let name: String
        /// Bytes from the start of the blob.
        package let value: Range<Int>
    }

    /// What is wrong with a blob.
    package struct Malformed: Error, Hashable, CustomStringConvertible {
        /// What is wrong and where, without full stop.
        package let description: String
    }

    /// The node `/`.
    package let root: Node
    /// `totalsize` (bytes).
    package let size: Int

    /// Deeper trees are refused.
    private static let deepest = 64
    /// Larger trees are refused; real ones have a few thousand nodes and properties.
    private static let mostItems = 1 << 20
    /// Longer names are refused: the specification allows 31 bytes, and each property could name all of the blob (bytes).
    private static let longestName = 255

    /// Reads the blob that `bytes` begin with.
    package init(_ bytes: RawSpan) throws(Malformed) {
        var work = Self.mostItems
        try self.init(bytes, work: &work)
    }

    /// - Parameter work: how much may be read at most, as nodes and properties; less by what was read.
    init(_ bytes: RawSpan, work: inout Int) throws(Malformed) {
        var reader = try Reader(bytes, mostItems: min(work, Self.mostItems))
        defer { work -= reader.items }
        root = try reader.root(bytes)
        size = reader.size
    }

    /// The string in `range`, up to its first NUL.
    package static func string(_ bytes: RawSpan, range: Range<Int>) -> String {
        let value = (try? bytes.bytes(in: range)) ?? []
        return String(decoding: value.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// The 32-bit numbers in `range`.
    package static func cells(_ bytes: RawSpan, range: Range<Int>) -> [UInt32] {
        stride(from: range.lowerBound, to: range.upperBound - 3, by: 4).compactMap { try? bytes.uint32(at: $0, .big) }
    }

    private struct Reader {
        let size: Int
        private let strings: Range<Int>
        private let structure: Range<Int>
        private var at: Int
        /// What was read: nodes, properties, and long names by their length.
        private(set) var items = 0
        private let mostItems: Int
        /// Names of properties by their places: many properties have the same one.
        private var names: [Int: String] = [:]

        init(_ bytes: RawSpan, mostItems: Int) throws(Malformed) {
            self.mostItems = mostItems
            guard let magic = try? bytes.uint32(at: 0, .big), magic == DeviceTree.magic, bytes.byteCount >= 40 else {
                throw Malformed(description: "no device tree (d00dfeed) here")
            }
            func field(_ offset: Int) -> Int { Int((try? bytes.uint32(at: offset, .big)) ?? 0) }
            let (total, lastCompatible) = (field(4), field(24))
            guard total >= 40, total <= bytes.byteCount else {
                throw Malformed(
                    description: "the device tree announces \(total) bytes, but \(bytes.byteCount) are left")
            }
            guard lastCompatible <= 17, field(20) >= 16 else {
                throw Malformed(description: "device tree version \(field(20)) is not known")
            }
            let (start, names) = (field(8), field(12))
            let length = field(20) >= 17 ? field(36) : total - start
            guard start >= 40, length >= 0, start <= total, length <= total - start, names <= total,
                field(32) <= total - names
            else { throw Malformed(description: "the device tree's parts lie outside of it") }
            size = total
            strings = names..<names + field(32)
            structure = start..<start + length
            at = start
        }

        mutating func root(_ bytes: RawSpan) throws(Malformed) -> Node {
            while true {
                switch try token(bytes) {
                case 1: return try node(bytes, depth: 0)
                case 4: continue
                default: throw Malformed(description: "the device tree has no root node")
                }
            }
        }

        private mutating func token(_ bytes: RawSpan) throws(Malformed) -> UInt32 {
            guard at + 4 <= structure.upperBound, let token = try? bytes.uint32(at: at, .big) else {
                throw Malformed(description: "the device tree ends in the middle of a node")
            }
            items += 1
            guard items <= mostItems else { throw Malformed(description: "the device tree is too large") }
            at += 4
            return token
        }

        private mutating func node(_ bytes: RawSpan, depth: Int) throws(Malformed) -> Node {
            guard depth < DeviceTree.deepest else { throw Malformed(description: "the device tree is too deep") }
            let name = try string(bytes, start: at, end: structure.upperBound)
            at = (at + name.utf8.count + 1 + 3) & ~3
            var properties: [Property] = []
            var children: [Node] = []
            while true {
                switch try token(bytes) {
                case 1: children.append(try node(bytes, depth: depth + 1))
                case 2: return Node(name: name, properties: properties, children: children)
                case 3: properties.append(try property(bytes))
                case 4: continue
                default: throw Malformed(description: "unknown token in the device tree at \(hex(at - 4))")
                }
            }
        }

        private mutating func property(_ bytes: RawSpan) throws(Malformed) -> Property {
            let length = Int(try token(bytes))
            let nameOffset = Int(try token(bytes))
            guard length <= structure.upperBound - at, nameOffset < strings.count else {
                throw Malformed(description: "a property of the device tree at \(hex(at - 12)) lies outside of it")
            }
            let name = try name(bytes, place: strings.lowerBound + nameOffset)
            let value = at..<at + length
            at = (at + length + 3) & ~3
            return Property(name: name, value: value)
        }

        private mutating func name(_ bytes: RawSpan, place: Int) throws(Malformed) -> String {
            if let known = names[place] { return known }
            let name = try string(bytes, start: place, end: strings.upperBound)
            items += name.utf8.count / 16
            names[place] = name
            return name
        }

        /// The string that ends with NUL before `end`.
        private func string(_ bytes: RawSpan, start: Int, end: Int) throws(Malformed) -> String {
            var stop = start
            while stop < end, let byte = try? bytes.uint8(at: stop), byte != 0 {
                // Names are ASCII; anything else would also change its length when decoded.
                guard byte >= 0x20, byte < 0x7f else {
                    throw Malformed(description: "a name in the device tree is no text")
                }
                stop += 1
                guard stop - start <= DeviceTree.longestName else {
                    throw Malformed(
                        description: "a name in the device tree has more than \(DeviceTree.longestName) bytes")
                }
            }
            guard stop < end else { throw Malformed(description: "a name in the device tree has no end") }
            return String(decoding: (try? bytes.bytes(in: start..<stop)) ?? [], as: UTF8.self)
        }
    }
}
