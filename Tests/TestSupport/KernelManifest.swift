import Foundation

/// What the Linux kernel showed of one image (Tests/KernelLab).
package struct KernelManifest: Decodable, Sendable {
    package var name: String?
    package var mounted: Bool
    package var mountError: String?
    /// Kernel lines about the image that are not routine.
    package var complaints: Int?
    package var log: [String]
    package var errors: [String]?
    package var rw: Rewrite?
    /// By path as `printable` writes it, without a leading slash; "." is the root.
    package var entries: [String: Entry]?
    /// With what an ageing script ended.
    package var scriptStatus: Int32?
    /// What it printed.
    package var scriptSaid: String?
    /// What it saw of other folders, by the names that it gave them.
    package var seen: [String: [String: Entry]]?

    /// How the file system behaved when it was written to, unmounted and mounted again.
    package struct Rewrite: Decodable, Sendable {
        package var ok: Bool
        package var changed: [String]?
        package var lostOnRemount: [String]?

        enum CodingKeys: String, CodingKey {
            case ok, changed
            case lostOnRemount = "lost_on_remount"
        }
    }

    package struct Entry: Decodable, Sendable, Equatable {
        package var type: String?
        package var ino: UInt64?
        /// Octal, the lower twelve bits.
        package var mode: String?
        package var uid: UInt32?
        package var gid: UInt32?
        package var nlink: UInt32?
        package var size: UInt64?
        package var mtime: Int64?
        package var ctime: Int64?
        /// Major and minor.
        package var rdev: [UInt32]?
        package var target: String?
        package var sha256: String?
        /// Values in hex.
        package var xattrs: [String: String]?
        /// The errno with which the content, target or listing was refused.
        package var readError: Int32?
        /// The errno of lstat: the name is there, the inode cannot be had.
        package var statError: Int32?

        enum CodingKeys: String, CodingKey {
            case type, ino, mode, uid, gid, nlink, size, mtime, ctime, rdev, target, sha256, xattrs
            case readError = "read_error"
            case statError = "stat_error"
        }
    }

    enum CodingKeys: String, CodingKey {
        case name, mounted, complaints, log, errors, rw, entries, seen
        case scriptStatus = "script_status"
        case scriptSaid = "script_said"
        case mountError = "mount_error"
    }

    package init(path: String) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(filePath: path)))
    }
}

/// The bytes that `printable` was given.
package func unprintable(_ text: String) -> [UInt8] {
    let source = Array(text.utf8)
    var bytes: [UInt8] = []
    var at = 0
    while at < source.count {
        if source[at] == UInt8(ascii: "\\"), at + 3 < source.count,
            let byte = UInt8(String(decoding: source[at + 1...at + 3], as: UTF8.self), radix: 8)
        {
            bytes.append(byte)
            at += 4
        } else {
            bytes.append(source[at])
            at += 1
        }
    }
    return bytes
}
