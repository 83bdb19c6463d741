import ArgumentParser
import FileTree
import FlashBytes
import ImageFile
import JFFS2

/// `jffs2 dump IMAGE`
struct Dump: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dump",
        abstract: "List the nodes of an image, one a line, with erased and dirty stretches between them.",
        discussion: """
            Each line has the offset, the type, the length and the fields of the node, and last what the node is to the \
            file system: live, superseded (outdated by a newer version), obsolete (marked so on the flash), orphan \
            (belongs to no name), or damaged with the CRC that failed. Lines that begin with 'block' mark the start of \
            erase blocks.
            """)

    @OptionGroup var input: ImageInput
    @OptionGroup var output: OutputArguments
    @OptionGroup var layout: LayoutArguments

    func run() throws {
        let image = try input.open(layout)
        let fileSystem = image.fileSystem
        let log = FlashLog(fileSystem)
        if output.json {
            let nodes = log.entries.lazy.map { entry in
                fileSystem.image.withBytes { NodeDescription(entry, in: $0, of: fileSystem) }
            }
            try JSON.print("nodes", list: nodes)
        } else {
            fileSystem.image.withBytes { bytes in print(log, in: bytes) }
        }
        FindingReport.print(image, quiet: output.quiet, verbose: output.verbose)
        if fileSystem.findings.isDamaged { throw Failure.damaged }
    }

    private func print(_ log: FlashLog, in bytes: RawSpan) {
        let eraseSize = log.fileSystem.eraseSize
        var block = -1
        for entry in log.entries {
            let current = entry.offset / eraseSize
            if current != block {
                block = current
                StandardStreams.print("block \(block) at \(offset(block * eraseSize))")
            }
            var line =
                "  \(offset(entry.offset))  \(column(entry.word, width: 11)) \(column("\(entry.range.count)", width: 6))"
            line += entry.fields(in: bytes).map { " \($0.name)=\($0.value)" }.joined()
            if let status = status(entry, in: bytes) { line += "  " + status }
            StandardStreams.print(line)
        }
    }

    private func offset(_ number: Int) -> String {
        "0x" + hexadecimalDigits(number)
    }

    private func column(_ text: String, width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// The status word, with the sums that failed.
    private func status(_ entry: FlashLogEntry, in bytes: RawSpan) -> String? {
        if entry.isMisfit { return "damaged: runs over the end of its block" }
        if entry.status == .none { return nil }
        guard let failed = entry.failedSums(in: bytes) else { return "damaged: cut off" }
        return entry.status.word + (failed.isEmpty ? "" : ": " + failed.joined(separator: ", ") + " wrong")
    }
}
