/// What somebody typed at the prompt of a shell, and what of it is about files.
struct ShellLine: Hashable {
    /// The prompt, without blanks around it; empty if there is none.
    let prompt: [UInt8]
    /// What was typed, for messages.
    let command: String
    /// The programs of the pipe that matters, with their arguments, up to the one that prints.
    let stages: [[Substring]]
    /// Whether a part of what is printed may be cut off behind.
    private let isCut: Bool
    /// Whether it prints more than one file, perhaps: `base64 a; base64 b`, or a loop.
    let isSeries: Bool
    /// Whether it is a loop.
    let isLoop: Bool
    /// What is done with its dump: the programs behind the one that prints.
    private let filters: [Substring]
    /// The copies of files that it makes.
    let copies: [ShellCopy]
    /// The copies among the files that it is about, however they were made.
    private var origins: [ShellCopy] = []
    /// The words of its only `dd`.
    private let dd: [Substring]?

    private static let dumpers: Set<Substring> = ["base64", "hexdump", "hd", "od", "xxd", "uuencode"]
    /// Programs that print a file, or something about it.
    private static let printers: Set<Substring> = [
        "base64", "hexdump", "hd", "od", "xxd", "uuencode", "openssl", "md5sum", "sha256sum", "sha1sum", "cksum",
        "crc32",
        "wc", "md5", "sha256", "sha384sum", "sha512sum", "blockdev", "mtdinfo", "mtd_debug", "nanddump",
        "stat", "du", "sha224sum", "base32", "basenc",
    ]

    /// Nil if no prompt stands in a line.
    init?(_ line: ArraySlice<UInt8>) {
        guard line.count < 300, let end = Self.promptEnd(line), !LogCommand.isRow(line) else { return nil }
        self.init(line, prompt: line[..<end])
    }

    /// A line in which a command was found.
    init(command line: ArraySlice<UInt8>) {
        let line = line.prefix(300)
        self.init(line, prompt: Self.promptEnd(line).map { line[..<$0] } ?? line.prefix(0))
    }

    private init(_ line: ArraySlice<UInt8>, prompt: ArraySlice<UInt8>) {
        self.prompt = Array(LogInterpreter.trimmed(prompt))
        let typed = LogInterpreter.trimmed(line[prompt.endIndex...]).prefix(200)
        command = String(latin1: Array(typed))
        let parts = Self.parts(String(decoding: typed, as: UTF8.self))
        let pipes = parts.map { part in
            part.split(separator: "|").map { $0.split { $0.isWhitespace || $0 == "<" } }
        }
        isLoop = ["for", "while"].contains(pipes.first?.first?.first)
        isSeries =
            isLoop
            || pipes.count { $0.contains { Self.program($0).map(Self.dumpers.contains) ?? false } } > 1
        let pipe =
            pipes.last { $0.contains { Self.program($0).map(Self.printers.contains) ?? false } } ?? pipes.last ?? []
        let printer = pipe.lastIndex { Self.program($0).map(Self.printers.contains) ?? false }
        stages = Array(pipe.prefix((printer ?? pipe.count) + 1))
        let behind = pipe.dropFirst(stages.count)
        isCut = !behind.allSatisfy(Self.isPager)
        filters = behind.compactMap(Self.program)
        copies = parts.compactMap(ShellCopy.init)
        let all = pipes.flatMap { $0.filter { Self.program($0) == "dd" } }
        dd = all.count == 1 ? all[0] : nil
        origins = copies.filter { names.contains($0.target) }
    }

    /// The commands of a line.
    private static func parts(_ text: String) -> [Substring] {
        // `2>&1` separates none.
        if text.contains(">&") {
            return text.replacing(">&", with: ">").split { $0 == ";" || $0 == "&" }.map { $0[...] }
        }
        return text.split { $0 == ";" || $0 == "&" }
    }

    /// Whether all that goes into a program comes out of it.
    private static func isPager(_ stage: [Substring]) -> Bool {
        switch program(stage) {
        case "cat", "more", "less": return true
        case "head":
            // Whoever wants so many lines wants all of them.
            let lines = stage.last.map {
                $0.hasPrefix("-n") ? $0.dropFirst(2) : $0.hasPrefix("-") ? $0.dropFirst() : $0
            }
            return lines.flatMap { Int($0) }.map { $0 >= 4096 } ?? false
        default: return false
        }
    }

    /// Copies that were made before, of which it may print one.
    mutating func follow(_ copies: [ShellCopy]) {
        guard !copies.isEmpty else { return }
        let names = names
        origins =
            copies.filter { copy in
                names.contains(copy.target) && !origins.contains { $0.target == copy.target }
            } + origins
    }

    /// Whether it prints a dump to the terminal, all of whose lines are shown.
    var printsDump: Bool {
        (Self.dumpers.contains(Substring(printer)) || printer == "nanddump")
            && !filters.contains { !["cat", "more", "less", "head", "tr"].contains($0) }
            && !command.replacing("2>", with: "").contains(">")
    }

    /// What speaks against every dump that it prints, as a sentence.
    var doubt: String? {
        if stages.joined().contains(where: { $0.hasPrefix("conv=") && $0.contains("swab") }) {
            return "'conv=swab' has changed the order of bytes: the image is not that of the flash"
        }
        if let filter = filters.first(where: { ["grep", "egrep", "fgrep", "uniq", "sort"].contains($0) }) {
            return "'\(filter)' may have left out lines of the dump"
        }
        return nil
    }

    /// Where a prompt ends: `root@cam:/# `, `~ $ `, `=> `.
    private static func promptEnd(_ line: ArraySlice<UInt8>) -> Int? {
        for at in line.indices.prefix(80) where [0x23, 0x24, 0x3e, 0x25].contains(line[at]) {
            let next = line.index(after: at)
            guard next == line.endIndex || MemoryRow.isBlank(line[next]) else { continue }
            // Behind a command, it is none: `hexdump -C /dev/mtd2 > x`.
            let words = String(decoding: line[..<at], as: UTF8.self).split(whereSeparator: \.isWhitespace)
            return words.contains(where: printers.contains) ? nil : next
        }
        // Some have no blank behind them: `anyka$base64`.
        guard let at = line.prefix(while: { !MemoryRow.isBlank($0) }).firstIndex(where: { $0 == 0x23 || $0 == 0x24 })
        else { return nil }
        return line.index(after: at)
    }

    static func program(_ stage: [Substring]) -> Substring? {
        var words = stage[...]
        while let word = words.first,
            wrappers.contains(word) || words.count < stage.count && word.allSatisfy(\.isNumber)
        {
            words.removeFirst()
        }
        return words.first.map { $0.split(separator: "/").last ?? $0 }
    }
    private static let wrappers: Set<Substring> = ["busybox", "toybox", "sudo", "timeout", "nice", "time"]

    /// The value of an operand of `dd`.
    static func operand(_ name: Substring, of words: [Substring]) -> Substring? {
        words.last { $0.hasPrefix(name) }.map { $0.dropFirst(name.count) }
    }

    /// How many bytes full blocks of `dd` are, and into which file it writes them; nil if it writes them into none.
    func written(blocks: Int) -> (size: Int, file: String?)? {
        guard let dd else { return nil }
        let block = Self.operand("obs=", of: dd) ?? Self.operand("bs=", of: dd)
        guard let size = block.map(Self.number) ?? 512 else { return nil }
        let (bytes, isOver) = size.multipliedReportingOverflow(by: blocks)
        return isOver ? nil : (bytes, Self.operand("of=", of: dd).map(String.init))
    }

    /// The file of its last word.
    var lastFile: String? {
        stages.last?.dropFirst().last { !$0.hasPrefix("-") && !$0.hasPrefix("%") }.map(String.init)
    }

    /// Whether one of the words of the program that prints is one of these.
    func hasOption(_ options: [Substring]) -> Bool { stages.last?.contains(where: options.contains) ?? false }

    /// The program that prints.
    var printer: String { stages.last.flatMap(Self.program).map(String.init) ?? "" }

    /// Whether the last byte of a group comes first; nil where the device decides it. `xxd` shows groups of bytes, not
    /// words.
    var reversesWords: Bool? {
        if printer == "xxd" { return stages.last?.contains { $0.hasPrefix("-e") } ?? false }
        let long = "--endian="
        return stages.last?.last { $0.hasPrefix(long) }.map { $0 == long + "little" }
    }

    /// Whether `xxd -d` shows decimal addresses.
    var showsDecimalAddresses: Bool { printer == "xxd" && stages.last?.contains { $0.hasPrefix("-d") } ?? false }

    /// Whether bytes are counted: `wc -c`.
    var isByteCount: Bool { stages.last?.contains("-c") ?? false }

    /// Whether it prints a flash, whose size is one of blocks; what is unknown may be one.
    var isFlash: Bool {
        stages.joined().contains { $0.contains("mtd") } || origins.contains { $0.source.hasPrefix("mtd") }
    }

    /// What is printed comes from there: from one that is the same, the same is printed.
    var source: String {
        let before = stages.dropLast()
        guard before.allSatisfy({ Self.program($0) == "cat" }) else {
            return before.map { $0.joined(separator: " ") }.joined(separator: " | ")
        }
        let operands = stages.flatMap { $0.dropFirst() }.filter { !$0.hasPrefix("-") && $0.contains(where: \.isLetter) }
        let file = operands.last { $0.contains("/") } ?? operands.last
        return file.map(Self.name) ?? ""
    }

    /// The files that it may be about, by name alone.
    private var names: Set<String> {
        var names: Set<String> = []
        for stage in stages {
            for word in stage.dropFirst() where !word.hasPrefix("-") {
                if word.hasPrefix("if=") {
                    names.insert(Self.name(word.dropFirst(3)))
                } else if !word.contains("="), word.contains(where: \.isLetter) {
                    names.insert(Self.name(word))
                }
            }
        }
        return names
    }

    /// A file's name without its directory, as `xxd -i` spells it; `mtdblock2`, `mtd2ro` and `mtd2.bin` are `mtd2`.
    static func name(_ path: some StringProtocol) -> String {
        let base = path.split(separator: "/" as Character).last
        var name = base.map { String($0) } ?? String(path)
        let parts = path.split(separator: "/" as Character)
        // `/dev/mtdblock/2`
        if parts.count > 1, ["mtd", "mtdblock"].contains(String(parts[parts.count - 2])), UInt8(name) != nil {
            name = "mtd" + name
        }
        if name.hasPrefix("mtdblock") { name = "mtd" + name.dropFirst(8) }
        if name.hasPrefix("mtd"), let number = name.dropFirst(3).first, number.isNumber {
            // A copy of it: `mtd2.bin`.
            name = "mtd" + name.dropFirst(3).prefix { $0.isNumber }
        }
        return String(name.map { $0.isLetter || $0.isNumber ? $0 : "_" })
    }

    /// Whether the beginning of a file may be left out.
    var skips: Bool {
        stages.joined().contains { word in
            ["skip=", "-s", "-j", "--skip", "+"].contains { word.hasPrefix($0) }
        }
    }

    /// Whether all of a file is printed, as far as the command tells.
    private var isWhole: Bool {
        guard !isCut, stages.dropLast().allSatisfy({ ["cat", "dd", "nanddump"].contains(Self.program($0)) }) else {
            return false
        }
        return !stages.joined().contains { word in
            ["skip=", "count="].contains { word.hasPrefix($0) }
                || ["-n", "-s", "-j", "-N", "-l"].contains { word.hasPrefix($0) && !word.hasPrefix("--") }
                || ["--length", "--skip", "--read-bytes", "--skip-bytes"].contains { word.hasPrefix($0) }
        }
    }

    /// Whether it prints a file of that name, or a part of it.
    func prints(_ path: String) -> Bool {
        let name = Self.name(path)
        return names.contains(name) || origins.contains { $0.isWhole && $0.source == name }
    }

    /// Whether it prints all of a file of that name.
    func isWhole(of path: String) -> Bool { isWhole && prints(path) }

    /// The part of a file that goes through its pipe: `dd bs=512 count=1 | md5sum`; nil where that is all of it, or nobody
    /// knows.
    var part: Range<Int>? {
        guard stages.count == 2, let first = stages.first, let count = Self.count(first), count > 0 else { return nil }
        guard Self.program(first) == "dd" else { return Self.program(first) == "head" ? 0..<count : nil }
        let block = (Self.operand("bs=", of: first) ?? Self.operand("ibs=", of: first)).map(Self.number) ?? 512
        guard let block, let skip = Self.operand("skip=", of: first).map(Self.number) ?? 0 else { return nil }
        let (start, isOver) = skip.multipliedReportingOverflow(by: block)
        return isOver || start > 1 << 40 || count > 1 << 40 ? nil : start..<start + count
    }

    /// Which part of which file it prints, if it says so: from where on.
    ///
    /// - Parameter hasAddresses: whether what it prints tells what its own options leave out.
    func filePart(hasAddresses: Bool) -> (file: String, start: Int)? {
        if hasAddresses, stages.count < 2 { return nil }
        var file: Substring?
        var start = 0
        var isPart = count != nil
        for (index, stage) in stages.enumerated() {
            let isLast = index == stages.count - 1
            var skipped: Int? = 0
            switch Self.program(stage) {
            case "dd":
                let block = (Self.operand("bs=", of: stage) ?? Self.operand("ibs=", of: stage)).map(Self.number) ?? 512
                let count = Self.operand("skip=", of: stage).map(Self.number) ?? 0
                if let block, let count, case let (bytes, isOver) = block.multipliedReportingOverflow(by: count) {
                    skipped = isOver ? nil : bytes
                } else {
                    skipped = nil
                }
                file = file ?? Self.operand("if=", of: stage)
            case "tail":
                let place = stage.first { $0.hasPrefix("+") || $0.hasPrefix("-c+") }
                skipped = place.flatMap { Self.number($0.drop { !$0.isNumber }) }.flatMap { $0 > 0 ? $0 - 1 : nil }
            case "head", "cat": break
            case "base64", "od", "xxd", "hexdump", "hd":
                guard isLast else { return nil }
                let option: Substring = printer == "od" ? "-j" : "-s"
                if let at = stage.firstIndex(of: option) {
                    skipped = at + 1 < stage.count ? Self.number(stage[at + 1]) : nil
                } else if let word = stage.first(where: { $0.hasPrefix(option) }) {
                    skipped = Self.number(word.dropFirst(2))
                }
                if hasAddresses, skipped != 0 { return nil }
            default: return nil
            }
            guard let skipped, skipped < 1 << 40, start < 1 << 40 else { return nil }
            start += skipped
            isPart = isPart || skipped > 0
            file = file ?? stage.dropFirst().last { $0.hasPrefix("/") }
        }
        return isPart ? file.map { (String($0), start) } : nil
    }

    /// Whether both are about a file of the same name.
    func sharesFile(with other: ShellLine) -> Bool {
        !names.isDisjoint(with: other.names) || other.names.contains { prints($0) }
            || names.contains { other.prints($0) }
    }

    /// How many bytes the copy has that it prints, where the command that made it says that.
    var copiedCount: Int? { isWhole ? origins.compactMap(\.count).min() : nil }

    /// Whether it prints something about the same as another one does.
    func isAboutSame(as other: ShellLine) -> Bool {
        source == other.source || isWhole && other.isWhole && !names.isDisjoint(with: other.names)
    }

    /// Whether sectors are counted, not bytes: `blockdev --getsz`.
    var countsSectors: Bool { stages.last?.contains { ["--getsz", "--getsize"].contains($0) } ?? false }

    /// Whether it is one that reads a flash, though another program prints it.
    var readsFlash: Bool {
        isFlash && stages.contains { ["nanddump", "dd", "cat", "cp"].contains(Self.program($0)) }
    }

    /// How many bytes it prints at most (`dd count=`, `head -c`, `xxd -l`); nil if it does not say.
    var count: Int? { stages.compactMap(Self.count).min() }

    static func count(_ stage: [Substring]) -> Int? {
        func value(_ short: Substring, long: Substring) -> Int? {
            for (index, word) in stage.enumerated() {
                if word == short || word == long {
                    return index + 1 < stage.count ? number(stage[index + 1]) : nil
                }
                if word.hasPrefix(long + "=") { return number(word.dropFirst(long.count + 1)) }
                if word.hasPrefix(short), !word.hasPrefix("--"), let size = number(word.dropFirst(short.count)) {
                    return size
                }
            }
            return nil
        }
        switch program(stage) {
        case "dd":
            func operand(_ name: Substring) -> Int? {
                stage.last { $0.hasPrefix(name) }.flatMap { number($0.dropFirst(name.count)) }
            }
            guard let count = operand("count=") else { return nil }
            let (size, isOver) = count.multipliedReportingOverflow(by: operand("bs=") ?? operand("ibs=") ?? 512)
            return isOver ? nil : size
        case "head": return value("-c", long: "--bytes")
        case "xxd": return value("-l", long: "-len")
        case "od": return value("-N", long: "--read-bytes")
        case "nanddump": return value("-l", long: "--length")
        default: return nil
        }
    }

    /// `64k`, `0x10000`, `2*64k`
    static func number(_ word: Substring) -> Int? {
        // `$((4096))`
        if word.hasPrefix("$(("), word.hasSuffix("))") { return number(word.dropFirst(3).dropLast(2)) }
        let factors = word.split(whereSeparator: { "*x".contains($0) })
        if factors.count > 1, !word.lowercased().hasPrefix("0x") {
            return factors.reduce(1) { product, factor in
                guard let product, let value = number(factor) else { return nil }
                let (result, isOver) = product.multipliedReportingOverflow(by: value)
                return isOver ? nil : result
            }
        }
        if word.lowercased().hasPrefix("0x") { return Int(word.dropFirst(2), radix: 16) }
        let digits = word.prefix { $0.isNumber }
        let units: [String: Int] = [
            "": 1, "c": 1, "w": 2, "b": 512, "k": 1024, "kb": 1000, "kib": 1024, "m": 1 << 20, "mb": 1_000_000,
            "mib": 1 << 20, "g": 1 << 30,
        ]
        guard let value = Int(digits), let unit = units[word[digits.endIndex...].lowercased()] else { return nil }
        let (size, isOver) = value.multipliedReportingOverflow(by: unit)
        return isOver ? nil : size
    }
}
