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
        case obsoleteNode
        case incompatibleNode
        case readOnlyNode
        case unknownNode
        case oldMagic
        case otherByteOrder
        case badSummary
        case summaryMismatch
        case hiddenBehindCleanmarker
        case misplacedCleanmarker
        case sizeLowered
        case sameVersion
        case folderWithSeveralNames
        case oddUserCompression
        case oddSymlink
        case oddMode
        case badExtendedAttribute
        case undecodable
        case dirt
        case noNodes
        /// The file that the image came from could not be read to its end.
        case inputDamaged
    }

    public var code: Code
    public var severity: Severity
    /// Where in the image (bytes), if at one place.
    public var offset: Int?
    /// Which inode, if one is concerned.
    public var inode: UInt32?
    /// A sentence without capital and full stop.
    public var message: String
}

/// Findings in the order in which they were made, limited in number: a hostile image has millions.
public struct FindingList: Sendable {
    /// The first ones of each kind.
    public private(set) var findings: [Finding] = []
    /// How many of each kind there were in all.
    public private(set) var counts: [Finding.Code: Int] = [:]
    /// The worst of all; nil when there are none.
    public private(set) var worst: Finding.Severity?

    /// How many findings of one kind are kept.
    public static let limit = 200

    public init() {}

    /// Adds a finding; the message is only made if it is kept.
    public mutating func add(
        _ code: Finding.Code, _ severity: Finding.Severity, at offset: Int? = nil, inode: UInt32? = nil,
        _ message: @autoclosure () -> String
    ) {
        let count = counts[code, default: 0]
        counts[code] = count + 1
        worst = max(worst ?? severity, severity)
        if count < Self.limit {
            findings.append(
                Finding(code: code, severity: severity, offset: offset, inode: inode, message: message()))
        }
    }

    /// Adds all of another list.
    public mutating func add(_ other: FindingList) {
        for (code, count) in other.counts { counts[code, default: 0] += count }
        findings += other.findings
        if let other = other.worst { worst = max(worst ?? other, other) }
    }

    /// Whether anything is or may be lost.
    public var isDamaged: Bool { worst == .damage }
}
