import ArgumentParser
import FlashBytes

/// Rewriting as few erase blocks as possible.
struct KeepLayoutArguments: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            "Rewrite only the erase blocks that must change: those that hold what is taken out, and those that take what is new.",
            discussion: "All others stay byte for byte, so that only the changed ones have to be flashed."))
    var keepLayout = false

    @Option(
        help: ArgumentHelp(
            "With --keep-layout: write the offsets and lengths of the changed erase blocks there, and the commands for U-Boot; - is standard output.",
            valueName: "file"), completion: .file())
    var changedBlocks: String?

    /// Where the list goes.
    func listPlace(_ replacing: Destination.Replacing) throws -> Destination? {
        try changedBlocks.map { try Destination(output: $0, replacing: replacing, role: .sideFile, isText: true) }
    }

    func validate() throws {
        if changedBlocks != nil, !keepLayout { throw ValidationError("--changed-blocks goes with --keep-layout.") }
    }
}
