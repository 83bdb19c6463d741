import FileTree
import FlashBytes

/// A part of what `-printf` prints, with its bytes as they are in the file system.
enum FindText {
    /// Printed as it is.
    case plain([UInt8])
    /// A name in a path: a slash in it is printed in another way.
    case name([UInt8])
    /// Any text of an image.
    case shown([UInt8])

    /// As it is in the file system.
    var bytes: [UInt8] {
        switch self {
        case .plain(let bytes), .name(let bytes), .shown(let bytes): bytes
        }
    }

    /// How the first bytes of it are printed.
    func printed(_ cut: [UInt8]) -> [UInt8] {
        switch self {
        case .plain: return cut
        case .shown: return Array(printable(cut).utf8)
        case .name(let bytes):
            if cut.count == bytes.count { return Array(FileName(cut).description.utf8) }
            // Half of a name is none that could be mistaken for another one.
            return Array(Printable.text(cut) { $0.isUnprintable || $0 == "\\" || $0 == "/" }.utf8)
        }
    }
}
