import FlashBytes

/// Why an image was not changed.
public enum LayoutError: Error, Sendable, CustomStringConvertible {
    /// Linux skips all nodes of such an image, so it has no layout to be kept.
    case oldMagic
    /// The tree holds what JFFS2 cannot hold, or the content of a file could not be had.
    case build(BuildError)
    /// The new nodes need more room than all blocks have (bytes).
    case full(missing: Int, capacity: Int)
    /// A counter of the file system is used up.
    case exhausted(String)
    /// What was read back is not what was wanted; sentences.
    case check([String])

    /// Why the image was not changed, without full stop.
    public var description: String {
        switch self {
        case .oldMagic:
            "the image has the old magic 0x1984, which Linux does not mount; write it anew"
        case .build(let error): error.description
        case .full(let missing, let capacity):
            "it does not fit: \(missing) bytes more are needed than \(capacity) bytes (\(hex(capacity))) of flash hold"
        case .exhausted(let what): "\(what) are used up; write the image anew"
        case .check(let problems):
            "the image is not what was meant to be written: " + problems.joined(separator: "; ")
        }
    }
}
