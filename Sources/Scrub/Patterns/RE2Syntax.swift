/// Turns a pattern in RE2's syntax (Go's, and therefore gitleaks') into one that PCRE2 reads the same way.
///
/// Nearly all of it means the same in both. What differs: `\v` is one character in RE2 and a class in PCRE2; `\s` of RE2
/// leaves out the vertical tab; `\z` and `\Q…\E` are the same; `{,n}` is literal text in RE2, and a repetition from PCRE2
/// 10.43 on; `(?P>` and other additions of PCRE2 are errors in RE2 and are left as they are.
enum RE2Syntax {
    static func translated(_ pattern: String) -> String {
        var output = ""
        var isInClass = false
        var isQuoted = false
        var characters = Array(pattern.unicodeScalars)[...]
        while let first = characters.popFirst() {
            let next = characters.first
            if isQuoted {
                output.unicodeScalars.append(first)
                if first == "\\", next == "E" {
                    characters.removeFirst()
                    output += "E"
                    isQuoted = false
                }
            } else if first == "\\", let next {
                characters.removeFirst()
                switch next {
                case "v": output += "\\x0b"
                case "s": output += isInClass ? "\\t\\n\\f\\r " : "[\\t\\n\\f\\r ]"
                case "S" where !isInClass: output += "[^\\t\\n\\f\\r ]"
                case "Q":
                    output += "\\Q"
                    isQuoted = true
                default:
                    output += "\\"
                    output.unicodeScalars.append(next)
                }
            } else if isInClass {
                output.unicodeScalars.append(first)
                if first == "[", next == ":" {
                    // [:alpha:] inside a class.
                    while let inner = characters.popFirst() {
                        output.unicodeScalars.append(inner)
                        if inner == "]" { break }
                    }
                } else if first == "]" {
                    isInClass = false
                }
            } else if first == "[" {
                output += "["
                isInClass = true
                if characters.first == "^" {
                    characters.removeFirst()
                    output += "^"
                }
                // A bracket that comes first is a member.
                if characters.first == "]" {
                    characters.removeFirst()
                    output += "\\]"
                }
            } else if first == "{", next == "," {
                output += "\\{"
            } else {
                output.unicodeScalars.append(first)
            }
        }
        return output
    }
}
