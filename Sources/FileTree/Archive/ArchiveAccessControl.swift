internal import CArchive
internal import FlashBytes

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The access control lists of an entry of a tar archive (`SCHILY.acl.access`, `SCHILY.acl.default`, as GNU tar --acls,
/// star and bsdtar write them), which libarchive keeps apart from extended attributes.
struct ArchiveAccessControl {
    /// The lists as extended attributes, in the form that Linux's `getxattr` gives them.
    private(set) var attributes: [ExtendedAttribute] = []
    /// The rwx bits of the access list's mask.
    private(set) var mask: UInt16?

    /// A name that no number is known for.
    struct UnknownName: Error {
        /// `user 'eve'`.
        let description: String
    }

    private struct Line {
        var tag: UInt16
        var permissions: UInt16
        var identifier = UInt32.max
    }

    init(_ entry: OpaquePointer) throws(UnknownName) {
        for (kind, name) in [
            (ARCHIVE_ENTRY_ACL_TYPE_ACCESS, "system.posix_acl_access"),
            (ARCHIVE_ENTRY_ACL_TYPE_DEFAULT, "system.posix_acl_default"),
        ] {
            let lines = unsafe try Self.lines(entry, wanted: kind)
            if lines.isEmpty { continue }
            attributes.append(ExtendedAttribute(name: Array(name.utf8), value: Self.value(lines)))
            if kind == ARCHIVE_ENTRY_ACL_TYPE_ACCESS { mask = lines.first { $0.tag == Self.maskTag }?.permissions }
        }
    }

    /// The mode of a file with these lists: with a mask, Linux shows it as the permissions of the group
    /// (`posix_acl_equiv_mode`), where libarchive gives those of the group's own line.
    func permissions(_ permissions: UInt16) -> UInt16 {
        guard let mask else { return permissions }
        return permissions & ~0o070 | mask << 3
    }

    private static let maskTag: UInt16 = 0x10

    private static func lines(_ entry: OpaquePointer, wanted: CInt) throws(UnknownName) -> [Line] {
        guard unsafe archive_entry_acl_reset(entry, wanted) > 0 else { return [] }
        var lines: [Line] = []
        while true {
            var (kind, permissions, tag, identifier) = (CInt(0), CInt(0), CInt(0), CInt(0))
            var name: UnsafePointer<CChar>?
            guard
                unsafe archive_entry_acl_next(entry, wanted, &kind, &permissions, &tag, &identifier, &name)
                    == ARCHIVE_OK
            else { break }
            var line = Line(tag: 0, permissions: UInt16(truncatingIfNeeded: permissions & 7))
            switch tag {
            case ARCHIVE_ENTRY_ACL_USER_OBJ: line.tag = 1
            case ARCHIVE_ENTRY_ACL_USER:
                line.tag = 2
                line.identifier = unsafe try number(identifier, name: name, kind: "user") {
                    unsafe getpwnam($0)?.pointee.pw_uid
                }
            case ARCHIVE_ENTRY_ACL_GROUP_OBJ: line.tag = 4
            case ARCHIVE_ENTRY_ACL_GROUP:
                line.tag = 8
                line.identifier = unsafe try number(identifier, name: name, kind: "group") {
                    unsafe getgrnam($0)?.pointee.gr_gid
                }
            case ARCHIVE_ENTRY_ACL_MASK: line.tag = maskTag
            case ARCHIVE_ENTRY_ACL_OTHER: line.tag = 0x20
            default: continue  // of a list that Linux does not have
            }
            lines.append(line)
        }
        // The order that Linux asks for (`posix_acl_valid`).
        return lines.sorted { ($0.tag, $0.identifier) < ($1.tag, $1.identifier) }
    }

    /// The number of a user or group. GNU tar writes names unless it was called with --numeric-owner; it looks them up on
    /// the computer that unpacks.
    private static func number(
        _ identifier: CInt, name: UnsafePointer<CChar>?, kind: String, find: (UnsafePointer<CChar>) -> UInt32?
    ) throws(UnknownName) -> UInt32 {
        if identifier >= 0 { return UInt32(identifier) }
        if let name = unsafe name, unsafe name.pointee != 0 {
            if let found = unsafe find(name) { return found }
            throw UnknownName(description: "\(kind) '\(printable(unsafe cStringBytes(name)))'")
        }
        throw UnknownName(description: "a \(kind) without name and number")
    }

    /// Version 2, then tag, permissions and number of each line; always little-endian (linux/posix_acl_xattr.h).
    private static func value(_ lines: [Line]) -> [UInt8] {
        var writer = ByteWriter(.little)
        writer.uint32(2)
        for line in lines {
            writer.uint16(line.tag)
            writer.uint16(line.permissions)
            writer.uint32(line.identifier)
        }
        return writer.bytes
    }
}
