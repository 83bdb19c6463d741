import FlashBytes

/// Rewrites arguments in the manner of getopt_long, which mkfs.jffs2 and sumtool have, into one that the argument parser
/// reads.
///
/// Clustered letters (`-lqn`), joined values (`-e64`), the option whose value may be missing (`-p`, `-p0x10000`,
/// `-p 0x10000`, `--pad`), octal numbers (`-e 0200000`), and options of which the later or stronger one counts (`-l -b`,
/// `-n -c 16`).
struct GetoptNormalizer {
    /// What an option is followed by.
    enum Value: Hashable {
        case none, required, optional
        /// Nothing, but the parser wants this.
        case fixed(String)
    }

    /// An option of the tool.
    struct Option {
        /// Nil for what has no letter.
        var letter: Character?
        /// The program's own name of it.
        var long: String
        var value = Value.none
        /// Whether its value is a number as C's strtol reads it.
        var isNumber = false
        /// Names that the tool has for it besides.
        var aliases: [String] = []
    }

    /// Arguments in the parser's manner.
    struct Result {
        var arguments: [String] = []
        /// What the tool ignores, since it is no option.
        var ignored: [String] = []
        /// The first letter that is none of the tool's.
        var unknownLetter: Character?

        /// How often an option is among the arguments.
        func count(of long: String) -> Int {
            arguments.count { $0 == "--" + long || $0.hasPrefix("--\(long)=") }
        }
    }

    let options: [Option]
    /// What is put where the value of `-p` is missing.
    let missingValue: String
    /// Whether the program runs as the tool itself: then a long option may be shortened as long as only one is meant
    /// (`--eraseb=16KiB`), and what is no option is ignored.
    let isDropIn: Bool

    /// Rewrites arguments. What is not known stays as it is, so that the parser names it.
    func normalized(_ arguments: [String]) -> Result {
        var result = Result()
        var rest = arguments[...]
        // An option of our own may have its value behind it.
        var mayHaveValue = false
        while let argument = rest.popFirst() {
            if argument == "--" {
                if isDropIn { result.ignored += rest } else { result.arguments += [argument] + rest }
                break
            } else if argument.hasPrefix("--") {
                let known = long(argument.dropFirst(2), rest: &rest)
                result.arguments.append(known ?? argument)
                mayHaveValue = known == nil && !argument.contains("=")
                continue
            } else if argument.hasPrefix("-"), argument.count > 1 {
                cluster(argument.dropFirst(), rest: &rest, result: &result)
            } else if isDropIn, !mayHaveValue {
                result.ignored.append(argument)
            } else {
                result.arguments.append(argument)
            }
            mayHaveValue = false
        }
        result.arguments = resolved(result.arguments)
        return result
    }

    /// `--name`, `--name=value` or `--name value`; nil for what is no option of the tool.
    private func long(_ text: Substring, rest: inout ArraySlice<String>) -> String? {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard let option = option(named: parts[0]) else { return nil }
        return argument(option, given: parts.count > 1 ? String(parts[1]) : nil, rest: &rest)
    }

    private func option(named name: Substring) -> Option? {
        if let exact = options.first(where: { $0.long == name || $0.aliases.contains(String(name)) }) { return exact }
        guard isDropIn else { return nil }
        let candidates = options.filter { $0.long.hasPrefix(name) || $0.aliases.contains { $0.hasPrefix(name) } }
        return Set(candidates.map(\.long)).count == 1 ? candidates[0] : nil
    }

    private func cluster(_ text: Substring, rest: inout ArraySlice<String>, result: inout Result) {
        var text = text
        while let first = text.popFirst() {
            guard let option = options.first(where: { $0.letter == first }) else {
                result.arguments.append("-" + String(first) + text)
                result.unknownLetter = result.unknownLetter ?? first
                return
            }
            if option.value == .none || option.value == .fixed(missingValue) {
                result.arguments.append(argument(option, given: nil, rest: &rest))
                continue
            }
            result.arguments.append(argument(option, given: text.isEmpty ? nil : String(text), rest: &rest))
            return
        }
    }

    /// An option with the value that is joined to it, or else with the next argument where it needs one.
    private func argument(_ option: Option, given: String?, rest: inout ArraySlice<String>) -> String {
        func with(_ value: String) -> String { "--\(option.long)=\(option.isNumber ? Self.decimal(value) : value)" }
        if let given { return with(given) }
        switch option.value {
        case .none: return "--" + option.long
        case .fixed(let value): return with(value)
        case .required: return rest.popFirst().map(with) ?? "--" + option.long
        case .optional:
            // mkfs.jffs2 ignores a value that is not joined, which is nobody's wish.
            guard let next = rest.first, next.first?.isNumber == true, (try? SizeExpression.bytes(next)) != nil else {
                return with(missingValue)
            }
            rest.removeFirst()
            return with(next)
        }
    }

    /// Octal numbers as decimal ones; anything else as it is.
    private static func decimal(_ text: String) -> String {
        guard text.count > 1, text.first == "0", let number = UInt64(text, radix: 8) else { return text }
        return String(number)
    }

    /// Leaves out options that others make void.
    private func resolved(_ arguments: [String]) -> [String] {
        let orders = ["--little-endian", "--big-endian"]
        let last = arguments.last { orders.contains($0) }
        let isWithoutMarkers = arguments.contains("--no-cleanmarkers")
        return arguments.filter { argument in
            if orders.contains(argument) { return argument == last }
            return !(isWithoutMarkers && argument.hasPrefix("--cleanmarker="))
        }
    }
}

extension GetoptNormalizer {
    /// For `jffs2 repack`.
    static let repack = GetoptNormalizer(options: mkfsOptions, missingValue: "block", isDropIn: false)

    /// For the name `mkfs.jffs2`.
    static let mkfs = GetoptNormalizer(options: mkfsOptions, missingValue: "block", isDropIn: true)

    /// For `jffs2 sum`.
    static let sum = GetoptNormalizer(
        options: sumtoolOptions + [
            Option(letter: "p", long: "pad", value: .optional, isNumber: true), Option(letter: "q", long: "quiet"),
        ], missingValue: "block", isDropIn: false)

    /// For the name `sumtool`, whose `-p` has no value.
    static let sumtool = GetoptNormalizer(
        options: sumtoolOptions + [Option(letter: "p", long: "pad", value: .fixed("block"))], missingValue: "block",
        isDropIn: true)

    private static let mkfsOptions = [
        Option(letter: "p", long: "pad", value: .optional, isNumber: true),
        Option(letter: "r", long: "root", value: .required), Option(letter: "d", long: "root", value: .required),
        Option(letter: "s", long: "pagesize", value: .required, isNumber: true),
        Option(letter: "e", long: "eraseblock", value: .required, isNumber: true),
        Option(letter: "c", long: "cleanmarker", value: .required, isNumber: true),
        Option(letter: "m", long: "compression-mode", value: .required),
        Option(letter: "x", long: "disable-compressor", value: .required),
        Option(letter: "X", long: "enable-compressor", value: .required),
        Option(letter: "y", long: "compressor-priority", value: .required),
        Option(letter: "L", long: "list-compressors"), Option(letter: "t", long: "test-compression"),
        Option(letter: "n", long: "no-cleanmarkers"), Option(letter: "o", long: "output", value: .required),
        Option(letter: "l", long: "little-endian"), Option(letter: "b", long: "big-endian"),
        Option(letter: "D", long: "devtable", value: .required), Option(letter: "f", long: "faketime"),
        Option(letter: "q", long: "squash"), Option(letter: "U", long: "squash-uids"),
        Option(letter: "N", long: "no-compress-list", value: .required), Option(letter: "P", long: "squash-perms"),
        Option(letter: "i", long: "incremental", value: .required),
        Option(letter: "v", long: "verbose"), Option(letter: "V", long: "version"), Option(letter: "h", long: "help"),
        Option(long: "with-xattr"), Option(long: "with-selinux"), Option(long: "with-posix-acl"),
    ]

    private static let sumtoolOptions = [
        Option(letter: "i", long: "input", value: .required), Option(letter: "o", long: "output", value: .required),
        Option(letter: "e", long: "eraseblock", value: .required, isNumber: true),
        Option(letter: "c", long: "cleanmarker", value: .required, isNumber: true),
        Option(letter: "n", long: "no-cleanmarkers"),
        Option(letter: "l", long: "little-endian", aliases: ["littleendian"]),
        Option(letter: "b", long: "big-endian", aliases: ["bigendian"]), Option(letter: "v", long: "verbose"),
        Option(letter: "V", long: "version"), Option(letter: "h", long: "help"),
    ]
}
