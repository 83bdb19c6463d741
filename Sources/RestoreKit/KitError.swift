public import FlashBytes
public import ImageFile

/// Why no kit was made.
public enum KitError: Error, Sendable, CustomStringConvertible {
    /// A source cannot be opened.
    case input(InputError)
    /// A file cannot be read or written.
    case file(FileError)
    /// What would leave the device dead, or cannot be packed; a sentence without full stop.
    case refused(String)

    public var description: String {
        switch self {
        case .input(let error): error.description
        case .file(let error): error.description
        case .refused(let message): message
        }
    }
}
