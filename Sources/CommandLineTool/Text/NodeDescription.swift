import FileTree
import FlashBytes
import JFFS2

/// A node on the flash, or what lies between nodes, in JSON.
struct NodeDescription: Encodable {
    /// From the start of the file system (bytes).
    var offset: Int
    /// With its header (bytes).
    var length: Int
    /// The erase block in which it lies.
    var block: Int
    var nodeType: String
    /// Nil for what is not part of the file system.
    var status: String?
    /// What is wrong with it.
    var damage: [String]?
    var version: UInt32?
    var ino: UInt32?
    /// Of an inode node: `at` is the place of its data in the file (bytes).
    var mode: String?
    var uid: UInt32?
    var gid: UInt32?
    var at: UInt32?
    var isize: UInt32?
    var csize: UInt32?
    var dsize: UInt32?
    var codec: String?
    /// Of a name: the inode of the folder, and the type as a number (DT_REG is 8).
    var pino: UInt32?
    var direntType: UInt32?
    var name: String?
    /// Of an attribute, and of what gives one to a file.
    var xid: UInt32?
    var xprefix: UInt32?
    var valueLength: UInt32?
    var xseqno: UInt32?

    /// - Parameter bytes: of the image.
    init(_ entry: FlashLogEntry, in bytes: RawSpan, of fileSystem: FileSystem) {
        offset = entry.offset
        length = entry.range.count
        block = entry.offset / max(1, fileSystem.eraseSize)
        nodeType = entry.word
        let known: NodeStatus = entry.isMisfit ? .damaged : entry.shownStatus
        status = known == .none ? nil : known.word
        damage = Self.damage(entry, in: bytes)
        let fields = Dictionary(
            entry.fields(in: bytes).map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        func number(_ name: String) -> UInt32? { fields[name].flatMap { UInt32($0) } }
        version = number("version")
        ino = number("ino")
        if case .inode(let raw) = entry.content { mode = raw.permissionText }
        (uid, gid) = (number("uid"), number("gid"))
        (at, isize) = (number("offset"), number("isize"))
        (csize, dsize) = (number("csize"), number("dsize"))
        codec = fields["compr"]
        (pino, direntType) = (number("pino"), number("type"))
        name = entry.name(in: bytes)?.description ?? fields["name"]
        (xid, xprefix) = (number("xid"), number("xprefix"))
        (valueLength, xseqno) = (number("value_len"), number("xseqno"))
    }

    private static func damage(_ entry: FlashLogEntry, in bytes: RawSpan) -> [String]? {
        if entry.isMisfit { return ["runs over the end of its block"] }
        guard entry.status != .none else { return nil }
        guard let failed = entry.failedSums(in: bytes) else { return ["cut off"] }
        return failed.isEmpty ? nil : failed.map { $0 == "cut off" ? $0 : "\($0) wrong" }
    }
}
