import FileTree
public import FirmwareImage
import FlashBytes

/// An input that cannot be used at all.
public enum InputError: Error, Hashable, CustomStringConvertible {
    case file(String)
    case empty(path: String)
    case noFileSystem(path: String, hint: String)
    /// All bytes are 0xFF, and no erase size was given.
    case erased(path: String)
    /// All bytes but so many are 0xFF, and no erase size was given.
    case nearlyErased(path: String, stray: Int)
    case several(path: String, places: [String])
    case badOption(String)
    /// It holds more than `limit` bytes, or more come out of it when it is packed.
    case tooLarge(path: String, limit: Int, form: PackedForm?)
    case severalMembers(path: String, form: PackedForm, members: [String])
    case noMember(path: String, wanted: String, members: [String])
    case emptyArchive(path: String, form: PackedForm)

    /// The path and why it cannot be used, without full stop.
    public var description: String {
        switch self {
        case .file(let message): message
        case .empty(let path): "\(path): the file is empty"
        case .noFileSystem(let path, let hint): "\(path): no JFFS2 in it: \(hint)"
        case .erased(let path):
            "\(path): no JFFS2 in it: all bytes are 0xff (erased flash, which Linux mounts as an empty file system; "
                + "to take it for one, its erase size has to be given)"
        case .nearlyErased(let path, let stray):
            "\(path): no JFFS2 in it: all but \(stray) byte\(stray == 1 ? "" : "s") are erased; to take it for an empty file "
                + "system, its erase size has to be given"
        case .several(let path, let places):
            "\(path): \(places.count) JFFS2 file systems in it (\(places.joined(separator: ", ")))"
        case .badOption(let message): message
        case .tooLarge(let path, let limit, let form):
            "\(path): "
                + (form.map { "the \($0) data unpack to more than \(SizeExpression.readable(limit))" }
                    ?? "more than \(SizeExpression.readable(limit)), with no end in sight")
        case .severalMembers(let path, let form, let members):
            "\(path): \(members.count) files in the \(form) archive (\(Self.list(members)))"
        case .noMember(let path, let wanted, let members):
            "\(path): there is no file '\(wanted)' in it"
                + (members.isEmpty ? ", which is no archive" : "; it holds \(Self.list(members))")
        case .emptyArchive(let path, let form): "\(path): there is no file in the \(form) archive"
        }
    }

    /// The first names.
    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(8).map { printable(Array($0.utf8)) }.joined(separator: ", ")
        return names.count > 8 ? shown + " and \(names.count - 8) more" : shown
    }

    init(_ error: FileError) {
        if let limit = error.limit {
            self = .tooLarge(path: error.path, limit: limit, form: nil)
        } else {
            self = .file(error.description)
        }
    }

    init(failure: PackedFailure, path: String, form: PackedForm) {
        switch failure {
        case .unsupported(let form): self = .file("\(path): \(form) data, which libarchive cannot unpack here")
        case .damaged(let message, _):
            self = .file(
                "\(path): the \(form) data are damaged or cut off, and nothing of them can be had: \(message); "
                    + "get the file once more")
        case .tooLarge(let limit): self = .tooLarge(path: path, limit: limit, form: form)
        case .empty: self = .emptyArchive(path: path, form: form)
        case .severalMembers(let members): self = .severalMembers(path: path, form: form, members: members)
        case .noMember(let wanted, let members): self = .noMember(path: path, wanted: wanted, members: members)
        case .file(let error): self = .file("\(path): \(error)")
        }
    }
}
