/// A command that somebody typed at a console, as far as it says what follows in a log.
enum LogCommand: Hashable {
    /// Memory is shown: from where, and how many bytes. More than one size where the command leaves the unit or the radix
    /// of its count open, none where it says nothing. Whether it counts units as wide as those of its rows.
    /// The address is nil, and the size unknown, where a variable stands in their place whose value nobody knows.
    case show(address: UInt64?, sizes: [UInt64], countsUnits: Bool = false, isSizeUnknown: Bool = false)
    /// Something is put into memory.
    case load(LogLoad)
    /// Bytes without addresses follow, from an offset on.
    case plainBytes(offset: UInt64, size: UInt64?)
    /// Text without addresses follows.
    case text(TextDump.Kind)
    /// `hexdump`, `od` and their kin, with addresses of a radix; most end with a line that has only an address.
    case hexdump(radix: Int, hasLastLine: Bool, lines: RowLines? = nil)
    /// Pages of a flash, which tell where they lie.
    case nandPage
    /// What follows is not read; why, as a sentence.
    case unread(String)

    /// What a line types: `sf read 82000000 0 2000; md.b 82000000 2000`, `dd if=/dev/mtd2 | hexdump -C`.
    static func all(in line: ArraySlice<UInt8>) -> [LogCommand] {
        guard line.count < 300, line.contains(0x20) else { return [] }
        if isRow(line) || line.first == 0x5b && LogLoad.isAbort(line) { return [] }
        // The status of the last command, in front of a prompt: `1|shell@android:/ # `.
        if let bar = line.prefix(4).firstIndex(of: 0x7c), line[..<bar].allSatisfy({ (0x30...0x39).contains($0) }) {
            return all(in: line[(bar + 1)...])
        }
        let parts = line.split { $0 == 0x3b || $0 == 0x7c || $0 == 0x26 }
        guard parts.count > 1, let first = parts.first else { return LogCommand(line).map { [$0] } ?? [] }
        let command = LogCommand(first)
        guard command != nil || isTyped(first) else { return [] }
        return ([command] + parts.dropFirst().map { LogCommand($0) }).compactMap(\.self)
    }

    /// Whether a line begins with an address, though one of its characters may be that of a prompt: a damaged row.
    static func isRow(_ line: ArraySlice<UInt8>) -> Bool {
        let digits = line.prefix { hexadecimalValue($0) != nil }
        guard (7...16).contains(digits.count), case let rest = line[digits.endIndex...], let next = rest.first,
            next == 0x3a || MemoryRow.isBlank(next)
        else { return false }
        let words = rest.split(whereSeparator: MemoryRow.isBlank)
        return words.count { [2, 4, 8].contains($0.count) && $0.allSatisfy { hexadecimalValue($0) != nil } } >= 3
    }

    /// Whether a line begins with a prompt or a loader's command; not where commands are only stored or shown.
    private static func isTyped(_ line: ArraySlice<UInt8>) -> Bool {
        let words = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace).prefix(8)
        if words.contains(where: { ["setenv", "env", "set", "editenv", "printenv", "echo"].contains($0) }) {
            return false
        }
        guard let first = words.first else { return false }
        return verbs.contains(String(first)) || words.prefix(4).contains { $0.contains { "#>$".contains($0) } }
    }

    /// What one command does; nil if it is no such command.
    init?(_ line: ArraySlice<UInt8>) {
        let words = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        for (index, word) in words.enumerated().prefix(8) {
            // It stands at the beginning of a line, or behind a prompt, often without a blank: `<RealTek>DW`, `anyka$md`.
            let glued = word.lastIndex(where: { "#>$".contains($0) }).map { word[word.index(after: $0)...] } ?? word
            let verb = glued.lowercased()
            guard Self.verbs.contains(verb.prefix { $0.isLetter || $0.isNumber || $0 == "_" }.description) else {
                continue
            }
            let before = index == 0 ? nil : words[index - 1]
            guard
                glued.count < word.count || before.map(Self.isPrompt) ?? true
                    || Self.isDump(verb, words: words[index...])
            else { continue }
            if let option = Self.unreadForm(verb, words: words[(index + 1)...].map(String.init)) {
                self = .unread(
                    "'\(option)' prints characters or decimal numbers, which are not read: dump it in hexadecimal digits"
                )
                return
            }
            if let command = Self.command(verb, words: words[(index + 1)...].map { String($0).lowercased() }) {
                self = command
                return
            }
            if let doubt = Self.unknownPlace(verb, words: words[(index + 1)...].map(String.init)) {
                self = .unread(doubt)
                return
            }
        }
        return nil
    }

    private static let verbs: Set<String> = [
        "md", "mm", "dm", "d", "d1", "d4", "dump", "x", "dw", "db", "atdu", "mdb", "mdw", "mdh", "sf", "nand", "mmc",
        "spi",
        "mw", "cp", "tftp", "tftpboot", "loady", "loadb", "loadx", "loads", "load", "mtd", "fatload", "ext4load",
        "ext2load", "usb",
        "sunxi_flash", "ubi", "nboot", "base64", "hexdump", "hd", "od", "xxd", "busybox", "saves", "base32", "basenc",
        "nanddump", "onenand", "crc32", "fsload", "ubifsload", "sqfsload", "nfs", "dhcp", "bootp", "ide", "sata",
        "scsi",
        "nvme", "virtio", "unzip", "lzmadec", "lz4",
    ]

    /// The line that begins uuencoded text, which a prompt may stand in front of: `~ # begin 644 mtd2`.
    static func begin(in line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        // Few lines have a letter that is no digit of rows.
        guard line.count < 300, line.contains(0x67) else { return nil }
        let words = line.split(separator: 0x20)
        let isMode = { (word: ArraySlice<UInt8>) in
            (3...4).contains(word.count) && word.allSatisfy { (0x30...0x37).contains($0) }
        }
        // A name may have blanks.
        guard let mode = words.indices.dropFirst().first(where: { isMode(words[$0]) && $0 + 1 < words.count }),
            case let begin = words[mode - 1], begin.starts(with: "begin".utf8)
        else { return nil }
        let prompt = mode > 1 ? words[mode - 2] : nil
        guard prompt.map({ isPrompt(Substring(decoding: $0, as: UTF8.self)) }) ?? true else { return nil }
        return line[begin.startIndex...]
    }

    private static func isPrompt(_ word: Substring) -> Bool {
        guard let last = word.last else { return false }
        return "#>$:]%".contains(last)
            || ["busybox", "toybox", "openssl", "sudo", "do", "then", "time", "exec"].contains(word)
    }

    /// Whether it is a command whatever stands in front of it, a prompt of whatever form: it names a device, or options.
    private static func isDump(_ verb: String, words: ArraySlice<Substring>) -> Bool {
        guard ["base64", "base32", "basenc", "hexdump", "hd", "od", "xxd", "nanddump"].contains(verb),
            let next = words.dropFirst().first
        else {
            return false
        }
        return next.hasPrefix("/") || next.hasPrefix("-") && words.contains { $0.hasPrefix("/") }
    }

    /// What is loaded to an address that is a variable's value, which nobody knows, may be what is shown then.
    private static func unknownPlace(_ verb: String, words: [String]) -> String? {
        guard loads.contains(verb), words.prefix(3).contains(where: { $0.hasPrefix("$") }) else { return nil }
        if ["sf", "nand", "onenand", "mmc", "ubi", "usb", "mtd"].contains(verb),
            !(words.first?.hasPrefix("read") ?? false)
        {
            return nil
        }
        let command = ([verb] + words.prefix(4)).joined(separator: " ")
        return "'\(command)' puts something into memory, and the log does not tell where"
    }
    private static let loads: Set<String> = [
        "sf", "nand", "onenand", "mmc", "ubi", "usb", "mtd", "tftp", "tftpboot", "loady", "loadb", "loadx", "fatload",
        "ext4load", "ext2load", "load", "nboot", "fsload", "ubifsload", "sqfsload", "nfs", "dhcp", "bootp",
    ]

    private static func command(_ verb: String, words: [String]) -> LogCommand? {
        let numbers = words.map(number)
        func at(_ index: Int) -> UInt64? { index < numbers.count ? numbers[index] : nil }
        switch verb {
        case "md", "md.l", "md.b", "md.w", "md.q":
            if let first = words.first, first.contains("+") || first.hasPrefix("-") { return barebox(words) }
            let isUnknown = words.prefix(2).map { $0.contains("$") }
            guard at(0) != nil || isUnknown.first ?? false else { return nil }
            // Without a suffix the unit is the build's, or that of the command before.
            let units: [UInt64] = ["md.b": [1], "md.w": [2], "md.l": [4], "md.q": [8]][verb] ?? [1, 2, 4, 8]
            let isSizeUnknown = isUnknown.count > 1 && isUnknown[1]
            return .show(
                address: at(0), sizes: isSizeUnknown ? [] : units.map { (at(1) ?? 0x40) &* $0 },
                countsUnits: units.count > 1, isSizeUnknown: isSizeUnknown)
        case "dump", "x":
            guard let base = words.firstIndex(of: "-b"), let address = at(base + 1) else { return nil }
            return .show(address: address, sizes: words.firstIndex(of: "-l").flatMap { at($0 + 1) }.map { [$0] } ?? [])
        case "dm", "d", "d1", "d4", "dw", "db", "mdb", "mdw", "mdh":
            guard let address = at(0) else { return nil }
            // Their counts are decimal on one board and hexadecimal on the other, and of bytes or of words.
            let counts = [words.count > 1 ? UInt64(words[1]) : nil, at(1)].compactMap(\.self)
            return .show(address: address, sizes: counts.flatMap { count in [1, 2, 4, 8].map { count &* $0 } })
        case "sf", "nand", "onenand", "mmc", "ubi", "usb", "sunxi_flash", "spi", "mtd", "ide", "sata", "scsi",
            "nvme", "virtio":
            return storage(verb, words: words, numbers: numbers)
        case "saves":
            // Without them, it is all that was loaded.
            guard let address = at(0), let size = at(1) else { return nil }
            return .show(address: address, sizes: [size])
        case "base64": return words.contains("-d") ? nil : .text(.base64)
        case "od":
            guard let radix = addressRadix(words) else {
                return printsBytes(words) ? .text(.bytes) : .unread(wordsAlone)
            }
            return .hexdump(radix: radix, hasLastLine: !words.contains("head"), lines: RowLines(optionsOf: words))
        case "hexdump", "hd":
            if words.contains(where: { $0.hasPrefix("-e") || $0.hasPrefix("-ve") }) { return formatted(words) }
            return .hexdump(radix: 16, hasLastLine: !words.contains { $0 == "head" || $0 == "--help" })
        case "xxd":
            if words.contains(where: { $0 == "-p" || $0 == "-ps" || $0.hasPrefix("-pl") }) {
                return .text(.hexadecimal)
            }
            return words.contains("-r") ? nil : .hexdump(radix: 16, hasLastLine: false)
        case "base32", "basenc": return otherBase(verb, words: words)
        case "nanddump": return pages(words)
        default: return put(verb, words: words, numbers: numbers)
        }
    }

    /// What writes into memory, but for what reads a flash.
    private static func put(_ verb: String, words: [String], numbers: [UInt64?]) -> LogCommand? {
        func at(_ index: Int) -> UInt64? { index < numbers.count ? numbers[index] : nil }
        switch verb {
        case "mw", "mw.l", "mw.b", "mw.w", "mw.q":
            guard let address = at(0), at(1) != nil else { return nil }
            let unit: UInt64 = ["mw.b": 1, "mw.w": 2, "mw.q": 8][verb] ?? 4
            return load(address, size: (at(2) ?? 1) &* unit, verb: verb, words: words)
        case "cp", "cp.b", "cp.w", "cp.l":
            guard let target = at(1), let count = at(2) else { return nil }
            return load(target, size: count &* (["cp.b": 1, "cp.w": 2][verb] ?? 4), verb: verb, words: words)
        case "tftp", "tftpboot", "loady", "loadb", "loadx", "nboot", "nfs", "dhcp", "bootp":
            return at(0).flatMap { load($0, size: nil, verb: verb, words: words) }
        case "fsload", "ubifsload": return at(0).flatMap { load($0, size: at(2), verb: verb, words: words) }
        // Puts the sum into memory.
        case "crc32": return at(2).flatMap { load($0, size: 4, verb: verb, words: words) }
        case "unzip", "lzmadec", "lz4": return at(1).flatMap { load($0, size: nil, verb: verb, words: words) }
        case "fatload", "ext4load", "ext2load", "load", "sqfsload":
            return at(2).flatMap { load($0, size: at(4), verb: verb, words: words) }
        default: return nil
        }
    }

    /// `base32`, which looks like base64, and the program that writes either.
    private static func otherBase(_ verb: String, words: [String]) -> LogCommand? {
        if words.contains(where: { ["-d", "--decode"].contains($0) }) { return nil }
        return words.contains("--base64") ? .text(.base64) : .unread("'\(verb)' is not read: dump it with base64")
    }

    /// `nanddump -c` and `nanddump -p`: without these it prints no text.
    private static func pages(_ words: [String]) -> LogCommand? {
        let letters = words.filter { $0.hasPrefix("-") && !$0.hasPrefix("--") }.joined()
        let isText = letters.contains { "cp".contains($0) } || words.contains { $0.hasPrefix("--canonicalprint") }
        return isText && !words.contains { $0.hasPrefix("-f") } ? .hexdump(radix: 16, hasLastLine: false) : nil
    }

    /// Of `od` and `hexdump`, the option that asks for characters or decimal numbers instead of hexadecimal digits.
    private static func unreadForm(_ verb: String, words: [String]) -> String? {
        let options: Set<String>
        switch verb {
        case "od": options = ["-c", "-a", "-d", "-i", "-l"]
        case "hexdump", "hd": return words.first { ["-c", "-d"].contains($0) }
        default: return nil
        }
        // Another type tells the bytes.
        if RowLines(optionsOf: words.map { $0.lowercased() }) != nil { return nil }
        for (index, word) in words.enumerated() {
            if options.contains(word) { return word }
            let type: String
            if word == "-t" {
                type = index + 1 < words.count ? words[index + 1] : ""
            } else if word.hasPrefix("-t") {
                type = String(word.dropFirst(2))
            } else if let equals = word.firstIndex(of: "="), word[..<equals].hasSuffix("-format") {
                type = String(word[word.index(after: equals)...])
            } else {
                continue
            }
            if let first = type.first, "acduf".contains(first) { return "-t \(type)" }
        }
        return nil
    }

    /// Of `od -A x`, `-Ad`, `-vAn`, `--address-radix=x`, in small letters; octal if nothing is said, nil if there
    /// are no addresses.
    private static func addressRadix(_ words: [String]) -> Int? {
        for (index, word) in words.enumerated() where word.hasPrefix("-") {
            let long = "--address-radix="
            let letter: Character?
            if word.hasPrefix(long) {
                letter = word.dropFirst(long.count).first
            } else if !word.hasPrefix("--"), let option = word.firstIndex(of: "a") {
                letter = word[word.index(after: option)...].first ?? words.dropFirst(index + 1).first?.first
            } else {
                continue
            }
            if letter == "n" { return nil }
            if let radix = letter.flatMap({ ["x": 16, "d": 10][$0] }) { return radix }
        }
        return 8
    }

    /// Whether `od` prints bytes, not words.
    private static func printsBytes(_ words: [String]) -> Bool {
        words.contains { $0.contains("x1") }
    }
    private static let wordsAlone =
        "words without addresses are not read, as nothing tells their order: dump them with '-t x1'"

    /// `hexdump -v -e '16/1 "%02x " "\n"'`, in small letters; nil for what comes as an array.
    private static func formatted(_ words: [String]) -> LogCommand? {
        let format = words.joined(separator: " ")
        if format.contains("0x%") { return nil }
        if format.contains("_a") { return .hexdump(radix: 16, hasLastLine: false) }
        for unit in [2, 4, 8] where format.contains("/\(unit) ") {
            if ["%0\(2 * unit)x", "%.\(2 * unit)x"].contains(where: format.contains) {
                return .hexdump(radix: 16, hasLastLine: false, lines: RowLines(.sequential(unit: unit)))
            }
        }
        guard let digits = ["%02x", "%.2x"].first(where: format.contains), format.contains("/1 ") else {
            return .unread("the format of that 'hexdump -e' is not read: dump it with 'hexdump -C'")
        }
        return .text(format.contains(digits + "\"") ? .hexadecimal : .bytes)
    }

    /// `md -b 0x82000000+0x10000`
    private static func barebox(_ words: [String]) -> LogCommand? {
        guard let range = words.first(where: { $0.contains("+") })?.split(separator: "+"), range.count == 2,
            let address = number(String(range[0])), let size = number(String(range[1]))
        else { return nil }
        return .show(address: address, sizes: [size])
    }

    private static func storage(_ verb: String, words: [String], numbers: [UInt64?]) -> LogCommand? {
        if verb == "mtd", words.first?.hasPrefix("dump") ?? false {
            return .show(
                address: numbers.count > 2 ? numbers[2] : 0,
                sizes: numbers.count > 3 ? numbers[3].map { [$0] } ?? [] : [])
        }
        if verb == "nand", words.first?.hasPrefix("dump") ?? false, words.count > 1 { return .nandPage }
        guard let first = words.first, first == "read" || first.hasPrefix("read.") else { return nil }
        func at(_ index: Int) -> UInt64? { index < numbers.count ? numbers[index] : nil }
        if verb == "spi" { return at(1).map { .plainBytes(offset: $0, size: at(2)) } }
        if verb == "mtd" {
            let isRaw = first.contains(".")
            return at(2).flatMap {
                load(
                    $0, size: isRaw ? nil : at(4), verb: verb, words: words,
                    flashOffset: isRaw ? nil : words.count > 3 ? at(3) : 0)
            }
        }
        guard let address = at(1) else { return nil }
        let size: UInt64? =
            switch verb {
            // Pages are counted.
            case "nand" where first.hasSuffix(".raw"): nil
            case "ubi": at(3)
            case "mmc", "usb", "ide", "sata", "scsi", "nvme", "virtio": at(3).map { $0 &* 512 }
            case "sf", "nand", "onenand", "sunxi_flash": at(3)
            default: nil
            }
        let offset: UInt64? =
            switch (verb, first) {
            case ("sf", "read"), ("onenand", "read"), ("nand", "read"), ("nand", "read.e"), ("nand", "read.jffs2"),
                ("nand", "read.i"):
                at(2)
            case ("mmc", "read"): at(2).flatMap { $0 < 1 << 54 ? $0 * 512 : nil }
            default: nil
            }
        return load(address, size: size, verb: verb, words: words, flashOffset: offset)
    }

    private static func load(
        _ address: UInt64, size: UInt64?, verb: String, words: [String], flashOffset: UInt64? = nil
    ) -> LogCommand? {
        let bytes = min(max(size ?? 64 << 20, 1), 1 << 31)
        guard address <= UInt64.max - bytes else { return nil }
        return .load(
            LogLoad(
                range: address..<address + bytes, what: ([verb] + words.prefix(4)).joined(separator: " "),
                isSizeKnown: size != nil, flashOffset: flashOffset))
    }

    private static func number(_ word: String) -> UInt64? {
        let word = word.prefix { $0 != "," && $0 != ";" }
        return ChecksumLine.number(word)
    }
}
