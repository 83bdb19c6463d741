/// How the name of a file ends, which tells its language.
enum PathSuffix {
    /// In small letters, without the dot; empty for none, and for a path that is not known.
    ///
    /// - Parameter path: without `/` in front; nil where it is not known any more.
    static func of(_ path: [UInt8]?) -> String { of(String(decoding: path ?? [], as: UTF8.self).lowercased()) }

    /// - Parameter path: in small letters.
    static func of(_ path: String) -> String {
        path.split(separator: "/").last?.split(separator: ".").dropFirst().last.map(String.init) ?? ""
    }
}
