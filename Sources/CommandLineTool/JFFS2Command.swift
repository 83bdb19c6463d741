import ArgumentParser
import FlashBytes

/// The command line: one file a command in `Commands/`.
@main
struct JFFS2Command: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jffs2",
        abstract: "Read, unpack, clean, pack and verify JFFS2 flash images.",
        discussion: """
            Images may be raw, padded, word-swapped by a dump over U-Boot's md, or sit at some offset in a file; \
            jffs2 finds out by itself and says what it found. Sizes are written as 65536, 0x10000, 64K or 64KiB.
            """,
        version: Version.text,
        subcommands: [
            Unpack.self, Repack.self, Sum.self, Info.self, List.self, Tree.self, Cat.self, Find.self, StatCommand.self,
            DiskUsage.self, MapCommand.self, ReportCommand.self, Doctor.self, Verify.self, Dump.self, Diff.self,
            History.self, Recover.self,
            Swap.self, Pad.self, UImageCommand.self, Partitions.self, Kit.self,
            ScrubCommand.self,
            Acquire.self,
        ])

    /// The arguments, those of commands with an older grammar in the parser's own manner.
    private static var arguments: [String] {
        let arguments = ProgramArguments.all
        let normalizers = ["repack": GetoptNormalizer.repack, "sum": GetoptNormalizer.sum]
        if arguments.first == "find" { return ["find"] + FindArguments.normalized(Array(arguments.dropFirst())) }
        guard let first = arguments.first, let normalizer = normalizers[first] else { return arguments }
        return [first] + normalizer.normalized(Array(arguments.dropFirst())).arguments
    }

    static func main() async {
        OpenFileLimit.raise()
        if let dropIn = DropIn.current { await dropIn.run(Array(CommandLine.arguments.dropFirst())) }
        InputFiles.record()
        await Failure.run {
            if arguments.first == "--version", arguments.contains("-v") || arguments.contains("--verbose") {
                StandardStreams.print(Version.verbose)
                return
            }
            var command = try parseAsRoot(arguments)
            // Commands that use all cores are asynchronous.
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        }
    }
}
