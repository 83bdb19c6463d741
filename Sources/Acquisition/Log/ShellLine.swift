/// What somebody typed at the prompt of a shell, and what of it is about files.
struct ShellLine: Hashable {
    /// The prompt, without blanks around it; empty if there is none.
    let prompt: [UInt8]
    /// What was typed, for messages.
    let command: String
    /// The programs of the pipe that matters, with their arguments, up to the one that prints.
    private let stages: [[Substring]]
    /// Whether a part of what is printed may be cut off behind.
    private let isCut: Bool
    /// Whether it prints more than one file, perhaps: `base64 a; base64 b`, or a loop.
    let isSeries: Bool

    private static let dumpers: Set<Substring> = ["base64", "hexdump", "hd", "od", "xxd", "uuencode"]
    /// Programs that print a file, or something about it.
    private static let printers: Set<Substring> = [
        "base64", "hexdump", "hd", "od", "xxd", "uuencode", "openssl", "md5sum", "sha256sum", "sha1sum", "cksum",
        "crc32",
        "wc", "md5", "sha256", "sha384sum", "sha512sum", "blockdev", "mtdinfo", "mtd_debug", "nanddump",
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
        let parts = String(decoding: typed, as: UTF8.self).split { $0 == ";" || $0 == "&" }
        let pipes = parts.map { part in
            part.split(separator: "|").map { $0.split { $0.isWhitespace || $0 == "<" } }
        }
        isSeries =
            ["for", "while"].contains(pipes.first?.first?.first)
            || pipes.count { $0.contains { Self.program($0).map(Self.dumpers.contains) ?? false } } > 1
        let pipe =
            pipes.last { $0.contains { Self.program($0).map(Self.printers.contains) ?? false } } ?? pipes.last ?? []
        let printer = pipe.lastIndex { Self.program($0).map(Self.printers.contains) ?? false }
        stages = Array(pipe.prefix((printer ?? pipe.count) + 1))
        isCut = pipe.count > stages.count && !pipe.dropFirst(stages.count).allSatisfy { $0.first == "cat" }
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

    private static func program(_ stage: [Substring]) -> Substring? {
        stage.first { !["busybox", "toybox", "sudo"].contains($0) }.map { $0.split(separator: "/").last ?? $0 }
    }

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
    var isFlash: Bool { stages.joined().contains { $0.contains("mtd") } }

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
        guard !isCut, stages.dropLast().allSatisfy({ ["cat", "dd"].contains(Self.program($0)) }) else { return false }
        return !stages.joined().contains { word in
            ["skip=", "count="].contains { word.hasPrefix($0) }
                || ["-n", "-s", "-j", "-N", "-l"].contains { word.hasPrefix($0) && !word.hasPrefix("--") }
                || ["--length", "--skip", "--read-bytes", "--skip-bytes"].contains { word.hasPrefix($0) }
        }
    }

    /// Whether it prints a file of that name, or a part of it.
    func prints(_ path: String) -> Bool { names.contains(Self.name(path)) }

    /// Whether it prints all of a file of that name.
    func isWhole(of path: String) -> Bool { isWhole && names.contains(Self.name(path)) }

    /// Whether it prints something about the same as another one does.
    func isAboutSame(as other: ShellLine) -> Bool {
        source == other.source || isWhole && other.isWhole && !names.isDisjoint(with: other.names)
    }

    /// Whether one of its words is that file, of `/proc` for example.
    func reads(_ path: String) -> Bool { stages.joined().contains { $0 == path } }

    /// The number of the flash whose size is printed: `cat /sys/class/mtd/mtd2/size`.
    var sizeOfFlash: String? {
        for word in stages.joined() where word.hasPrefix("/sys/class/mtd/mtd") && word.hasSuffix("/size") {
            return word.split(separator: "/").dropLast().last.map(String.init)
        }
        return nil
    }

    /// Whether sectors are counted, not bytes: `blockdev --getsz`.
    var countsSectors: Bool { stages.last?.contains { ["--getsz", "--getsize"].contains($0) } ?? false }

    /// Whether it is one that reads a flash, though another program prints it.
    var readsFlash: Bool {
        isFlash && stages.contains { ["nanddump", "dd", "cat", "cp"].contains(Self.program($0)) }
    }

    /// How many bytes it prints at most (`dd count=`, `head -c`, `xxd -l`); nil if it does not say.
    var count: Int? { stages.compactMap(Self.count).min() }

    private static func count(_ stage: [Substring]) -> Int? {
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
    private static func number(_ word: Substring) -> Int? {
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
