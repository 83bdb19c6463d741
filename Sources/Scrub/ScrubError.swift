package import FileTree
package import ImageFile

/// Why nothing was scrubbed.
package enum ScrubError: Error, Sendable, CustomStringConvertible {
    /// A path that the user named is not in the image.
    case missingPath(FilePathBytes)
    /// What the user wants to do with a path cannot be done; a sentence without full stop.
    case unfitPath(FilePathBytes, reason: String)
    /// A file is to get a given content, and none was given.
    case noTemplate(FilePathBytes)
    /// The root itself cannot go.
    case root
    /// The new image cannot be made.
    case save(SaveError)
    /// A file whose content is damaged would be written with zeros in it.
    case file(String)
    /// A rule file that cannot be used.
    case rules(RuleFileError)
    /// Something about the options; a sentence without full stop.
    case options(String)

    package var description: String {
        switch self {
        case .missingPath(let path): "\(path): not in the image"
        case .unfitPath(let path, let reason): "\(path): \(reason)"
        case .noTemplate(let path): "\(path): there is no template for it"
        case .root: "the root folder can be neither deleted nor emptied"
        case .save(let error): error.description
        case .file(let message): message
        case .rules(let error): error.description
        case .options(let message): message
        }
    }
}
