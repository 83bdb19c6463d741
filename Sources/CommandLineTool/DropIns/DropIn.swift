import ArgumentParser
import FlashBytes
import JFFS2

/// A tool whose name the program was called by: it takes that tool's arguments and ends with its exit status.
enum DropIn: String, CaseIterable {
    case mkfs = "mkfs.jffs2"
    case sumtool

    /// The one that the program is run as; nil for `jffs2`.
    static let current: DropIn? = CommandLine.arguments.first
        .flatMap { $0.split(separator: "/").last.map(String.init) }
        .flatMap(DropIn.init(rawValue:))

    /// The tool's own arguments, rewritten for the parser.
    private func normalized(_ arguments: [String]) -> GetoptNormalizer.Result {
        switch self {
        case .mkfs: GetoptNormalizer.mkfs.normalized(arguments)
        case .sumtool: GetoptNormalizer.sumtool.normalized(arguments)
        }
    }

    /// The program's own arguments for the tool's.
    private func translated(_ given: GetoptNormalizer.Result) -> [String] {
        switch self {
        case .mkfs:
            var result = ["repack", "--compat", "mkfs.jffs2", "--quiet", "--no-mtree", "--force"]
            if given.count(of: "root") == 0 { result += ["--root", "."] }
            if given.count(of: "output") == 0 { result += ["--output", "-"] }
            return result + given.arguments
        case .sumtool:
            // Whatever the image tells; sumtool itself takes 64 KiB and cleanmarkers.
            return ["sum", "--quiet", "--force"] + given.arguments
        }
    }

    /// Runs the tool and ends the program.
    func run(_ arguments: [String]) async -> Never {
        let given = normalized(arguments)
        if given.count(of: "version") > 0 {
            StandardStreams.print("\(rawValue) (\(Version.text))")
            StandardStreams.flush()
            Failure.leave(0)
        }
        let own = translated(given)
        // mkfs.jffs2 does not mind an output in the directory that it packs.
        InputFiles.record(includingDirectories: self != .mkfs)
        await Failure.run(statuses: { self.status($0, message: $1) }) {
            if let letter = given.unknownLetter { throw Failure("Unknown option '-\(letter)'", status: .usage) }
            for option in ["root", "output", "input", "incremental"] where given.count(of: option) > 1 {
                throw Failure("--\(option) is given more than once")
            }
            if let first = given.ignored.first {
                StandardStreams.error("warning: '\(first)' is no option, and is ignored")
            }
            var command = try JFFS2Command.parseAsRoot(own)
            try command.run()
        }
    }

    /// What the tool ends with where the program itself would end with `status`.
    private func status(_ status: Failure.Status, message: String) -> Int32 {
        switch (self, status) {
        // Done, but the image was damaged: sumtool says so in words only.
        case (.sumtool, .damaged): 0
        // What getopt finds out, and what the tool does.
        case (_, .usage): message.hasPrefix("Unknown option") || message.hasPrefix("Missing value") ? 1 : 255
        default: 255
        }
    }
}
