import FileTree
import FlashBytes
import ImageInput
import JFFS2

/// Prints findings to standard error: damage always, the rest when asked.
enum FindingReport {
    /// How many lines of one kind are printed without `--verbose`.
    private static let limit = 5

    /// What was found in an image while it was read, with the paths of the files that it concerns.
    static func print(_ image: OpenedImage, verbose: Bool) {
        let findings = image.fileSystem.findings
        let numbers = Set(findings.findings.compactMap(\.inode))
        print(findings, of: image.path, verbose: verbose, paths: paths(of: numbers, in: image.fileSystem.tree))
    }

    static func print(
        _ findings: FindingList, of image: String, verbose: Bool, paths: [UInt32: FilePathBytes] = [:]
    ) {
        var printed: [Finding.Code: Int] = [:]
        for finding in findings.findings where verbose || finding.severity > .note {
            printed[finding.code, default: 0] += 1
            if !verbose, printed[finding.code, default: 0] > limit { continue }
            Console.error(line(finding, image, paths))
        }
        for (code, count) in printed.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let all = findings.counts[code] ?? count
            let shown = verbose ? count : min(count, limit)
            if all > shown { Console.error("\(image): … and \(all - shown) more of this kind (\(code.rawValue))") }
        }
    }

    /// `sys: damage at 0x1234: /etc/passwd: node with …`.
    static func line(_ finding: Finding, _ image: String, _ paths: [UInt32: FilePathBytes]) -> String {
        let place = finding.offset.map { " at \(hex($0))" } ?? ""
        var file = ""
        if let inode = finding.inode, let path = paths[inode] {
            let name = path.description
            // Some findings name the file themselves.
            if !finding.message.contains(name) || name == "/" { file = "\(name): " }
        }
        return "\(image): \(finding.severity)\(place): \(file)\(finding.message)"
    }

    private static func paths(of numbers: Set<UInt32>, in tree: FileTree) -> [UInt32: FilePathBytes] {
        if numbers.isEmpty { return [:] }
        var paths: [UInt32: FilePathBytes] = [:]
        tree.walk { path, id in
            if let number = tree[id].number, numbers.contains(number), paths[number] == nil { paths[number] = path }
        }
        return paths
    }
}
