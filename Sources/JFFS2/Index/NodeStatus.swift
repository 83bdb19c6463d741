/// What a node means to the file system that the kernel shows.
public enum NodeStatus: UInt8, Sendable, Hashable {
    /// Not part of the file system (cleanmarker, padding, summary, unknown).
    case none
    /// Part of what is shown.
    case live
    /// Marked dead by a cleared ACCURATE bit.
    case obsolete
    /// Outdated by a newer version, or a deletion.
    case superseded
    /// Belongs to no name.
    case orphan
    /// A sum or a length is wrong.
    case damaged

    /// The word that `jffs2 dump` prints.
    public var word: String {
        switch self {
        case .none: "-"
        case .live: "live"
        case .obsolete: "obsolete"
        case .superseded: "superseded"
        case .orphan: "orphan"
        case .damaged: "damaged"
        }
    }
}
