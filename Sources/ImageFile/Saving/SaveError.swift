public import FlashBytes
public import JFFS2

/// Why an image was not saved; whatever stood in its place is as it was.
public enum SaveError: Error, Sendable, CustomStringConvertible {
    /// The output could not be written, read back or put in its place.
    case file(FileError)
    /// The new image cannot be written.
    case build(BuildError)
    /// The image cannot be changed in as few erase blocks as possible.
    case layout(LayoutError)
    /// The changed file system needs more room than the old one had (bytes).
    case tooLarge(needed: Int, available: Int)
    /// What lies around the file system cannot be made anew; a sentence without full stop.
    case surroundings(String)
    /// What was read back is not what was to be written; sentences.
    case differs([String])

    /// What goes wrong with a file, as a reason why an image is not saved.
    static func wrapping<Result>(_ body: () throws(FileError) -> Result) throws(SaveError) -> Result {
        do throws(FileError) {
            return try body()
        } catch {
            throw .file(error)
        }
    }

    /// Why it was not saved, without full stop.
    public var description: String {
        switch self {
        case .file(let error): error.description
        case .build(let error): error.description
        case .layout(let error): error.description
        case .tooLarge(let needed, let available):
            "the changed file system needs \(needed) bytes, but only \(available) are there (\(hex(available)))"
        case .surroundings(let message): message
        case .differs(let problems):
            "the image is not what was meant to be written: " + problems.joined(separator: "; ")
        }
    }
}
