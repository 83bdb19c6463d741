import FileTree
import JFFS2

/// The version of the program.
enum Version {
    static let number = "0.1.0"
    static let text = "jffs2 \(number)"

    /// With the libraries on which the bytes of an image depend: `--version -v`.
    static var verbose: String {
        let libraries = CodecLibraries.versions.map { "\($0.name) \($0.version)" } + [LibarchiveVersion.text]
        return ([text] + libraries).joined(separator: "\n")
    }
}
