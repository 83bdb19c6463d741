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

            First steps:
              jffs2 info dump.bin                what it is, and what is in it
              jffs2 ls dump.bin /etc             its files
              jffs2 unpack dump.bin -d root      the files in a folder
              jffs2 repack -r root -o new.img    an image of that folder
              jffs2 doctor dump.bin              why something does not work
            """,
        version: Version.text,
        groupedSubcommands: [
            CommandGroup(
                name: "Inspecting",
                subcommands: [
                    Info.self, List.self, Tree.self, Cat.self, Find.self, StatCommand.self, DiskUsage.self, Diff.self,
                    MapCommand.self, ReportCommand.self,
                ]),
            CommandGroup(
                name: "Unpacking and building",
                subcommands: [Unpack.self, MountCommand.self, Repack.self, ScrubCommand.self, Sum.self]),
            CommandGroup(
                name: "Checking and recovering",
                subcommands: [Verify.self, Doctor.self, Scan.self, Dump.self, History.self, Recover.self]),
            CommandGroup(
                name: "Flash and device",
                subcommands: [
                    Acquire.self, Partitions.self, Kit.self, UImageCommand.self, Pad.self, Swap.self,
                ]),
        ])

    /// The arguments, those of commands with an older grammar in the parser's own manner.
    static var arguments: [String] {
        let arguments = ProgramArguments.all
        let normalizers = ["repack": GetoptNormalizer.repack, "sum": GetoptNormalizer.sum]
        if arguments.first == "find" { return ["find"] + FindArguments.normalized(Array(arguments.dropFirst())) }
        guard let first = arguments.first, let normalizer = normalizers[first] else {
            return ShortOptions.normalized(arguments)
        }
        return [first] + normalizer.normalized(Array(arguments.dropFirst())).arguments
    }

    static func main() async {
        Termination.endOnFaults()
        OpenFileLimit.raise()
        if let dropIn = DropIn.current { await dropIn.run(Array(CommandLine.arguments.dropFirst())) }
        InputFiles.record()
        await Failure.run {
            if arguments.first == "--version", arguments.contains("-v") || arguments.contains("--verbose") {
                StandardStreams.print(Version.verbose)
                return
            }
            try checkHelp(arguments)
            var command = try parseAsRoot(arguments)
            // Commands that use all cores are asynchronous.
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        }
    }

    /// `jffs2 help WORD` where there is no such command: the parser would show the help of all.
    private static func checkHelp(_ arguments: [String]) throws {
        let words = Array(arguments.dropFirst().filter { !$0.hasPrefix("-") })
        guard arguments.first == "help" else { return }
        let command = InvokedCommand(words)
        guard command.names.count < words.count, !command.subcommandNames.isEmpty else { return }
        throw Failure(
            "help: " + UsageMessage.unknown(command: words[command.names.count], of: command), status: .usage)
    }
}
