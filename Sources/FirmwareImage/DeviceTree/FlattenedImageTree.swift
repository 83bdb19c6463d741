import FlashBytes

/// A U-Boot FIT image: a device tree whose node `/images` holds files, or says where they lie behind it.
package struct FlattenedImageTree: Sendable, Hashable {
    /// A file in it.
    package struct Member: Sendable, Hashable {
        /// The node's name: `kernel-1`.
        package let name: String
        /// What the node says about it; empty where it says nothing.
        package let description: String
        /// `type`, `arch`, `os`, `compression` by their names; missing ones are empty.
        package let type: String
        /// See `type`.
        package let architecture: String
        /// See `type`.
        package let operatingSystem: String
        /// See `type`.
        package let compression: String
        /// Where the data lies (bytes from the start of the blob); nil when it lies outside of the input.
        package let data: Range<Int>?
        /// In the order of the image.
        package let hashes: [Hash]

        /// Whether it may be a file system as it stands.
        package var isPlain: Bool { compression.isEmpty || compression == "none" }
    }

    /// A sum of a member's data.
    package struct Hash: Sendable, Hashable {
        /// `crc32`, `md5`, `sha1`, `sha256` and so on.
        package let algorithm: String
        /// The sum's bytes, as the node has them.
        package let value: [UInt8]
    }

    /// What the root says about the image; empty where it says nothing.
    package let description: String
    /// The nodes of `/images`, in the order of the blob.
    package let members: [Member]
    /// How far the image reaches, with data that lie behind the tree (bytes).
    package let size: Int

    /// Reads the image that `bytes` begin with.
    package init(_ bytes: RawSpan) throws(DeviceTree.Malformed) { try self.init(tree: DeviceTree(bytes), bytes: bytes) }

    /// - Parameter tree: that of these bytes.
    init(tree: DeviceTree, bytes: RawSpan) throws(DeviceTree.Malformed) {
        guard let images = tree.root.child("images") else {
            throw DeviceTree.Malformed(description: "the device tree has no node /images: it is no FIT image")
        }
        description = tree.root.property("description").map { DeviceTree.string(bytes, range: $0) } ?? ""
        members = images.children.map { Self.member($0, tree: tree, in: bytes) }
        size = Self.extent(tree, members: members)
    }

    private static func member(_ node: DeviceTree.Node, tree: DeviceTree, in bytes: RawSpan) -> Member {
        func text(_ name: String) -> String { node.property(name).map { DeviceTree.string(bytes, range: $0) } ?? "" }
        func number(_ name: String) -> Int? {
            node.property(name).flatMap { DeviceTree.cells(bytes, range: $0).first }.map { Int($0) }
        }
        var data = node.property("data")
        if data == nil, let size = number("data-size") {
            // External data: counted from the start of the blob, or from the first multiple of 4 behind it.
            let start = number("data-position") ?? number("data-offset").map { (tree.size + 3) & ~3 + $0 }
            if let start, start <= bytes.byteCount, size <= bytes.byteCount - start { data = start..<start + size }
        }
        let hashes = node.children.filter { $0.name.hasPrefix("hash") }.map { hash in
            Hash(
                algorithm: hash.property("algo").map { DeviceTree.string(bytes, range: $0) } ?? "unknown",
                value: hash.property("value").flatMap { try? bytes.bytes(in: $0) } ?? [])
        }
        return Member(
            name: node.name, description: text("description"), type: text("type"), architecture: text("arch"),
            operatingSystem: text("os"), compression: text("compression"), data: data, hashes: hashes)
    }

    private static func extent(_ tree: DeviceTree, members: [Member]) -> Int {
        members.compactMap(\.data?.upperBound).reduce(tree.size, max)
    }
}
