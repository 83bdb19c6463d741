import ArgumentParser
import FlashBytes
import JFFS2

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

extension LayoutError {
    /// What the user can do about it, as the end of the sentence.
    ///
    /// - Parameter takesSize: whether the command can be told how large the flash is.
    func remedy(takesSize: Bool) -> String {
        switch self {
        case .oldMagic, .exhausted: ", without --keep-layout"
        case .full:
            takesSize
                ? "; where the flash is larger than the image, say so with --max-size"
                : "; write the image anew, without --keep-layout"
        case .build, .check: ""
        }
    }
}
