package import FlashBytes
package import ImageFile

/// Why no kit was made.
package enum KitError: Error, Sendable, CustomStringConvertible {
    /// A source cannot be opened.
    case input(InputError)
    /// A file cannot be read or written.
    case file(FileError)
    /// What would leave the device dead, or cannot be packed; a sentence without full stop.
    case refused(String)

    package var description: String {
        switch self {
        case .input(let error): error.description
        case .file(let error): error.description
        case .refused(let message): message
        }
    }
}
