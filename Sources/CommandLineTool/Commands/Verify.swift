import ArgumentParser
import FileTree
import FlashBytes
import ImageInput
import JFFS2

/// `jffs2 verify IMAGE`
struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check every CRC, every node, the structure and the alignment of an image.",
        discussion: """
            Exit status 0 if all checks hold, 1 if one does not, 2 if there is no file system. Every file is \
            decompressed. An image that ends inside its last erase block is sound (mkfs.jffs2 makes such without -p); \
            --aligned asks for whole blocks. Notes (normal on a used flash) are listed with --verbose only.
            """)

    @OptionGroup var input: InputArguments

    @Flag(help: "Fail if the image does not end at the end of an erase block.")
    var aligned = false

    @OptionGroup var output: OutputArguments

    private struct Report: Encodable {
        var image: ImageDescription
        var checks: [Check]
        var holds: Bool
    }

    private struct Check: Encodable {
        var name: String
        var holds: Bool
        var detail: String
    }

    func run() throws {
        let image = try input.open()
        let checks = checks(image)
        let holds = checks.allSatisfy(\.holds)
        if output.json {
            try JSON.print(Report(image: ImageDescription(image), checks: checks, holds: holds))
        } else if !output.quiet {
            Console.print(ImageDescription(image).line)
            for check in checks { Console.print("  \(check.holds ? "ok  " : "FAIL")  \(check.name): \(check.detail)") }
        }
        FindingReport.print(image, verbose: output.verbose)
        if !holds { throw Failure.damaged }
    }

    private func checks(_ image: OpenedImage) -> [Check] {
        let fileSystem = image.fileSystem
        let counts = fileSystem.findings.counts
        func sum(_ codes: [Finding.Code]) -> Int { codes.reduce(0) { $0 + (counts[$1] ?? 0) } }
        var checks: [Check] = []
        let damaged = fileSystem.findings.findings.filter { $0.severity == .damage }
        let sums = damaged.count {
            [.badNodeCRC, .badNameCRC, .badDataCRC, .badHeaderCRC].contains($0.code)
        }
        let nodes = fileSystem.scan.nodes.count
        checks.append(
            Check(
                name: "checksums", holds: sums == 0,
                detail: sums == 0 ? "\(nodes) nodes" : "\(sums) of \(nodes) nodes have a wrong CRC"))
        let structure = damaged.count - sums
        checks.append(
            Check(
                name: "structure", holds: structure == 0,
                detail: structure == 0 ? "no name without inode, no inode that cannot be read" : "\(structure) faults"))
        checks.append(contents(fileSystem))
        if fileSystem.scan.summaries > 0 { checks.append(summaries(image)) }
        let rest = fileSystem.image.count % fileSystem.eraseSize
        checks.append(
            Check(
                name: "alignment", holds: rest == 0 || !aligned,
                detail: rest == 0
                    ? "\(fileSystem.scan.blockCount) whole erase blocks of \(SizeExpression.readable(fileSystem.eraseSize))"
                    : "the last erase block has only \(rest) of \(fileSystem.eraseSize) bytes; "
                        + "'jffs2 pad' fills it"))
        if let refusal = fileSystem.scan.refusal {
            checks.append(Check(name: "mountable", holds: false, detail: "Linux refuses to mount it: \(refusal)"))
        }
        let blocks = fileSystem.scan.blockCount
        if blocks < 5 {
            // Not a fault of an image: it goes into a larger partition.
            checks.append(
                Check(
                    name: "size", holds: true,
                    detail: "\(blocks) erase block\(blocks == 1 ? "" : "s"); Linux wants a partition of at least 5"))
        }
        return checks
    }

    /// Compares summaries with the nodes that they list.
    private func summaries(_ image: OpenedImage) -> Check {
        let fileSystem = image.fileSystem
        let findings = fileSystem.image.withBytes { bytes in
            SummaryCheck.findings(bytes, byteOrder: fileSystem.byteOrder, eraseSize: fileSystem.eraseSize)
        }
        FindingReport.print(findings, of: image.path, verbose: output.verbose)
        let count = findings.counts.values.reduce(0, +)
        return Check(
            name: "summaries", holds: count == 0,
            detail: count == 0
                ? "\(fileSystem.scan.summaries) agree with their blocks"
                : "\(count) entries do not agree with their blocks")
    }

    /// Decompresses all files.
    private func contents(_ fileSystem: FileSystem) -> Check {
        var files = 0
        var total: UInt64 = 0
        var damage: [String] = []
        fileSystem.tree.walk { path, id in
            guard case .regular(let contents) = fileSystem.tree[id].payload else { return }
            files += 1
            total &+= contents.size
            for part in Contents.damage(contents) { damage.append("\(path): \(part)") }
        }
        for line in damage.prefix(20) { Console.error("\(input.name): damage: \(line)") }
        return Check(
            name: "contents", holds: damage.isEmpty,
            detail: damage.isEmpty
                ? "\(files) files, \(total) bytes decompressed" : "\(damage.count) pieces cannot be decompressed")
    }
}

/// Reading whole files piece by piece.
enum Contents {
    /// How much is read at once (bytes).
    static let chunk = 1 << 16

    /// What of a file cannot be read.
    static func damage(_ contents: any FileContents) -> [ContentDamage] {
        var damage: [ContentDamage] = []
        do {
            try forEachChunk(contents) { _, _, missing in damage += missing }
        } catch {
            damage.append(ContentDamage(range: 0..<contents.size, reason: "\(error)"))
        }
        return damage
    }

    /// Calls `body` with each piece: its offset, its bytes, and what of it could not be read. Holes are skipped.
    static func forEachChunk(
        _ contents: any FileContents,
        _ body: (_ offset: UInt64, _ bytes: [UInt8], _ damage: [ContentDamage]) throws -> Void
    ) throws {
        let reader = try contents.makeReader()
        for range in try reader.dataRanges() {
            var at = range.lowerBound
            while at < range.upperBound {
                var bytes = [UInt8](repeating: 0, count: Int(min(UInt64(chunk), range.upperBound - at)))
                var span = bytes.mutableSpan
                var buffer = unsafe span.mutableBytes
                let damage = try reader.read(into: &buffer, at: at)
                try body(at, bytes, damage)
                at += UInt64(bytes.count)
            }
        }
    }
}
