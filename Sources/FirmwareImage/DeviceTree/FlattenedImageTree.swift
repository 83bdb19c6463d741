import FlashBytes

/// A U-Boot FIT image: a device tree whose node `/images` holds files, or says where they lie behind it.
public struct FlattenedImageTree: Sendable, Hashable {
    /// A file in it.
    public struct Member: Sendable, Hashable {
        /// The node's name: `kernel-1`.
        public let name: String
        public let description: String
        /// `type`, `arch`, `os`, `compression` by their names; missing ones are empty.
        public let type: String
        public let architecture: String
        public let operatingSystem: String
        public let compression: String
        /// Where the data lies (bytes from the start of the blob); nil when it lies outside of the input.
        public let data: Range<Int>?
        /// The CRC-32 that a hash node gives.
        public let crc: UInt32?
        /// The names of all hash algorithms that are given.
        public let hashes: [String]
    }

    public let description: String
    public let members: [Member]
    public let size: Int

    /// Reads the image that `bytes` begin with.
    public init(_ bytes: RawSpan) throws(DeviceTree.Malformed) {
        let tree = try DeviceTree(bytes)
        guard let images = tree.root.child("images") else {
            throw DeviceTree.Malformed(description: "the device tree has no node /images: it is no FIT image")
        }
        description = tree.root.property("description").map { DeviceTree.string(bytes, $0) } ?? ""
        members = images.children.map { Self.member($0, tree, bytes) }
        size = Self.extent(tree, members)
    }

    private static func member(_ node: DeviceTree.Node, _ tree: DeviceTree, _ bytes: RawSpan) -> Member {
        func text(_ name: String) -> String { node.property(name).map { DeviceTree.string(bytes, $0) } ?? "" }
        func number(_ name: String) -> Int? {
            node.property(name).flatMap { DeviceTree.cells(bytes, $0).first }.map { Int($0) }
        }
        var data = node.property("data")
        if data == nil, let size = number("data-size") {
            // External data: counted from the start of the blob, or from the first multiple of 4 behind it.
            let start = number("data-position") ?? number("data-offset").map { (tree.size + 3) & ~3 + $0 }
            if let start, start <= bytes.byteCount, size <= bytes.byteCount - start { data = start..<start + size }
        }
        let hashes = node.children.filter { $0.name.hasPrefix("hash") }
        var crc: UInt32?
        var names: [String] = []
        for hash in hashes {
            let algorithm = hash.property("algo").map { DeviceTree.string(bytes, $0) } ?? "unknown"
            names.append(algorithm)
            if algorithm == "crc32", let value = hash.property("value") { crc = DeviceTree.cells(bytes, value).first }
        }
        return Member(
            name: node.name, description: text("description"), type: text("type"), architecture: text("arch"),
            operatingSystem: text("os"), compression: text("compression"), data: data, crc: crc, hashes: names)
    }

    private static func extent(_ tree: DeviceTree, _ members: [Member]) -> Int {
        members.compactMap(\.data?.upperBound).reduce(tree.size, max)
    }

    /// What is wrong with a member, if anything.
    public static func fault(_ member: Member, _ bytes: RawSpan) -> String? {
        guard let data = member.data else { return "its data lies outside of the file" }
        guard let crc = member.crc else { return nil }
        let sum = CRC32.zlib(bytes.extracting(data))
        return sum == crc ? nil : "its CRC is \(hex(crc)), but its bytes give \(hex(sum))"
    }
}
