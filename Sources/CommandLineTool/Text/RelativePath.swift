import FileTree

/// Paths without the `/` in front. It may be one character with a mark that follows it, so bytes are taken away, and no
/// character.
extension FilePathBytes {
    /// As `description`, without the `/` in front.
    var relativeDescription: String { String(decoding: description.utf8.dropFirst(), as: UTF8.self) }
}

extension PathTrail {
    /// As `description`, without the `/` in front.
    var relativeDescription: String { String(decoding: printed.dropFirst(), as: UTF8.self) }
}
