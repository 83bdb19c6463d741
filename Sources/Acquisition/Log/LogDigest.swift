internal import FlashBytes

/// What a log says about bytes that it shows: a digest of a range, as U-Boot's `md5sum` and `hash` answer, or a digest or
/// the size of a file, as shells do.
struct LogDigest: Hashable {
    enum Kind: Hashable { case md5, sha1, sha224, sha256, sha384, sha512, cksum, crc32, size }
    var kind: Kind
    /// What it is about; nil for a file.
    var range: Range<UInt64>?
    /// The file; empty for what came through a pipe.
    var path = ""
    /// The digest, in small letters.
    var digits = ""
    /// How many bytes the file has, where that is told.
    var size: UInt64?
    /// By how much its size may differ, where a program has rounded it.
    var slack: UInt64 = 0
    /// The command that has asked for it, where it was seen.
    var command: ShellLine?

    /// Nil if the line is anything else.
    ///
    /// - Parameter command: the last that was typed.
    init?(_ line: ArraySlice<UInt8>, command: ShellLine?) {
        guard (1..<300).contains(line.count) else { return nil }
        if line.count >= 34, line.contains(0x20), let digest = Self.digest(line) {
            self = digest
        } else if line.first == 0x2d, let size = Self.listed(line) {
            self = size
        } else if let command, let answer = Self.answer(line, command: command) {
            self = answer
        } else {
            return nil
        }
        self.command = command
    }

    private init(kind: Kind, path: String = "", digits: String = "", size: UInt64? = nil) {
        (self.kind, self.path, self.digits, self.size) = (kind, path, digits, size)
    }

    /// `md5sum` and its kin, of U-Boot, of shells and of openssl.
    private static func digest(_ line: ArraySlice<UInt8>) -> LogDigest? {
        let words = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard words.count >= 2, words.count <= 12 else { return nil }
        // md5 for 82000000 ... 82001fff ==> 2f0e…
        if let name = words.firstIndex(where: { named[$0.lowercased()] != nil }),
            words.count >= name + 7, words[name + 1] == "for", words[name + 3] == "...", words[name + 5] == "==>",
            let start = ChecksumLine.number(words[name + 2]), let last = ChecksumLine.number(words[name + 4]),
            last >= start, last < UInt64.max, var digest = Self.digits(words[name + 6]),
            digest.kind == named[words[name].lowercased()]
        {
            digest.range = start..<last + 1
            return digest
        }
        // MD5(/dev/mtd2)= 2f0e…, SHA2-256(stdin)= 2f0e…, MD5 (/dev/mtd2) = 2f0e…
        if let last = words.last, var digest = Self.digits(last), words[words.count - 2].hasSuffix("=") {
            let text = words.dropLast().joined(separator: " ")
            guard let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")"), open < close else {
                return nil
            }
            digest.path = Self.path(text[text.index(after: open)..<close])
            return digest
        }
        guard var digest = Self.digits(words[words.count - 2]) else { return nil }
        digest.path = Self.path(words[words.count - 1])
        return digest
    }

    private static let named: [String: Kind] = [
        "md5": .md5, "sha1": .sha1, "sha256": .sha256, "sha384": .sha384, "sha512": .sha512,
    ]

    private static func path(_ name: Substring) -> String {
        if ["-", "stdin"].contains(name) { return "" }
        return String(name.first == "*" ? name.dropFirst() : name)
    }

    private static func digits(_ word: Substring) -> LogDigest? {
        guard
            let kind: Kind = [32: .md5, 40: .sha1, 56: .sha224, 64: .sha256, 96: .sha384, 128: .sha512][
                word.utf8.count],
            word.utf8.allSatisfy({ hexadecimalValue($0) != nil })
        else { return nil }
        return LogDigest(kind: kind, digits: word.lowercased())
    }

    /// A line of `ls -l`.
    private static func listed(_ line: ArraySlice<UInt8>) -> LogDigest? {
        let words = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard words.count >= 7, words[0].count >= 10,
            words[0].dropFirst().prefix(9).allSatisfy({ "rwxsStT-".contains($0) }),
            let (size, slack) = rounded(words[4])
        else { return nil }
        var digest = LogDigest(kind: .size, path: String(words[words.count - 1]), size: size)
        digest.slack = slack
        return digest
    }

    /// `8192`, or `8.0K`, which may be a bit more or less.
    private static func rounded(_ word: Substring) -> (size: UInt64, slack: UInt64)? {
        if let size = UInt64(word) { return (size, 0) }
        guard let letter = word.last, let unit: UInt64 = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30][letter] else {
            return nil
        }
        let parts = word.dropLast().split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = UInt64(parts[0]), whole < 1 << 20 else { return nil }
        if parts.count == 1 { return (whole * unit, unit) }
        guard parts[1].count == 1, let tenths = UInt64(parts[1]) else { return nil }
        return (whole * unit + unit * tenths / 10, unit / 10 + 1)
    }

    /// What looks like anything, unless it was asked for: the answers of `cksum`, `wc -c`, `crc32` and of `md5sum` alone.
    private static func answer(_ line: ArraySlice<UInt8>, command: ShellLine) -> LogDigest? {
        let words = String(decoding: line, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        // 8192 bytes (8.2 kB) copied, 0.1 s, 80 kB/s
        if words.count > 3, words[1] == "bytes", words.contains(where: { $0.hasPrefix("copied") }),
            let size = UInt64(words[0])
        {
            return LogDigest(kind: .size, path: command.written(blocks: 0)?.file ?? "", size: size)
        }
        if let size = fileSize(words, command: command) { return size }
        if let size = flashSize(words, command: command) { return size }
        guard words.count <= 3, let first = words.first else { return nil }
        switch command.printer {
        case "cksum":
            guard words.count >= 2, UInt32(first) != nil, let size = UInt64(words[1]) else { return nil }
            let file = words.count > 2 ? path(words[2]) : ""
            return LogDigest(kind: .cksum, path: file, digits: String(first), size: size)
        case "wc":
            guard command.isByteCount, words.count <= 2, let size = UInt64(first) else { return nil }
            return LogDigest(kind: .size, path: words.count > 1 ? path(words[1]) : "", size: size)
        case "crc32":
            guard words.count <= 2, first.count == 8, UInt32(first, radix: 16) != nil else { return nil }
            return LogDigest(kind: .crc32, path: words.count > 1 ? path(words[1]) : "", digits: first.lowercased())
        case "md5sum", "sha1sum", "sha224sum", "sha256sum", "sha384sum", "sha512sum", "md5", "sha256":
            return words.count == 1 ? digits(first) : nil
        default: return nil
        }
    }

    /// How large a file is, as programs tell that were asked for it, or have written it.
    private static func fileSize(_ words: [Substring], command: ShellLine) -> LogDigest? {
        func size(_ word: Substring, path: String?) -> LogDigest? {
            // A device has none.
            guard let size = UInt64(word), size > 0 else { return nil }
            return LogDigest(kind: .size, path: path.map { Self.path($0[...]) } ?? "", size: size)
        }
        // 2+0 records out
        if words.count == 3, words[1] == "records", words[2] == "out" {
            let counts = words[0].split(separator: "+")
            guard counts.count == 2, counts[1] == "0", let blocks = Int(counts[0]),
                let (bytes, file) = command.written(blocks: blocks)
            else { return nil }
            return size("\(bytes)", path: file)
        }
        switch command.printer {
        case "stat":
            let isAsked = command.hasOption(["-c", "-c%s", "--format=%s", "-f"])
            if words.count == 1, isAsked { return size(words[0], path: command.lastFile) }
            return words.count > 1 && words[0] == "Size:" ? size(words[1], path: command.lastFile) : nil
        case "wc":
            guard words.count == 3 || words.count == 4, words.prefix(3).allSatisfy({ UInt64($0) != nil }) else {
                return nil
            }
            return size(words[2], path: words.count == 4 ? String(words[3]) : nil)
        case "du":
            guard words.count == 2, command.hasOption(["-b", "-sb", "-bs", "--bytes"]) else { return nil }
            return size(words[0], path: String(words[1]))
        default: return nil
        }
    }

    /// How large a flash is, as programs that were asked for it answer.
    private static func flashSize(_ words: [Substring], command: ShellLine) -> LogDigest? {
        func size(_ word: Substring?, path: String = "", unit: UInt64 = 1) -> LogDigest? {
            guard let count = word.flatMap({ UInt64($0) }), count < 1 << 40 else { return nil }
            return LogDigest(kind: .size, path: path, size: count * unit)
        }
        if command.reads("/proc/partitions") {
            guard words.count == 4, words[3].hasPrefix("mtdblock"), words.prefix(3).allSatisfy({ UInt64($0) != nil })
            else { return nil }
            return size(words[2], path: "/dev/\(words[3])", unit: 1024)
        }
        if let flash = command.sizeOfFlash { return words.count == 1 ? size(words[0], path: "/dev/\(flash)") : nil }
        switch command.printer {
        case "blockdev": return words.count == 1 ? size(words[0], unit: command.countsSectors ? 512 : 1) : nil
        case "mtd_debug": return words.starts(with: ["mtd.size", "="]) ? size(words.dropFirst(2).first) : nil
        case "mtdinfo":
            // Amount of eraseblocks:          2 (131072 bytes, 128.0 KiB)
            guard words.starts(with: ["Amount", "of", "eraseblocks:"]), words.count > 5, words[5] == "bytes," else {
                return nil
            }
            return size(words[4].dropFirst())
        default: break
        }
        // Dumping data starting at 0x00000000 and ending at 0x00010000...
        guard words.starts(with: ["Dumping", "data", "starting", "at"]), words.count >= 8,
            let start = ChecksumLine.number(words[4]),
            let end = ChecksumLine.number(words[words.count - 1].prefix { $0 != "." }), end > start
        else { return nil }
        return LogDigest(kind: .size, size: end - start)
    }

    /// Whether it is that of these bytes; nil if it cannot be computed here.
    func holds(for bytes: [UInt8]) -> Bool? {
        switch kind {
        case .md5: return holds(.md5, for: bytes)
        case .sha1: return holds(.sha1, for: bytes)
        case .sha224: return nil
        case .sha256: return holds(.sha256, for: bytes)
        case .sha384: return holds(.sha384, for: bytes)
        case .sha512: return holds(.sha512, for: bytes)
        case .cksum: return UInt64(bytes.count) == size && UInt32(digits) == PosixChecksum.of(bytes)
        case .crc32: return UInt32(digits, radix: 16) == CRC32.zlib(unsafe bytes.span.bytes)
        case .size:
            return size.map { max($0, UInt64(bytes.count)) - min($0, UInt64(bytes.count)) <= slack } ?? false
        }
    }

    private func holds(_ algorithm: MessageDigest.Algorithm, for bytes: [UInt8]) -> Bool? {
        MessageDigest.of(unsafe bytes.span.bytes, algorithm: algorithm).map { hexadecimal($0) == digits }
    }

    /// Whether bytes for which it holds are the right ones.
    var isProof: Bool { kind != .size }

    /// For messages.
    var name: String {
        switch kind {
        case .md5: "md5"
        case .sha1: "sha1"
        case .sha224: "sha224"
        case .sha256: "sha256"
        case .sha384: "sha384"
        case .sha512: "sha512"
        case .cksum: "cksum"
        case .crc32: "crc32"
        case .size: "size (\(size ?? 0) bytes)"
        }
    }
}
