import FileTree
import FlashBytes

/// Reads the expression of `find`, with the words and the grammar of POSIX and GNU find.
struct FindParser {
    /// What is no test, but holds for the whole search.
    struct Options {
        var leastDepth = 0
        var mostDepth = Int.max
        /// What is in a folder before the folder.
        var isDepthFirst = false
    }

    /// Words that have a value behind them.
    static let wordsWithValue: Set<String> = [
        "-name", "-iname", "-path", "-ipath", "-wholename", "-iwholename", "-lname", "-ilname", "-type", "-xtype",
        "-size",
        "-newer",
        "-anewer", "-cnewer", "-newermt", "-newerat", "-newerct", "-mtime", "-atime", "-ctime", "-mmin", "-amin",
        "-cmin",
        "-regex", "-iregex", "-regextype", "-printf", "-samefile", "-perm", "-uid", "-gid", "-user", "-group", "-links",
        "-used",
        "-inum", "-maxdepth", "-mindepth",
    ]

    private(set) var options = Options()
    private var rest: ArraySlice<String>
    private var depth = 0
    private var regexKind = FindRegex.Kind.emacs
    /// Whether ages count from the end of today instead of now, from here on.
    private var countsFromMidnight = false

    /// Deeper ones are not meant.
    private static let deepest = 500

    /// - Returns: nil where there is no expression.
    /// - Throws: `Failure` of wrong usage.
    static func parse(_ words: [String]) throws -> (expression: FindExpression?, options: Options) {
        var parser = FindParser(rest: words[...])
        if words.isEmpty { return (nil, parser.options) }
        let expression = try parser.list()
        if let word = parser.rest.first {
            throw failure(word == ")" ? "')' without a '(' in front of it" : unexpected(word))
        }
        return (expression, parser.options)
    }

    private init(rest: ArraySlice<String>) { self.rest = rest }

    private static func failure(_ text: String) -> Failure { Failure("find: \(text)", status: .usage) }

    private static func unexpected(_ word: String) -> String {
        let shown = Printable.text(word)
        if ["-exec", "-execdir", "-ok", "-okdir", "-delete"].contains(word) {
            return "\(word): nothing is run or deleted in an image; -print0 hands over names to xargs -0"
        }
        if ["-follow", "-H", "-L"].contains(word) {
            return "\(word): symlinks are not followed; -xtype and %Y ask for what is behind one"
        }
        return word.hasPrefix("-") ? "there is no test '\(shown)'" : "'\(shown)': paths stand before the expression"
    }

    // MARK: - Grammar

    private mutating func list() throws -> FindExpression {
        var expression = try alternatives()
        while take(",") { expression = .both(expression, try alternatives()) }
        return expression
    }

    private mutating func alternatives() throws -> FindExpression {
        var expression = try conjunction()
        while take("-o", "-or") { expression = .or(expression, try conjunction()) }
        return expression
    }

    private mutating func conjunction() throws -> FindExpression {
        var expression = try negation()
        while let next = rest.first, !["-o", "-or", ",", ")"].contains(next) {
            if take("-a", "-and"), rest.isEmpty { throw Self.failure("there is no test behind '-a'") }
            expression = .and(expression, try negation())
        }
        return expression
    }

    private mutating func negation() throws -> FindExpression {
        var isNegated = false
        while take("!", "-not") { isNegated.toggle() }
        let expression = try primary()
        return isNegated ? .not(expression) : expression
    }

    private mutating func primary() throws -> FindExpression {
        guard let word = rest.popFirst() else { throw Self.failure("a test is missing at the end of the expression") }
        guard word == "(" else { return .test(try test(word)) }
        depth += 1
        guard depth < Self.deepest else { throw Self.failure("more than \(Self.deepest) brackets") }
        let expression = try list()
        guard take(")") else { throw Self.failure("a ')' is missing") }
        depth -= 1
        return expression
    }

    private mutating func take(_ words: String...) -> Bool {
        guard let word = rest.first, words.contains(word) else { return false }
        rest.removeFirst()
        return true
    }

    // MARK: - Tests

    private mutating func test(_ word: String) throws -> FindTest {
        if Self.wordsWithValue.contains(word) {
            guard let value = rest.popFirst() else { throw Self.failure("\(word) wants a value") }
            return try test(word, value: value)
        }
        switch word {
        case "-true": return .always(true)
        case "-false": return .always(false)
        case "-empty": return .empty
        case "-prune": return .prune
        case "-print": return .print
        case "-print0": return .printZero
        case "-ls": return .list
        case "-quit": return .quit
        // There is one file system, and no link is followed.
        case "-xdev", "-mount", "-noleaf", "-warn", "-nowarn", "-P": return .always(true)
        case "-depth", "-d":
            options.isDepthFirst = true
            return .always(true)
        case "-daystart":
            countsFromMidnight = true
            return .always(true)
        // Whose rights they are is not known: anybody's.
        case "-readable": return .permissions(0o444, .any)
        case "-writable": return .permissions(0o222, .any)
        case "-executable": return .permissions(0o111, .any)
        case "-nouser": return .nameless(isGroup: false)
        case "-nogroup": return .nameless(isGroup: true)
        case "-o", "-or", "-a", "-and", ",": throw Self.failure("there is no test in front of '\(word)'")
        case ")": throw Self.failure("there is nothing in front of ')'")
        default: throw Self.failure(Self.unexpected(word))
        }
    }

    private mutating func test(_ word: String, value: String) throws -> FindTest {
        switch word {
        case "-name", "-iname": return .name(glob(value, word: word))
        case "-path", "-wholename", "-ipath", "-iwholename": return .path(glob(value, word: word))
        case "-lname", "-ilname": return .target(glob(value, word: word))
        case "-type": return .kinds(try kinds(value, word: word))
        case "-xtype": return .destinationKinds(try kinds(value, word: word))
        case "-size": return try size(value)
        case "-newer": return .newer(value, .modification)
        case "-anewer": return .newer(value, .access)
        case "-cnewer": return .newer(value, .change)
        case "-newermt", "-newerat", "-newerct":
            return .after(try time(word, value: value), Self.clock(word.dropFirst(6)))
        case "-mtime", "-atime", "-ctime", "-mmin", "-amin", "-cmin":
            let unit: Int64 = word.hasSuffix("min") ? 60 : 86_400
            return .age(
                try number(word, value: value), unit: unit, Self.clock(word.dropFirst()),
                countsFromMidnight: countsFromMidnight)
        case "-regextype":
            guard let kind = FindRegex.Kind(rawValue: value) else {
                let known = FindRegex.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                throw Self.failure("-regextype '\(Printable.text(value))' is none of \(known)")
            }
            regexKind = kind
            return .always(true)
        case "-regex", "-iregex":
            guard let regex = FindRegex(value, kind: regexKind, ignoresCase: word == "-iregex") else {
                throw Self.failure("\(word) '\(Printable.text(value))' is no regular expression")
            }
            return .regex(regex)
        case "-printf":
            guard let format = FindFormat(value) else {
                throw Self.failure("-printf '\(Printable.text(value))' has a directive that is not known")
            }
            return .format(format)
        case "-samefile": return .sameFile(value)
        case "-perm": return try permissions(value)
        case "-uid": return .user(try number(word, value: value))
        case "-gid": return .group(try number(word, value: value))
        case "-user": return .account(FindAccount(name: value, isGroup: false))
        case "-group": return .account(FindAccount(name: value, isGroup: true))
        case "-used": return .used(try number(word, value: value))
        case "-links": return .links(try number(word, value: value))
        case "-inum": return .inode(try number(word, value: value))
        default:
            guard let depth = Int(value), depth >= 0 else {
                throw Self.failure("\(word) '\(Printable.text(value))' is no number of levels")
            }
            if word == "-maxdepth" { options.mostDepth = depth } else { options.leastDepth = depth }
            return .always(true)
        }
    }

    /// By the letter of a word.
    private static func clock(_ letter: some StringProtocol) -> FindClock {
        letter.hasPrefix("a") ? .access : letter.hasPrefix("c") ? .change : .modification
    }

    private func time(_ word: String, value: String) throws -> Int64 {
        guard let time = CalendarTime.seconds(value) else {
            throw Self.failure(
                "\(word) '\(Printable.text(value))' is no time; write 2023-11-14, '2023-11-14 22:13:20' (UTC) or @SECONDS"
            )
        }
        return time
    }

    /// A pattern; for words that begin with `i`, one of capital and small letters alike.
    private func glob(_ value: String, word: String) -> Glob {
        let glob = Glob(Array(value.utf8))
        return word.hasPrefix("-i") ? glob.ignoringCase : glob
    }

    private func number(_ word: String, value: String) throws -> FindNumber {
        guard let number = FindNumber(value) else {
            throw Self.failure("\(word) '\(Printable.text(value))' is no number (N, +N or -N)")
        }
        return number
    }

    private func kinds(_ value: String, word: String) throws -> Set<FileKind> {
        let letters = Dictionary(
            uniqueKeysWithValues: FileKind.allCases.map { ($0 == .regular ? "f" : String($0.letter), $0) })
        return Set(
            try value.split(separator: ",", omittingEmptySubsequences: false).map { word in
                guard let kind = letters[String(word)] else {
                    throw Self.failure("\(word) '\(Printable.text(value))' is none of f, d, l, b, c, p and s")
                }
                return kind
            })
    }

    private func size(_ value: String) throws -> FindTest {
        let units: [Character: UInt64] = [
            "c": 1, "w": 2, "b": 512, "k": 1 << 10, "M": 1 << 20, "G": 1 << 30,
        ]
        let unit = value.last.flatMap { units[$0] }
        guard let number = FindNumber(unit == nil ? value[...] : value.dropLast()) else {
            throw Self.failure(
                "-size '\(Printable.text(value))' is no size (N, +N or -N with c, w, b, k, M or G behind it)")
        }
        return .size(number, unit: unit ?? 512)
    }

    private func permissions(_ value: String) throws -> FindTest {
        let match: FindTest.PermissionMatch = value.hasPrefix("-") ? .all : value.hasPrefix("/") ? .any : .exact
        guard let change = ModeChange(match == .exact ? value : String(value.dropFirst())) else {
            throw Self.failure("-perm '\(Printable.text(value))' is no mode, such as 644, -u+s or /222")
        }
        return .permissions(change.applied(to: 0, isDirectory: false), match)
    }
}
