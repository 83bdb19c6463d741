/// An erase block that differs from the original.
public struct ChangedBlock: Sendable, Hashable {
    /// Why a block was rewritten. The raw values are part of the `--changed-blocks` file and of the JSON output.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        /// A node, live or dead, held content that was taken out or replaced.
        case removedContent = "removed-content"
        /// A dirent or a summary held a name that was taken out or now stands for another file.
        case removedName = "removed-name"
        /// A node with wrong sums or other bytes of which nobody can say that they hold nothing of what was taken out.
        case undecodable = "undecodable"
        /// New nodes were put there, or behind it where the image ended within it.
        case newNodes = "new-nodes"
    }

    /// Counted from 0.
    public var index: Int
    /// Where it lies in the file system (bytes).
    public var range: Range<Int>
    /// In the order of `Reason`; at least one.
    public var reasons: [Reason]

    /// A block that was rewritten, and why.
    package init(index: Int, range: Range<Int>, reasons: [Reason]) {
        self.index = index
        self.range = range
        self.reasons = reasons
    }
}

/// An image of which only some erase blocks were rewritten.
package struct KeptLayout: Sendable {
    /// The whole file system.
    package var bytes: [UInt8]
    /// Ascending.
    package var changedBlocks: [ChangedBlock]
    /// Erase blocks in all; the last one may be cut off.
    package var blockCount: Int
    /// Erase blocks that hold no node but a cleanmarker.
    package var freeBlocks: Int
    /// The same in the original.
    package var originalFreeBlocks: Int
    /// New nodes.
    package var newNodes: Int
    /// Damage of the sources: what is now zeros in the image.
    package var damage: [BuildReport.DamagedFile]
}
