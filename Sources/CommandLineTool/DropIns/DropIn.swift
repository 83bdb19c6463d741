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

    /// The program's own arguments for the tool's.
    func translated(_ arguments: [String]) -> [String] {
        switch self {
        case .mkfs:
            var result = ["repack", "--compat", "mkfs.jffs2", "--quiet", "--no-mtree", "--force"]
            let given = GetoptNormalizer.mkfs.normalized(arguments)
            if !given.contains(where: { $0 == "--root" || $0.hasPrefix("--root=") }) { result += ["--root", "."] }
            if !given.contains(where: { $0 == "--output" || $0.hasPrefix("--output=") }) {
                result += ["--output", "-"]
            }
            return result + given
        case .sumtool:
            // Whatever the image tells; sumtool itself takes 64 KiB and cleanmarkers.
            return ["sum", "--quiet", "--force"] + GetoptNormalizer.sumtool.normalized(arguments)
        }
    }

    /// Runs the tool and ends the program.
    func run(_ arguments: [String]) async -> Never {
        let given = translated(arguments)
        if given.contains("--version") {
            Console.print("\(rawValue) (\(Version.text))")
            Console.flush()
            Failure.leave(0)
        }
        // mkfs.jffs2 does not mind an output in the folder that it packs.
        InputFiles.record(includingDirectories: self != .mkfs)
        await Failure.run(statuses: { self.status($0) }) {
            var command = try JFFS2Command.parseAsRoot(given)
            try command.run()
        }
    }

    /// What the tool ends with where the program itself would end with `status`.
    private func status(_ status: Failure.Status) -> Int32 {
        switch (self, status) {
        // Done, but the image was damaged: sumtool says so in words only.
        case (.sumtool, .damaged): 0
        case (.mkfs, .usage): 1
        case (.sumtool, .usage): 1
        default: 255
        }
    }
}
