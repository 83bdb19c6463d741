public import JFFS2

/// The form in which a changed image is saved.
public enum SavedForm: Sendable {
    /// The form that it had: order of the bytes, what lies around the file system with new sums, byte order, erase size,
    /// cleanmarkers, summaries, codecs, inode numbers, padding and size. All erase blocks of the file system are written anew.
    case original
    /// The same, with as few erase blocks changed as possible; all others keep every byte.
    case fewestEraseBlocks
    /// The file system alone, written in another way.
    case configuration(ImageConfiguration)
}

/// What was saved.
public struct SaveReport: Sendable {
    /// The size of the file (bytes).
    public var size = 0
    /// The erase blocks in which the file differs from what it was made from; nil where all of it is new.
    public var changedBlocks: [FlashComparison.Block]?
    /// Content that could not be read and is zeros in the file; empty for a sound source.
    public var damage: [BuildReport.DamagedFile] = []
    /// What is worth knowing; sentences without full stop.
    public var notes: [String] = []
}
