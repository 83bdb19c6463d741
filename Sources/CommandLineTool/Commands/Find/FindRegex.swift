import FileTree
import FlashBytes

/// `-regex`: a regular expression for the whole path.
struct FindRegex {
    private let regex: Regex<AnyRegexOutput>

    /// How an expression is written, by the names of GNU find.
    enum Kind: String, CaseIterable {
        /// `\(`, `\|` and `\)` mean something, and without backslash they are themselves.
        case emacs, findutils = "findutils-default"
        case extended = "posix-extended", egrep = "posix-egrep", awk = "posix-awk", gnuAwk = "gnu-awk", grep = "egrep"

        var isExtended: Bool { self != .emacs && self != .findutils }
    }

    /// - Returns: nil for what is none.
    init?(_ text: String, kind: Kind, ignoresCase: Bool) {
        guard let regex = try? Regex(kind.isExtended ? text : Self.extended(text)) else { return nil }
        // A path is bytes; nothing in it is more than one character.
        self.regex = regex.ignoresCase(ignoresCase).matchingSemantics(.unicodeScalar).dotMatchesNewlines()
    }

    /// Whether the whole path matches, as it is printed.
    func matches(_ trail: PathTrail) -> Bool { (try? regex.wholeMatch(in: trail.description)) != nil }

    /// Turns the grammar of Emacs into the usual one: what groups has a backslash there, and here none.
    private static func extended(_ text: String) -> String {
        var result = ""
        var isEscaped = false
        var isInSet = false
        for character in text {
            if isInSet {
                isInSet = character != "]"
                result.append(character)
            } else if isEscaped {
                isEscaped = false
                if !"(|)".contains(character) { result.append("\\") }
                result.append(character)
            } else if character == "\\" {
                isEscaped = true
            } else {
                isInSet = character == "["
                if "(|){}".contains(character) { result.append("\\") }
                result.append(character)
            }
        }
        return result
    }
}
