internal import FirmwareImage
internal import FlashBytes

/// Reads flash through a root shell of a running Linux (BusyBox mostly): nothing but commands that read are typed, and no
/// beginning of one of them does anything else either.
final class ShellReader {
    /// A program that prints bytes as text.
    enum Printer: String, CaseIterable {
        case base64, hexdump, xxd, od
    }
    /// A program that sums.
    enum Summer: String, CaseIterable {
        case md5sum, sha256sum, cksum
    }
    /// One of /proc/mtd.
    struct Device: Hashable {
        var path: String
        var range: Range<UInt64>
    }

    private let console: Console
    private let sha256: ([UInt8]) -> String
    private(set) var printer: Printer?
    private(set) var summer: Summer?
    private(set) var devices: [Device] = []
    /// Blocks that had to be read again.
    private(set) var corrected = 0

    /// - Parameter sha256: the digest of bytes as digits; given by the caller, since this module has no such function.
    init(console: Console, sha256: @escaping ([UInt8]) -> String) {
        self.console = console
        self.sha256 = sha256
    }

    /// `dev:    size   erasesize  name`, with `mtd0: 00040000 00010000 "BOOT"`; empty if there is none.
    func table() throws(AcquisitionError) -> String { try agreed("cat /proc/mtd").joined(separator: "\n") }

    /// Finds the devices, and the programs that are there.
    func setUp() throws(AcquisitionError) {
        guard devices.isEmpty || printer == nil else { return }
        let text = try table()
        let parts = ((try? PartitionText.tables(in: text)) ?? []).first?.partitions ?? []
        devices = []
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 3)
            guard words.count == 4, words[0].hasPrefix("mtd"), words[0].hasSuffix(":"),
                let size = UInt64(words[1], radix: 16), size > 0
            else { continue }
            let name = words[3].filter { $0 != "\"" }.trimmingBlanks
            guard let part = parts.first(where: { $0.name == name }) else { continue }
            let start = UInt64(part.offset)
            devices.append(Device(path: "/dev/\(words[0].dropLast())", range: start..<start + size))
        }
        guard let first = devices.first else {
            throw .unknownConsole(
                port: console.transport.name, prompt: Console.shown(console.prompt.text),
                seen: text.split(separator: "\n").first.map(String.init) ?? "no /proc/mtd")
        }
        var refusals: [String] = []
        for candidate in Printer.allCases where printer == nil {
            let (bytes, others) = try print(candidate, first.path, 0, 512)
            if bytes?.count == 512 { printer = candidate } else { refusals += others.prefix(1) }
        }
        guard printer != nil else {
            throw .unknownConsole(
                port: console.transport.name, prompt: Console.shown(console.prompt.text),
                seen: refusals.joined(separator: " / "))
        }
        for candidate in Summer.allCases where summer == nil {
            if try digest(candidate, first.path, 0, 512) != nil { summer = candidate }
        }
    }

    /// The device in which a part of the flash lies, the smallest if there are more; nil if none has all of it.
    func device(for range: Range<UInt64>) -> Device? {
        devices.filter { $0.range.lowerBound <= range.lowerBound && range.upperBound <= $0.range.upperBound }
            .min { $0.range.count < $1.range.count }
    }

    /// Reads a part of the flash, verified.
    ///
    /// - Parameter known: bytes that may stand there, so that they need not be transferred if their sum says so.
    /// - Returns: the bytes, and which of `known` they are.
    func read(_ range: Range<UInt64>, known: [[UInt8]]) throws(AcquisitionError) -> (bytes: [UInt8], known: Int?) {
        guard let device = device(for: range), let printer else {
            throw .badRange("no device of /proc/mtd has all of \(hex(range.lowerBound)) to \(hex(range.upperBound))")
        }
        let offset = range.lowerBound - device.range.lowerBound
        let size = UInt64(range.count)
        var readings: [[UInt8]] = []
        if let summer, let sum = try digest(summer, device.path, offset, size),
            let index = known.firstIndex(where: { self.sum($0, summer) == sum })
        {
            return (known[index], index)
        }
        for attempt in 0..<8 {
            if attempt > (summer == nil ? 1 : 0) { corrected += 1 }
            guard let bytes = try print(printer, device.path, offset, size).bytes, bytes.count == range.count else {
                continue
            }
            if let summer {
                if try digest(summer, device.path, offset, size) == sum(bytes, summer) { return (bytes, nil) }
            } else if readings.contains(bytes) {
                return (bytes, nil)
            }
            readings.append(bytes)
        }
        throw .unreadable(
            address: range.lowerBound, size: range.count,
            reason: "\(printer.rawValue) never agrees with \(summer?.rawValue ?? "itself"); is the flash being written?"
        )
    }

    /// Whether a part of the flash still is what was read; nil if that cannot be asked.
    func isStill(_ bytes: [UInt8], at range: Range<UInt64>) throws(AcquisitionError) -> Bool? {
        guard let summer, let device = device(for: range) else { return nil }
        let offset = range.lowerBound - device.range.lowerBound
        return try digest(summer, device.path, offset, UInt64(range.count)).map { $0 == sum(bytes, summer) }
    }

    // MARK: Commands

    /// Reads in units of 512 bytes, of which flash always has whole ones.
    private static func copy(_ path: String, _ offset: UInt64, _ size: UInt64) -> (command: String, skip: Int) {
        let unit: UInt64 = offset % 4096 == 0 && size % 4096 == 0 ? 4096 : 512
        let first = offset / unit
        let count = (offset + size + unit - 1) / unit - first
        return ("dd if=\(path) bs=\(unit) skip=\(first) count=\(count)", Int(offset - first * unit))
    }

    private func print(
        _ printer: Printer, _ path: String, _ offset: UInt64, _ size: UInt64
    ) throws(AcquisitionError) -> (bytes: [UInt8]?, others: [String]) {
        let copy = Self.copy(path, offset, size)
        let command =
            switch printer {
            case .base64: "(\(copy.command)|base64)2>/dev/null"
            case .hexdump: "hexdump -v -C -s \(offset) -n \(size) \(path)"
            case .xxd: "xxd -s \(offset) -l \(size) \(path)"
            case .od: "od -v -A x -t x1 -j \(offset) -N \(size) \(path)"
            }
        var bytes: [UInt8] = []
        var others: [String] = []
        var isWhole = true
        try console.run(command, patience: console.timing.scaled(.seconds(4)) + console.timing.latency) { line in
            switch printer {
            case .base64:
                if let part = TextCode.base64(line[...]) { bytes += part } else { others.append(Console.shown(line)) }
            case .xxd:
                if let row = MemoryRow(line), row.address == offset + UInt64(bytes.count) {
                    bytes += row.digits
                } else {
                    others.append(Console.shown(line))
                }
            case .hexdump, .od:
                if let row = HexdumpRow(line[...], isOctal: false) {
                    isWhole = isWhole && row.address == offset + UInt64(bytes.count)
                    bytes += row.row?.digits ?? []
                } else {
                    others.append(Console.shown(line))
                }
            }
            return .more
        }
        if printer == .base64 { bytes = Array(bytes.dropFirst(copy.skip).prefix(Int(size))) }
        return (bytes.isEmpty || !isWhole ? nil : bytes, others)
    }

    /// What the device's program says about a part; nil if it does not work. Two answers must agree.
    private func digest(
        _ summer: Summer, _ path: String, _ offset: UInt64, _ size: UInt64
    ) throws(AcquisitionError) -> String? {
        let copy = Self.copy(path, offset, size)
        guard copy.skip == 0, offset % 512 == 0, size % 512 == 0 else { return nil }
        var seen: [String] = []
        for _ in 0..<4 {
            let lines = try console.lines(
                "(\(copy.command)|\(summer.rawValue))2>/dev/null",
                patience: console.timing.scaled(.seconds(4)) + console.timing.latency + .milliseconds(Int(size) / 500))
            let words = lines.lazy.compactMap { line -> String? in
                let words = line.split(separator: " ")
                switch summer {
                case .md5sum:
                    return words.first.flatMap { $0.count == 32 && $0.allSatisfy(\.isHexDigit) ? String($0) : nil }
                case .sha256sum:
                    return words.first.flatMap { $0.count == 64 && $0.allSatisfy(\.isHexDigit) ? String($0) : nil }
                case .cksum:
                    guard words.count >= 2, let sum = UInt32(words[0]), UInt64(words[1]) == size else { return nil }
                    return String(sum)
                }
            }
            guard let word = words.first else {
                if !seen.isEmpty || lines.isEmpty { continue }
                return nil
            }
            if seen.contains(word) { return word }
            seen.append(word)
        }
        return nil
    }

    private func sum(_ bytes: [UInt8], _ summer: Summer) -> String {
        switch summer {
        case .md5sum: MD5.digest(bytes)
        case .sha256sum: sha256(bytes)
        case .cksum: String(PosixChecksum.of(bytes))
        }
    }

    /// The answer to a command that two tries agree on.
    private func agreed(_ command: String) throws(AcquisitionError) -> [String] {
        var answers: [[String]] = []
        for _ in 0..<6 {
            let answer = try console.lines(command).filter { !Console.isKernelMessage($0) }
            if answers.contains(answer) { return answer }
            answers.append(answer)
        }
        throw .commandFailed(command: command, answer: "it answers differently each time")
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

extension StringProtocol {
    /// Without blanks at both ends.
    fileprivate var trimmingBlanks: String {
        var text = Substring(self)
        while text.first == " " { text.removeFirst() }
        while let last = text.last, last == " " || last == "\r" { text.removeLast() }
        return String(text)
    }
}
