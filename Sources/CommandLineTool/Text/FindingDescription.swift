import FileTree
import JFFS2

/// Something that was found, in JSON: the same form in all commands.
struct FindingDescription: Encodable {
    /// What it is, for programs; of a secret its rule.
    var code: String
    /// `note`, `warning`, `damage` …; `secret` for what scrub finds.
    var severity: String
    var message: String
    /// Where it is (bytes).
    var offset: Int?
    var ino: UInt32?
    /// What Linux has in its log about it.
    var linux: String?
    /// Of a secret.
    var path: String?
    var place: String?
    var excerpt: String?
    var notation: String?
    var secretKind: String?
    /// Whether the file system shows what it is in.
    var isLive: Bool?
}

extension FindingDescription {
    init(_ finding: Finding) {
        self.init(
            code: finding.code.rawValue, severity: finding.severity.description, message: finding.message,
            offset: finding.offset, ino: finding.inode?.rawValue, linux: finding.linuxLine)
    }
}
