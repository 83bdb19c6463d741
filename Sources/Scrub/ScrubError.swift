public import FileTree
import FlashBytes
public import JFFS2

/// Why nothing was scrubbed.
public enum ScrubError: Error, Sendable, CustomStringConvertible {
    /// A path that the user named is not in the image.
    case missingPath(FilePathBytes)
    /// What the user wants to do with a path cannot be done; a sentence without full stop.
    case unfitPath(FilePathBytes, reason: String)
    /// The root itself cannot go.
    case root
    /// The new image cannot be written.
    case build(BuildError)
    /// The image cannot be changed with its layout kept.
    case layout(LayoutError)
    /// The new image needs more room than the old one had (bytes).
    case tooLarge(needed: Int, available: Int)
    /// A file whose content is damaged would be written with zeros in it.
    case file(String)
    /// A rule file that cannot be used.
    case rules(RuleFileError)
    /// Something about the options; a sentence without full stop.
    case options(String)

    public var description: String {
        switch self {
        case .missingPath(let path): "\(path): not in the image"
        case .unfitPath(let path, let reason): "\(path): \(reason)"
        case .root: "the root folder can be neither deleted nor emptied"
        case .build(let error): error.description
        case .layout(let error): error.description
        case .tooLarge(let needed, let available):
            "the scrubbed file system needs \(needed) bytes, but only \(available) are there (\(hex(available)))"
        case .file(let message): message
        case .rules(let error): error.description
        case .options(let message): message
        }
    }
}
