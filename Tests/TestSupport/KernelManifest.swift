import Foundation

/// What the Linux kernel showed of one image (Tests/KernelLab).
public struct KernelManifest: Decodable, Sendable {
    public var name: String?
    public var mounted: Bool
    public var mountError: String?
    /// Kernel lines about the image that are not routine.
    public var complaints: Int?
    public var log: [String]
    public var errors: [String]?
    public var rw: Rewrite?
    /// By path as `printable` writes it, without a leading slash; "." is the root.
    public var entries: [String: Entry]?

    /// How the file system behaved when it was written to, unmounted and mounted again.
    public struct Rewrite: Decodable, Sendable {
        public var ok: Bool
        public var changed: [String]?
        public var lostOnRemount: [String]?

        enum CodingKeys: String, CodingKey {
            case ok, changed
            case lostOnRemount = "lost_on_remount"
        }
    }

    public struct Entry: Decodable, Sendable, Equatable {
        public var type: String?
        public var ino: UInt64?
        /// Octal, the lower twelve bits.
        public var mode: String?
        public var uid: UInt32?
        public var gid: UInt32?
        public var nlink: UInt32?
        public var size: UInt64?
        public var mtime: Int64?
        public var ctime: Int64?
        /// Major and minor.
        public var rdev: [UInt32]?
        public var target: String?
        public var sha256: String?
        /// Values in hex.
        public var xattrs: [String: String]?
        /// The errno with which the content, target or listing was refused.
        public var readError: Int32?
        /// The errno of lstat: the name is there, the inode cannot be had.
        public var statError: Int32?

        enum CodingKeys: String, CodingKey {
            case type, ino, mode, uid, gid, nlink, size, mtime, ctime, rdev, target, sha256, xattrs
            case readError = "read_error"
            case statError = "stat_error"
        }
    }

    enum CodingKeys: String, CodingKey {
        case name, mounted, complaints, log, errors, rw, entries
        case mountError = "mount_error"
    }

    public init(path: String) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(filePath: path)))
    }
}

/// The bytes that `printable` was given.
public func unprintable(_ text: String) -> [UInt8] {
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
