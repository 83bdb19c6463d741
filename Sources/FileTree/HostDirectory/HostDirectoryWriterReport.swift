package import SystemPackage

/// What writing a tree into a directory of the host came to.
package struct HostDirectoryWriterReport: Sendable {
    /// How many files of each kind were created, the root not counted; a file with several names counts once.
    package var created: [FileKind: Int] = [:]
    /// How many further names (hard links) were created.
    package var links = 0
    /// How many bytes of content were written, holes not counted.
    package var contentBytes: UInt64 = 0
    /// Devices and sockets that were left out because nobody but root may create them.
    package var privilegedFilesLeftOut = 0
    /// How many files lack set-uid or set-gid because those were not to be set (`HostDirectoryWriter.Configuration.setsSetID`).
    package var setIDsLeftOut = 0
    /// Whether owners were set at all (`HostDirectoryWriter.Configuration.isPrivileged`).
    package var setsOwners = false
    /// Whether extended attributes were set at all.
    package var setsExtendedAttributes = false
    /// The first thousand findings, in the order of the tree.
    package var findings: [DirectoryFinding] = []
    /// How many findings there were beyond those.
    package var furtherFindings = 0
    /// Whether any finding means that content or a name is missing from the directory.
    package var lostSomething = false
    /// The entries that are not in the directory.
    package var missing: Set<EntryKey> = []
    /// What an inode in the directory lacks.
    package var notSet: [InodeID: NotSet] = [:]
    /// The SHA-256 of the content of each regular file that was written and is sound.
    package var digests: [InodeID: [UInt8]] = [:]

    static let findingLimit = 1000

    /// Nothing written yet.
    package init() {}

    mutating func add(_ finding: DirectoryFinding) {
        if finding.problem.isLoss { lostSomething = true }
        // Paths are kept for so many only: a hostile tree can have long ones without end.
        if findings.count < Self.findingLimit {
            findings.append(finding)
        } else {
            furtherFindings += 1
        }
    }
}

/// A name in a directory of a tree. Directories are entered once only, so this names one place.
package struct EntryKey: Sendable, Hashable {
    /// The directory, in `FileTree.inodes`.
    package var directory: InodeID
    /// The name in it.
    package var name: FileName

    /// The place of a name.
    package init(directory: InodeID, name: FileName) {
        self.directory = directory
        self.name = name
    }
}

/// Metadata that the host did not take.
package struct NotSet: Sendable, Hashable {
    /// Owner or group.
    package var owner = false
    /// The permissions that the file has instead.
    package var permissions: UInt16?
    /// The time of last access or modification.
    package var times = false
    /// The full names of extended attributes.
    package var extendedAttributes: [[UInt8]] = []

    /// Everything was taken.
    package init() {}

    /// Whether everything was set.
    package var isEmpty: Bool { self == NotSet() }
}

/// Something in a tree that could not be put into a directory of the host as it is.
package struct DirectoryFinding: Sendable, CustomStringConvertible {
    /// What could not be put there, or how it was put otherwise.
    package enum Problem: Sendable {
        /// No directory can hold the name: empty, `.`, `..`, or with `/` or NUL.
        case unsafeName
        /// An entry of the same name was written before; the host may take upper and lower case for the same.
        case nameTaken
        /// A directory that is not empty stands where a file should be.
        case directoryInTheWay
        /// A file that was read, such as the image itself, stands where another one should be.
        case inputInTheWay
        /// The directory has a name already, and a directory of the host has one only.
        case furtherDirectoryName
        case notCreated(Errno)
        /// A socket on its way into a tar archive, which knows none; tar leaves it out as well.
        case socketIgnored
        /// The hard link became a copy.
        case copiedInsteadOfLinked(Errno)
        case notSet(String, Errno)
        /// Parts of the content are zeros, since they could not be read.
        case damaged([ContentDamage])
        /// The content could not be read (any further).
        case unreadable(ContentsError)

        /// Whether content or a name is missing.
        package var isLoss: Bool {
            switch self {
            case .copiedInsteadOfLinked, .notSet, .socketIgnored: false
            default: true
            }
        }
    }

    /// Where in the tree.
    package let path: FilePathBytes
    /// What is the matter with it.
    package let problem: Problem

    /// The path and the problem, without full stop.
    package var description: String {
        let text =
            switch problem {
            case .unsafeName: "left out: no folder can hold an entry of this name"
            case .nameTaken: "left out: there is an entry of this name already (or of one that this host takes for it)"
            case .directoryInTheWay: "left out: a folder that is not empty is in its place"
            case .inputInTheWay: "left out: what is unpacked is in its place itself"
            case .furtherDirectoryName:
                "left out: the folder is there under another name, and a folder can have one only"
            case .notCreated(let errno): "left out: cannot create: \(errno)"
            case .socketIgnored: "socket ignored: tar has none"
            case .copiedInsteadOfLinked(let errno): "a copy, not a hard link: \(errno)"
            case .notSet(let what, let errno): "cannot set \(what): \(errno)"
            case .damaged(let parts):
                "damaged: "
                    + parts.prefix(8).map(\.description).joined(separator: "; ")
                    + (parts.count > 8 ? "; and \(parts.count - 8) more" : "")
            case .unreadable(let error): "cannot read its content: \(error)"
            }
        return "\(path): \(text)"
    }
}
