public import FileTree

/// Something about an image that is not as it should be, or that a reader should know.
public struct Finding: Sendable, Hashable {
    /// How bad it is.
    public enum Severity: Int, Sendable, Hashable, Comparable, CaseIterable, CustomStringConvertible {
        /// Normal on a used flash; said for completeness.
        case note
        /// The kernel would complain or behave differently, but nothing is lost.
        case warning
        /// Something is lost, or may be.
        case damage

        /// Whether the left is less serious.
        public static func < (left: Severity, right: Severity) -> Bool { left.rawValue < right.rawValue }

        /// `note`, `warning` or `damage`.
        public var description: String {
            switch self {
            case .note: "note"
            case .warning: "warning"
            case .damage: "damage"
            }
        }
    }

    /// What was found. The raw values are part of the JSON output.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        case badNodeCRC
        case badNameCRC
        case badDataCRC
        case badHeaderCRC
        case nodeCrossesBlock
        case nodeCutOff
        case badLength
        case nameWithNUL
        case emptyName
        case unsafeName
        case missingInode
        case unreadableInode
        case orphan
        case lostDirectory
        case unreachableName
        case nothingLeft
        case obsoleteNode
        case incompatibleNode
        case readOnlyNode
        case unknownNode
        case oldMagic
        case otherByteOrder
        case badSummary
        case summaryMismatch
        case hiddenBehindCleanmarker
        case erasedGap
        case misplacedCleanmarker
        /// Of another size than the one that the first block has.
        case oddCleanmarker
        case sizeLowered
        case missingData
        case sameVersion
        /// The last version that there is: the next one of that inode is 0.
        case lastVersion
        case directoryWithSeveralNames
        case oddUserCompression
        case oddSymlink
        case oddMode
        case badExtendedAttribute
        case undecodable
        case dirt
        case noNodes
        /// It is not the file system as it is, but as it was.
        case reconstructed
        /// The file that the image came from could not be read to its end.
        case inputDamaged
    }

    /// What Linux makes of it when it mounts the image read-only and reads every file.
    public enum Linux: Sendable, Hashable {
        /// Nothing in its log.
        case silent
        /// At least one line in its log.
        case complains
    }

    /// What was found.
    public var code: Code
    /// How serious it is.
    public var severity: Severity
    /// What Linux does about it.
    public var linux: Linux
    /// Where in the image (bytes), if at one place.
    public var offset: Int?
    /// Which inode, if one is concerned.
    public var inode: InodeNumber?
    /// A sentence without capital and full stop.
    public var message: String
    /// What Linux has in its log about it, where it has a line with a place of its own.
    public var linuxLine: String?
}

/// Findings in the order in which they were made. Texts are limited in number, since a hostile image has millions; the
/// counts, by which verdicts are made, are not.
public struct FindingList: Sendable {
    /// What is counted together, and limited together.
    public struct Kind: Hashable, Sendable {
        /// See `Finding.code`.
        public var code: Finding.Code
        /// See `Finding.severity`.
        public var severity: Finding.Severity
        /// See `Finding.linux`.
        public var linux: Finding.Linux

        /// What findings have in common that are counted together.
        public init(code: Finding.Code, severity: Finding.Severity, linux: Finding.Linux) {
            self.code = code
            self.severity = severity
            self.linux = linux
        }
    }

    /// The first ones of each kind.
    public private(set) var findings: [Finding] = []
    /// How many of each kind there were in all.
    public private(set) var kinds: [Kind: Int] = [:]

    /// How many findings of one kind are kept.
    public static let limit = 200

    /// Nothing found yet.
    public init() {}

    /// Adds a finding; the message is only made if it is kept.
    ///
    /// - Parameters:
    ///   - linux: by default, Linux complains about damage and about nothing else.
    ///   - linuxLine: the line of Linux, made only if the finding is kept.
    public mutating func add(
        _ code: Finding.Code, severity: Finding.Severity, linux: Finding.Linux? = nil, at offset: Int? = nil,
        inode: InodeNumber? = nil, linuxLine: @autoclosure () -> String? = nil, message: @autoclosure () -> String
    ) {
        let linux = linux ?? (severity == .damage ? .complains : .silent)
        let kind = Kind(code: code, severity: severity, linux: linux)
        let count = kinds[kind, default: 0]
        kinds[kind] = count + 1
        if count < Self.limit {
            findings.append(
                Finding(
                    code: code, severity: severity, linux: linux, offset: offset, inode: inode, message: message(),
                    linuxLine: linuxLine()))
        }
    }

    /// Adds all of another list.
    public mutating func add(_ other: FindingList) {
        for (kind, count) in other.kinds { kinds[kind, default: 0] += count }
        findings += other.findings
    }

    /// How many of each code there were in all.
    public var counts: [Finding.Code: Int] {
        kinds.reduce(into: [:]) { $0[$1.key.code, default: 0] += $1.value }
    }

    /// The worst of all; nil when there are none.
    public var worst: Finding.Severity? { kinds.keys.map(\.severity).max() }

    /// Whether anything is or may be lost.
    public var isDamaged: Bool { kinds.keys.contains { $0.severity == .damage } }

    /// Whether Linux has a line in its log about any of them.
    public var makesLinuxComplain: Bool { kinds.keys.contains { $0.linux == .complains } }
}
