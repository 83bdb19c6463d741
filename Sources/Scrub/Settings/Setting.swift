import FlashBytes

/// A value in a settings file, with the names that lead to it, as the file's syntax delimits them.
struct Setting {
    /// From the outermost (a section, an object) to the innermost, as they are written; at least one.
    var names: [[UInt8]]
    /// Where the value stands, without its quotes (bytes of the text).
    var value: Range<Int>
    /// Where it goes on, if it stands in pieces.
    var further: [Range<Int>] = []
    /// Whether it stands in a comment: `#psk="…"` is what wpa_passphrase leaves.
    var isCommentedOut = false
    /// Whether name and value are separated by white space only, as in `ftp_password secret`.
    var isSeparatedByBlanks = false
    /// Whether it stands in program text, where most names and values are no settings.
    var isInCode = false
    /// Whether program text or a command says what it is: a literal that is given a name, an argument of an option.
    var isLiteral = false
    /// Whether it stands where a command takes a secret, whatever it is called.
    var isArgument = false
    /// Whether it belongs to what stands less far to the right, as in YAML.
    var isIndented = false
    /// Whether it is a number of JSON, and has to stay one.
    var isNumber = false
    /// What it says in UTF-8, where its bytes do not as they are.
    var decoded: [UInt8]?
    /// Whether a count says where it ends.
    var isCounted = false

    /// All of the value.
    func text(in bytes: [UInt8]) -> [UInt8] { decoded ?? further.reduce(Array(bytes[value])) { $0 + bytes[$1] } }
}

/// What is known of a file before it is read.
struct SettingsSource {
    /// Program text, a script or a page: values end where its syntax ends them, and most of them are not settings.
    var isCode = false
    /// A shell script, or a file that a shell reads.
    var isShell = false
    /// What a string says: a line of settings, a form, an address, a command.
    var isString = false
    /// A backslash at the end of a line is none of a value.
    var isMakefile = false
    /// Values may go on in lines that are further to the right.
    var isYAML = false
    /// A page may stand around the program.
    var isPHP = false
    /// Three quotes begin a value of several lines.
    var isTOML = false

    /// Settings and nothing else.
    init() {}

    /// - Parameter path: without `/` in front; nil where it is not known any more.
    init(path: [UInt8]?, text: [UInt8], range: Range<Int>) {
        let name = String(decoding: path ?? [], as: UTF8.self).lowercased()
        let suffix = PathSuffix.of(name)
        isCode = Self.codeSuffixes.contains(suffix)
        isShell = suffix == "sh"
        isTOML = suffix == "toml"
        isPHP =
            suffix == "php" || suffix == "phtml"
            || ByteText.start(of: text, in: range).map {
                ByteText.has("<?php", bytes: text, at: $0)
            } ?? false
        let start = Array(text[range].prefix(64))
        isMakefile = suffix == "mk" || name.hasSuffix("makefile")
        isYAML = suffix == "yaml" || suffix == "yml" || start.starts(with: Array("---\n".utf8))
        // Yealink's settings begin with `#!version:1.0.0.1`, and no program reads them as a script.
        if start.starts(with: Array("#!".utf8)), start.dropFirst(2).drop(while: ByteText.isBlank).first == 0x2f {
            isCode = true
            let line = String(decoding: start.prefix { $0 != 0x0a }, as: UTF8.self)
            isShell = isShell || line.hasSuffix("sh") || line.contains("sh ")
        }
    }

    static let codeSuffixes: Set<String> = [
        "sh", "lua", "py", "pl", "pm", "t", "rb", "tcl", "awk", "js", "ts", "css", "php", "asp", "cgi", "c", "h", "cc",
        "cpp",
        "hpp", "go", "rs", "java", "html", "htm", "shtml", "xhtml", "tmpl", "md", "rst", "m4", "ac", "am", "mk", "po",
        "ino", "exp", "tcl", "kt", "vue", "jsx", "tsx", "mjs", "cs", "sql", "vb", "vbs", "bas", "swift", "scala",
        "dart",
        "groovy", "ps1", "psm1", "m", "mm", "hh", "cxx", "zig", "ex", "exs", "erl", "hs", "ml", "pas", "jsp", "aspx",
        "svelte", "tm", "erb", "ejs", "graphql", "gql", "nim", "coffee",
    ]
}

extension [Setting] {
    /// Takes out those of which the value begins in a value of others, or in which one of theirs begins.
    mutating func removeAll(in others: [Setting]) {
        if others.isEmpty { return }
        let taken = others.map(\.value).sorted { $0.lowerBound < $1.lowerBound }
        removeAll { setting in
            let next = taken.partitionPoint { $0.upperBound <= setting.value.lowerBound }
            return next < taken.count && taken[next].lowerBound < setting.value.upperBound
        }
    }
}
