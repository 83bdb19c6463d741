import FileTree
import FlashBytes
import ImageFile
import JFFS2
import Scrub

/// What `scan` prints of a file: one object in one line.
struct ScanDescription: Encodable {
    var file: String
    /// Where the name is not UTF-8.
    var fileBytes: [UInt8]?
    var fileSize: Int?
    var sha256: String?
    /// `jffs2`, or what else it is, as a word for programs.
    var format: String?
    /// What else it is, in words.
    var message: String?
    /// Whether a check of a file system does not hold.
    var damaged: Bool?
    var fileSystems: [ImageDescription]?
    /// How often each rule found something; with the next three, nil if secrets were not looked for.
    var found: [ScrubDescription.RuleCount]?
    var secretCount: Int?
    var incompleteRules: [String]?
    var notSearched: [String]?
    /// Why it was not read, or given up.
    var error: ErrorDescription.Detail?

    init(of path: [UInt8]) {
        if let text = String(validating: path, as: UTF8.self) {
            file = text
        } else {
            (file, fileBytes) = (printable(path), path)
        }
    }

    /// Of a file that was not read.
    static func failed(_ path: [UInt8], message: String) -> ScanDescription {
        var description = ScanDescription(of: path)
        description.error = ErrorDescription.Detail(message: message, exitStatus: Failure.Status.failed.rawValue)
        return description
    }

    /// The line of a file that was not read.
    static func failedLine(_ path: [UInt8], message: String) -> [UInt8] {
        (try? JSON.line(failed(path, message: message))) ?? []
    }
}

extension ImageDescription {
    /// So many findings of one image are listed; the counts have all.
    private static let mostFindings = 100

    /// What `info` says and what `verify` checks, no longer than a line may be.
    init(scanned image: OpenedImage, check: ImageVerification) {
        self.init(image)
        // Where the file lies is said once.
        checks = check.results.map { CheckDescription($0) }
        damaged = damaged || !check.holds
        let ordered = image.fileSystem.findings.findings.sorted { $0.severity > $1.severity }
        findings = ordered.prefix(Self.mostFindings).map { FindingDescription($0) }
    }
}
