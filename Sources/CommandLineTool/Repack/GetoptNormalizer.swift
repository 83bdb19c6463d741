import FlashBytes

/// Rewrites arguments in the manner of getopt, which mkfs.jffs2 has, into one that the argument parser reads.
///
/// Clustered letters (`-lqn`), joined values (`-e64`), and the option whose value may be missing (`-p`, `-p0x10000`,
/// `-p 0x10000`, `--pad`).
struct GetoptNormalizer {
    /// What an option letter is followed by.
    enum Value { case none, required, optional }

    /// A letter, and the long option that stands for it.
    struct Letter {
        var long: String
        var value = Value.none
    }

    var letters: [Character: Letter]
    /// What is put where the value of `-p` is missing.
    var missingValue: String

    /// The arguments with every known letter in its long form.
    ///
    /// A letter that is not known ends the rewriting of its cluster, so that the parser names it.
    func normalized(_ arguments: [String]) -> [String] {
        var result: [String] = []
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == "--" {
                return result + [argument] + rest
            } else if argument.hasPrefix("--") {
                result.append(withValue(argument, &rest))
            } else if argument.hasPrefix("-"), argument.count > 1 {
                result += cluster(argument.dropFirst(), &rest)
            } else {
                result.append(argument)
            }
        }
        return result
    }

    /// `--pad` with the value that it may lack.
    private func withValue(_ argument: String, _ rest: inout ArraySlice<String>) -> String {
        guard letters.values.contains(where: { "--" + $0.long == argument && $0.value == .optional }) else {
            return argument
        }
        return argument + "=" + optionalValue(&rest)
    }

    private func cluster(_ text: Substring, _ rest: inout ArraySlice<String>) -> [String] {
        var result: [String] = []
        var text = text
        while let first = text.popFirst() {
            guard let letter = letters[first] else { return result + ["-" + String(first) + text] }
            switch letter.value {
            case .none: result.append("--" + letter.long)
            case .required:
                if !text.isEmpty { return result + ["--\(letter.long)=\(text)"] }
                guard let value = rest.popFirst() else { return result + ["--" + letter.long] }
                return result + ["--\(letter.long)=\(value)"]
            case .optional:
                let value = text.isEmpty ? optionalValue(&rest) : String(text)
                return result + ["--\(letter.long)=\(value)"]
            }
        }
        return result
    }

    /// The next argument if it looks like a size; mkfs.jffs2 ignores it then, which is nobody's wish.
    private func optionalValue(_ rest: inout ArraySlice<String>) -> String {
        guard let next = rest.first, next.first?.isNumber == true, (try? SizeExpression.bytes(next)) != nil else {
            return missingValue
        }
        rest.removeFirst()
        return next
    }
}

extension GetoptNormalizer {
    /// The letters of mkfs.jffs2.
    static let mkfs = GetoptNormalizer(
        letters: [
            "p": Letter(long: "pad", value: .optional), "r": Letter(long: "root", value: .required),
            "d": Letter(long: "root", value: .required), "s": Letter(long: "pagesize", value: .required),
            "e": Letter(long: "eraseblock", value: .required), "c": Letter(long: "cleanmarker", value: .required),
            "m": Letter(long: "compression-mode", value: .required),
            "x": Letter(long: "disable-compressor", value: .required),
            "X": Letter(long: "enable-compressor", value: .required),
            "y": Letter(long: "compressor-priority", value: .required), "L": Letter(long: "list-compressors"),
            "t": Letter(long: "test-compression"), "n": Letter(long: "no-cleanmarkers"),
            "o": Letter(long: "output", value: .required), "l": Letter(long: "little-endian"),
            "b": Letter(long: "big-endian"), "D": Letter(long: "devtable", value: .required),
            "f": Letter(long: "faketime"), "q": Letter(long: "squash"), "U": Letter(long: "squash-uids"),
            "P": Letter(long: "squash-perms"), "i": Letter(long: "incremental", value: .required),
            "v": Letter(long: "verbose"), "V": Letter(long: "version"), "h": Letter(long: "help"),
        ],
        missingValue: "block")

    /// The letters of sumtool.
    static let sumtool = GetoptNormalizer(
        letters: [
            "i": Letter(long: "input", value: .required), "o": Letter(long: "output", value: .required),
            "e": Letter(long: "eraseblock", value: .required), "c": Letter(long: "cleanmarker", value: .required),
            "n": Letter(long: "no-cleanmarkers"), "l": Letter(long: "little-endian"), "b": Letter(long: "big-endian"),
            "p": Letter(long: "pad", value: .optional), "v": Letter(long: "verbose"), "q": Letter(long: "quiet"),
            "V": Letter(long: "version"), "h": Letter(long: "help"),
        ],
        missingValue: "block")
}
