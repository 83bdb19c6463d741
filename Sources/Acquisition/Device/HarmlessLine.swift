/// Tells the lines that boards print while they copy flash and all is well: where they read, how far they are, how long it
/// took, which chip it is.
///
///     device 0 offset 0x50000, size 0x10000
///     SF: 65536 bytes @ 0x50000 Read: OK
///     Reading at 0x50000 -- 30% complete.
///     NAND read: device 0 offset 0x0, size 0x20000
///     partinfo: name kernel, start 0x0, size 0x10000
///     --->read spend 29 ms
///
/// Every word of such a line is known: `spi nor: 3 bytes lost` has one that is not, and drivers say in any words what went
/// wrong.
enum HarmlessLine {
    private static let known: Set<String> = [
        // What is read, and from where to where.
        "read", "reading", "load", "loading", "copy", "copying", "device", "dev", "flash", "spi", "sf", "snf", "nor",
        "nand", "mmc", "emmc", "sunxi", "hi", "sfc", "hisfc", "hifmc", "fmc", "memory", "mem", "ram", "ddr", "dram",
        "offset", "off", "address", "addr", "start", "end", "to", "from", "at", "of", "the", "in", "into", "on", "with",
        "and", "for", "is", "this",
        // How much.
        "size", "len", "length", "count", "cnt", "total", "byte", "bytes", "block", "blocks", "page", "pages", "sector",
        "sectors", "whole", "kib", "mib", "gib", "kb", "mb", "gb", "k", "m", "b", "kbytes", "mbytes", "x",
        // How far, how fast.
        "complete", "completed", "done", "ok", "success", "succeeded", "successful", "successfully", "finished",
        "progress", "percent", "spend", "spent", "time", "elapsed", "used", "took", "speed", "rate", "ms", "us", "s",
        "sec", "secs", "second", "seconds", "msec", "usec", "probe", "clk", "clock", "mhz", "hz",
        // Which chip.
        "chip", "cs", "erase", "manufacturer", "jedec", "id", "type", "mode", "switch", "switched", "partition",
        "partinfo", "now", "current", "detected", "partno", "part", "bus", "width", "bit", "bits", "quad", "dual",
        "single", "number", "partitions",
    ]
    /// Words behind which the name of something stands.
    private static let naming: Set<String> = ["name", "detected", "chip", "manufacturer", "id"]
    private static let successes: [[String]] = [
        ["read", "ok"], ["bytes", "ok"], ["read", "done"], ["success"], ["successfully"], ["succeeded"],
        ["successful"],
    ]

    /// Whether nothing in a line is unknown.
    static func isHarmless(_ line: String) -> Bool {
        let words = words(line)
        if isSkippedBlock(words) { return true }
        for (index, word) in words.enumerated() {
            // `SF: 8 MiB [page:256 Bytes] [count:128] (XM25QH64A)`
            if index == words.count - 1, words.first == "sf", line.hasSuffix(")") { continue }
            if known.contains(word) || naming.contains(word) || isNumber(word) { continue }
            // The name of a chip or of a partition.
            guard index > 0, naming.contains(words[index - 1]) else { return false }
        }
        return true
    }

    /// Whether it says that all is read, and nothing else.
    static func tellsSuccess(_ line: String) -> Bool {
        guard isHarmless(line) else { return false }
        let words = words(line)
        return successes.contains { success in words.firstRange(of: success) != nil }
    }

    /// `Skipping bad block 0x00020000`
    private static func isSkippedBlock(_ words: [String]) -> Bool {
        guard words.starts(with: ["skipping", "bad", "block"]) else { return false }
        return words.dropFirst(3).allSatisfy { isNumber($0) || $0 == "at" }
    }

    private static func words(_ line: String) -> [String] {
        line.lowercased().split { !$0.isASCII || !$0.isLetter && !$0.isNumber }.map(String.init)
    }

    /// `65536`, `0x50000`, `4ms`, `64kb`, `8h`
    private static func isNumber(_ word: String) -> Bool {
        if word.hasPrefix("0x"), word.dropFirst(2).allSatisfy(\.isHexDigit) { return true }
        let unit = word.drop(while: \.isNumber)
        if unit.count < word.count { return unit.isEmpty || known.contains(String(unit)) || isAddress(word) }
        // cs1, mmc0
        let name = word.prefix { !$0.isNumber }
        return known.contains(String(name)) && word.dropFirst(name.count).allSatisfy(\.isNumber)
    }

    /// Digits as many as addresses and identifiers have.
    private static func isAddress(_ word: String) -> Bool {
        [2, 4, 6, 8, 16].contains(word.count) && word.allSatisfy(\.isHexDigit)
    }
}
