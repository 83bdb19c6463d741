/// A device number, kept whole (JFFS2 stores 16 bits where they are enough, 32 otherwise).
public struct DeviceNumber: Sendable, Hashable, CustomStringConvertible {
    /// At most 12 bits in JFFS2's 4-byte form.
    public var major: UInt32
    /// At most 20 bits in JFFS2's 4-byte form.
    public var minor: UInt32

    /// A device by its two numbers, as `mknod` takes them.
    public init(major: UInt32, minor: UInt32) {
        self.major = major
        self.minor = minor
    }

    /// Both numbers, as `ls -l` shows them.
    public var description: String { "\(major), \(minor)" }
}

/// An extended attribute: full name with prefix (`user.comment`) and the value as `getxattr` returns it.
public struct ExtendedAttribute: Sendable, Hashable {
    /// In full, with its prefix; not always UTF-8.
    public var name: [UInt8]
    /// As it is on the flash; may be empty.
    public var value: [UInt8]

    /// An attribute of a name.
    public init(name: [UInt8], value: [UInt8]) {
        self.name = name
        self.value = value
    }
}

/// What is said about a file apart from its content and its names.
public struct Metadata: Sendable, Hashable {
    /// The lower twelve bits of the mode: rwx for owner, group and others, set-uid, set-gid, sticky.
    public var permissions: UInt16
    /// Set-uid and set-gid in `permissions`.
    static let setID: UInt16 = 0o6000
    /// The numeric user.
    public var owner: UInt32
    /// The numeric group.
    public var group: UInt32
    /// Seconds since 1970; of last access.
    public var accessTime: Int64
    /// Seconds since 1970; of last change of the content.
    public var modificationTime: Int64
    /// Seconds since 1970; of last change of content or metadata.
    public var changeTime: Int64
    /// In the order in which they were found.
    public var extendedAttributes: [ExtendedAttribute]

    /// Metadata with one time for access, modification and change (seconds since 1970).
    public init(
        permissions: UInt16, owner: UInt32 = 0, group: UInt32 = 0, time: Int64 = 0,
        extendedAttributes: [ExtendedAttribute] = []
    ) {
        self.permissions = permissions
        self.owner = owner
        self.group = group
        accessTime = time
        modificationTime = time
        changeTime = time
        self.extendedAttributes = extendedAttributes
    }
}

/// A file, directory or special file. Its names are entries of directories; several names are hard links.
public struct Inode: Sendable {
    /// What only this kind of file has.
    public enum Payload: Sendable {
        /// The names in the directory, ascending by bytes, each once.
        case directory([DirectoryEntry])
        case regular(any FileContents)
        /// The target, raw bytes.
        case symbolicLink([UInt8])
        case characterDevice(DeviceNumber)
        case blockDevice(DeviceNumber)
        case fifo
        case socket
    }

    /// The number in the image it came from, or that the image to be written should use; nil where there is none.
    public var number: InodeNumber?
    /// What `stat` shows as st_nlink, where the source says so; else count the names.
    public var linkCount: UInt32?
    /// Permissions, owner, times and extended attributes.
    public var metadata: Metadata
    /// What it is, and what it holds.
    public var payload: Payload
    /// What `stat` shows as st_size, where it differs from the payload's own size (a symlink with an odd isize).
    public var declaredSize: UInt64?
    /// Whether the content of a regular file is to be stored without compression and without holes, because somebody reads
    /// it who can do neither: a boot loader.
    public var staysUncompressed = false

    /// An inode; see the properties.
    public init(
        number: InodeNumber? = nil, metadata: Metadata, payload: Payload, linkCount: UInt32? = nil,
        declaredSize: UInt64? = nil
    ) {
        self.number = number
        self.metadata = metadata
        self.payload = payload
        self.linkCount = linkCount
        self.declaredSize = declaredSize
    }

    /// What kind of file this is.
    public var kind: FileKind {
        switch payload {
        case .directory: .directory
        case .regular: .regular
        case .symbolicLink: .symbolicLink
        case .characterDevice: .characterDevice
        case .blockDevice: .blockDevice
        case .fifo: .fifo
        case .socket: .socket
        }
    }

    /// Kind and permissions in one number, as `stat` has them.
    public var mode: UInt32 { UInt32(kind.rawValue) | UInt32(metadata.permissions & 0o7777) }

    /// What `stat` shows as st_size: of a file its bytes, of a symlink its target's, of anything else 0.
    public var size: UInt64 {
        if let declaredSize { return declaredSize }
        switch payload {
        case .regular(let contents): return contents.size
        case .symbolicLink(let target): return UInt64(target.count)
        default: return 0
        }
    }

    /// The names in a directory; empty for anything else.
    public var entries: [DirectoryEntry] {
        if case .directory(let entries) = payload { return entries }
        return []
    }
}

/// A name in a directory.
public struct DirectoryEntry: Sendable, Hashable {
    /// Raw bytes; unique in its directory.
    public var name: FileName
    /// What it stands for, in `FileTree.inodes`.
    public var inode: InodeID

    /// A name for an inode.
    public init(name: FileName, inode: InodeID) {
        self.name = name
        self.inode = inode
    }
}

/// Where an inode stands in its tree.
public struct InodeID: Sendable, Hashable {
    /// The index in `FileTree.inodes`.
    public let index: Int

    /// The inode at this place of `FileTree.inodes`.
    public init(_ index: Int) { self.index = index }
}
