/// An input that cannot be used at all.
public enum InputError: Error, Hashable, CustomStringConvertible {
    case file(String)
    case empty(path: String)
    case noFileSystem(path: String, hint: String)
    case several(path: String, places: [String])
    case badOption(String)

    public var description: String {
        switch self {
        case .file(let message): message
        case .empty(let path): "\(path): the file is empty"
        case .noFileSystem(let path, let hint): "\(path): no JFFS2 in it: \(hint)"
        case .several(let path, let places):
            "\(path): \(places.count) JFFS2 file systems in it (\(places.joined(separator: ", "))); choose one with --select"
        case .badOption(let message): message
        }
    }
}
