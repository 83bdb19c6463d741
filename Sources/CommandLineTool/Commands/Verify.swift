import ArgumentParser
import FileTree
import FlashBytes
import ImageFile
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
        let check = FileSystemCheck(image.fileSystem)
        let checks = checks(image.fileSystem, check: check)
        let holds = checks.allSatisfy(\.holds)
        if output.json {
            try JSON.print(Report(image: ImageDescription(image), checks: checks, holds: holds))
        } else if !output.quiet {
            Console.print(ImageDescription(image).line)
            for check in checks { Console.print("  \(check.holds ? "ok  " : "FAIL")  \(check.name): \(check.detail)") }
        }
        FindingReport.print(image, quiet: output.quiet, verbose: output.verbose, withComplaints: !output.quiet)
        FindingReport.print(check.summaryFindings, of: image.path, quiet: output.quiet, verbose: output.verbose)
        for part in check.unreadableParts.prefix(output.verbose ? .max : 20) {
            Console.error("\(image.path): damage: \(part.path): \(part.damage)")
        }
        if !holds { throw Failure.damaged }
    }

    private func checks(_ fileSystem: FileSystem, check: FileSystemCheck) -> [Check] {
        let sums = check.faults(where: Self.isSum)
        let structure = check.faults() - sums
        let unreadable = check.unreadableCount
        var checks = [
            Check(
                name: "checksums", holds: sums == 0,
                detail: sums == 0
                    ? "\(fileSystem.scan.nodes.count) nodes" : "\(sums) wrong CRC\(sums == 1 ? "" : "s") found"),
            Check(
                name: "structure", holds: structure == 0,
                detail: structure == 0
                    ? "no name without inode, no inode that cannot be read"
                    : "\(structure) fault\(structure == 1 ? "" : "s")"),
            Check(
                name: "contents", holds: unreadable == 0,
                detail: unreadable == 0
                    ? "\(check.fileCount) files, \(check.fileBytes) bytes decompressed"
                    : "\(unreadable) pieces cannot be decompressed"),
        ]
        if fileSystem.scan.summaries > 0 {
            let count = check.summaryFaults
            checks.append(
                Check(
                    name: "summaries", holds: count == 0,
                    detail: count == 0
                        ? "\(fileSystem.scan.summaries) agree with their blocks"
                        : "\(count) entries do not agree with their blocks"))
        }
        if check.lostCount > 0 {
            checks.append(
                Check(
                    name: "names", holds: true,
                    detail:
                        "\(check.lostCount) finding\(check.lostCount == 1 ? "" : "s") of names, files or directories that are lost, "
                        + "with no path to them; Linux removes or hides those without a word"
                ))
        }
        return checks + layoutChecks(fileSystem, check: check)
    }

    private func layoutChecks(_ fileSystem: FileSystem, check: FileSystemCheck) -> [Check] {
        let rest = fileSystem.image.count % fileSystem.eraseSize
        let blocks = fileSystem.scan.blockCount
        let size = SizeExpression.readable(fileSystem.eraseSize)
        var checks = [
            Check(
                name: "alignment", holds: rest == 0 || !aligned,
                detail: rest == 0
                    ? "\(blocks) whole erase blocks of \(size)"
                    : "the last erase block has only \(rest) of \(fileSystem.eraseSize) bytes; 'jffs2 pad' fills it")
        ]
        if let refusal = check.refusal {
            checks.append(Check(name: "mountable", holds: false, detail: "Linux refuses to mount it: \(refusal)"))
        }
        if blocks < 5 {
            // Not a fault of an image: it goes into a larger partition.
            checks.append(
                Check(
                    name: "size", holds: true,
                    detail: "\(blocks) erase block\(blocks == 1 ? "" : "s"); Linux wants a partition of at least 5"))
        }
        return checks
    }

    /// Whether a finding is about a checksum.
    private static func isSum(_ code: Finding.Code) -> Bool {
        [.badNodeCRC, .badNameCRC, .badDataCRC, .badHeaderCRC, .badSummary].contains(code)
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
        body: (_ offset: UInt64, _ bytes: [UInt8], _ damage: [ContentDamage]) throws -> Void
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
