import FileTree
import FlashBytes
import ImageFile
import JFFS2

/// Prints findings to standard error: damage always, the rest when asked.
enum FindingReport {
    /// How many lines of one kind are printed without `--verbose`.
    private static let limit = 5

    /// What was found in an image while it was read, with the paths of the files that it concerns.
    ///
    /// - Parameters:
    ///   - quiet: nothing but damage, which the exit status tells of.
    ///   - withComplaints: notes too, where Linux has a line in its log about them.
    ///   - withLinuxLines: what Linux says of it, beside it.
    static func print(
        _ image: OpenedImage, quiet: Bool = false, verbose: Bool, withComplaints: Bool = false,
        withLinuxLines: Bool = false
    ) {
        let findings = image.fileSystem.findings
        let numbers = Set(findings.findings.compactMap(\.inode))
        print(
            findings, of: image.path, quiet: quiet, verbose: verbose, withComplaints: withComplaints,
            withLinuxLines: withLinuxLines, paths: paths(of: numbers, in: image.fileSystem.tree))
    }

    /// What was found of one kind.
    static func print(_ image: OpenedImage, of code: Finding.Code) {
        for finding in image.fileSystem.findings.findings where finding.code == code {
            StandardStreams.error(line(finding, image: image.path, paths: [:]))
        }
    }

    static func print(
        _ findings: FindingList, of image: String, quiet: Bool = false, verbose: Bool, withComplaints: Bool = false,
        withLinuxLines: Bool = false, paths: [InodeNumber: FilePathBytes] = [:]
    ) {
        func isWanted(_ severity: Finding.Severity, linux: Finding.Linux) -> Bool {
            verbose || severity > (quiet ? .warning : .note) || withComplaints && linux == .complains
        }
        var printed: [Finding.Code: Int] = [:]
        for finding in findings.findings.sorted(by: { $0.severity > $1.severity })
        where isWanted(finding.severity, linux: finding.linux) {
            let count = printed[finding.code, default: 0]
            if !verbose, count >= limit { continue }
            printed[finding.code] = count + 1
            let linux = withLinuxLines ? finding.linuxLine.map { " [Linux: \($0)]" } ?? "" : ""
            StandardStreams.error(line(finding, image: image, paths: paths) + linux)
        }
        var all: [Finding.Code: Int] = [:]
        for (kind, count) in findings.kinds where isWanted(kind.severity, linux: kind.linux) {
            all[kind.code, default: 0] += count
        }
        for (code, count) in all.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let more = count - printed[code, default: 0]
            if more > 0 { StandardStreams.error("\(image): … and \(more) more of this kind (\(code.rawValue))") }
        }
    }

    /// `sys: damage at 0x1234: /etc/passwd: node with …`.
    static func line(_ finding: Finding, image: String, paths: [InodeNumber: FilePathBytes]) -> String {
        let place = finding.offset.map { " at \(hex($0))" } ?? ""
        return "\(image): \(finding.severity)\(place): \(sentence(finding, paths: paths))"
    }

    /// The message, with the file in front that it concerns.
    static func sentence(_ finding: Finding, paths: [InodeNumber: FilePathBytes]) -> String {
        guard let inode = finding.inode, let name = paths[inode]?.description else { return finding.message }
        // Some findings name the file themselves.
        return finding.message.contains(name) && name != "/" ? finding.message : "\(name): \(finding.message)"
    }

    /// The paths of inodes, of each the first one.
    static func paths(of numbers: Set<InodeNumber>, in tree: FileTree) -> [InodeNumber: FilePathBytes] {
        if numbers.isEmpty { return [:] }
        var paths: [InodeNumber: FilePathBytes] = [:]
        tree.walk { path, id in
            if let number = tree[id].number, numbers.contains(number), paths[number] == nil { paths[number] = path }
        }
        return paths
    }
}
