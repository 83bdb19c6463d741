internal import FlashBytes

/// What is typed in a shell, and what comes back.
extension ShellReader {
    /// Copies in units of which a flash has whole ones; the bytes in front of what is wanted are left out here.
    private func copy(_ device: Device, at offset: UInt64, size: UInt64) -> (command: String, skip: Int) {
        if isPlain { return ("tail -c +\(offset + 1) \(path(of: device))|head -c \(size)", 0) }
        let unit: UInt64 = offset % 4096 == 0 && size % 4096 == 0 ? 4096 : 512
        let first = offset / unit
        let count = (offset + size + unit - 1) / unit - first
        return ("dd if=\(path(of: device)) bs=\(unit) skip=\(first) count=\(count)", Int(offset - first * unit))
    }

    /// dd's own words are not wanted; in parentheses, so that no beginning of the line redirects anything.
    private func piped(_ copy: String, into program: String) -> String {
        isPlain ? "\(copy)|\(program)" : "(\(copy)|\(program))2>/dev/null"
    }

    /// Prints a part of a device.
    ///
    /// - Returns: the bytes, nil if they are not what was asked for; and what else was said.
    func print(
        _ printer: Printer, device: Device, at offset: UInt64, size: UInt64
    ) throws(AcquisitionError) -> (bytes: [UInt8]?, others: [String]) {
        let copy = copy(device, at: offset, size: size)
        let path = path(of: device)
        let command =
            switch printer {
            case .base64: piped(copy.command, into: "base64")
            case .hexdump: "hexdump -v -C -s \(offset) -n \(size) \(path)"
            case .xxd: "xxd -s \(offset) -l \(size) \(path)"
            case .od: "od -v -A x -t x1 -j \(offset) -N \(size) \(path)"
            }
        var bytes: [UInt8] = []
        var others: [String] = []
        var isWhole = true
        try console.run(command, patience: console.timing.scaled(.seconds(4)) + console.timing.latency) { line in
            var part: [UInt8]?
            switch printer {
            case .base64: part = TextCode.base64(line[...])
            case .xxd:
                if let row = MemoryRow(line) {
                    isWhole = isWhole && row.address == offset + UInt64(bytes.count)
                    part = row.digits
                }
            case .hexdump, .od:
                if let row = HexdumpRow(line[...]) {
                    isWhole = isWhole && row.address == offset + UInt64(bytes.count)
                    part = row.row?.digits ?? []
                }
            }
            if let part { bytes += part } else { others.append(BoardConsole.shown(line)) }
            return .more
        }
        if printer == .base64 { bytes = Array(bytes.dropFirst(copy.skip).prefix(Int(size))) }
        return (bytes.isEmpty || !isWhole ? nil : bytes, others)
    }

    /// What the device's program says about a part; nil if it says nothing that is a sum.
    func digest(
        _ summer: Summer, device: Device, at offset: UInt64, size: UInt64
    ) throws(AcquisitionError) -> String? {
        let copy = copy(device, at: offset, size: size)
        guard copy.skip == 0, size % 512 == 0 else { return nil }
        let patience =
            console.timing.scaled(.seconds(4)) + console.timing.latency + .milliseconds(Int(clamping: size / 500))
        for _ in 0..<3 {
            let lines = try console.lines(piped(copy.command, into: summer.rawValue), patience: patience)
            for line in lines {
                let words = line.split(separator: " ")
                guard let word = words.first else { continue }
                switch summer {
                case .md5sum where word.count == 32, .sha256sum where word.count == 64:
                    if word.allSatisfy(\.isHexDigit) { return String(word) }
                case .cksum where words.count >= 2:
                    if let sum = UInt32(word), UInt64(words[1]) == size { return String(sum) }
                default: break
                }
            }
        }
        return nil
    }
}

/// The sum of POSIX's cksum.
enum PosixChecksum {
    static func of(_ bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = 0
        func add(_ byte: UInt8) {
            sum ^= UInt32(byte) << 24
            for _ in 0..<8 { sum = sum & 0x8000_0000 != 0 ? sum << 1 ^ 0x04c1_1db7 : sum << 1 }
        }
        for byte in bytes { add(byte) }
        var length = bytes.count
        while length > 0 {
            add(UInt8(truncatingIfNeeded: length))
            length >>= 8
        }
        return ~sum
    }
}
