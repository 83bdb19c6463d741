package import FlashBytes

/// An access control list in its two forms: as `getxattr` returns it, and as JFFS2 stores it.
///
/// The host's: version 2 in 4 bytes, then tag 2, permissions 2, id 4 for each entry, always little-endian. JFFS2's:
/// version 1 in 4 bytes, then tag 2, permissions 2, and id 4 only behind named users and groups, in the image's order.
package struct AccessControlList: Sendable, Hashable {
    struct Entry: Sendable, Hashable {
        var tag: UInt16
        var permissions: UInt16
        var identifier: UInt32

        /// ACL_USER and ACL_GROUP, the tags that name somebody.
        var isNamed: Bool { tag == 2 || tag == 8 }
        /// Not one of the six tags that Linux knows.
        var isUnknown: Bool { ![1, 2, 4, 8, 16, 32].contains(tag) }
    }

    var entries: [Entry] = []

    private static let hostVersion: UInt32 = 2
    private static let flashVersion: UInt32 = 1
    private static let nobody: UInt32 = 0xffff_ffff

    /// Reads the value of a host's attribute; nil when it is none.
    package init?(host value: [UInt8]) {
        let bytes = unsafe value.span.bytes
        var cursor = ByteCursor(.little)
        guard value.count % 8 == 4, (try? cursor.uint32(bytes)) == Self.hostVersion else { return nil }
        while cursor.position < value.count {
            guard let tag = try? cursor.uint16(bytes), let permissions = try? cursor.uint16(bytes),
                let identifier = try? cursor.uint32(bytes)
            else { return nil }
            entries.append(Entry(tag: tag, permissions: permissions, identifier: identifier))
        }
        if entries.contains(where: \.isUnknown) { return nil }
    }

    /// Reads the value of an xattr node; nil when Linux would refuse it.
    package init?(flash value: [UInt8], _ order: ByteOrder) {
        let bytes = unsafe value.span.bytes
        var cursor = ByteCursor(order)
        guard (try? cursor.uint32(bytes)) == Self.flashVersion else { return nil }
        while cursor.position < value.count {
            guard let tag = try? cursor.uint16(bytes), let permissions = try? cursor.uint16(bytes) else { return nil }
            var entry = Entry(tag: tag, permissions: permissions, identifier: Self.nobody)
            if entry.isUnknown { return nil }
            if entry.isNamed {
                guard let identifier = try? cursor.uint32(bytes) else { return nil }
                entry.identifier = identifier
            }
            entries.append(entry)
        }
    }

    /// The value that `setxattr` takes.
    package var hostValue: [UInt8] {
        var writer = ByteWriter(.little)
        writer.uint32(Self.hostVersion)
        for entry in entries {
            writer.uint16(entry.tag)
            writer.uint16(entry.permissions)
            writer.uint32(entry.isNamed ? entry.identifier : Self.nobody)
        }
        return writer.bytes
    }

    /// The value of an xattr node.
    package func flashValue(_ order: ByteOrder) -> [UInt8] {
        var writer = ByteWriter(order)
        writer.uint32(Self.flashVersion)
        for entry in entries {
            writer.uint16(entry.tag)
            writer.uint16(entry.permissions)
            if entry.isNamed { writer.uint32(entry.identifier) }
        }
        return writer.bytes
    }
}
