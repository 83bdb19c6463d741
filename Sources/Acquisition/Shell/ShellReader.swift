internal import FirmwareImage
internal import FlashBytes

/// Reads flash through a root shell of a running Linux (BusyBox mostly): nothing but commands that read are typed, and no
/// beginning of one of them does anything else either.
final class ShellReader {
    /// A program that prints bytes as text, the tersest first.
    enum Printer: String, CaseIterable {
        case base64, xxd, hexdump, od

        /// Bytes on the line for each byte of flash.
        var overhead: Double {
            switch self {
            case .base64: 1.4
            case .xxd: 4.3
            case .hexdump, .od: 5
            }
        }
    }
    /// A program that sums.
    enum Summer: String, CaseIterable {
        case md5sum, sha256sum, cksum
    }
    /// One of /proc/mtd.
    struct Device: Hashable {
        var number: Int
        var name: String
        /// Where it lies in the flash, if the table is right about that.
        var range: Range<UInt64>
    }

    let console: BoardConsole
    private(set) var printer: Printer?
    private(set) var summer: Summer?
    private(set) var devices: [Device] = []
    /// Why the places of the devices are not certain; nil if they are.
    private var doubt: String?
    /// How the path of a device is written, around its number.
    private var path = (before: "/dev/mtd", behind: "")
    /// Whether tail and head stand in for dd.
    private(set) var isPlain = false
    /// Whether the prompt has been made short.
    private var hasShortPrompt = false
    /// Blocks that had to be read again.
    private(set) var corrected = 0

    init(console: BoardConsole) { self.console = console }

    // MARK: Setting up

    /// `dev:    size   erasesize  name`, with `mtd0: 00040000 00010000 "BOOT"`; empty if there is none.
    func table() throws(AcquisitionError) -> String { try agreed("cat /proc/mtd").joined(separator: "\n") }

    /// Finds the devices, and the programs that are there.
    func setUp() throws(AcquisitionError) {
        guard devices.isEmpty || printer == nil else { return }
        let text = try table()
        let table = ((try? PartitionText.tables(in: text)) ?? []).first
        doubt = table?.doubt
        devices = (table?.partitions ?? []).compactMap { part in
            guard let number = part.number, let size = part.size, size > 0 else { return nil }
            let start = UInt64(part.offset)
            return Device(number: number, name: part.name, range: start..<start + UInt64(size))
        }
        guard let first = devices.first else {
            throw .unknownConsole(
                port: console.transport.name, prompt: BoardConsole.shown(console.prompt.text),
                seen: text.split(separator: "\n").first.map(String.init) ?? "no /proc/mtd")
        }
        var refusals: [String] = []
        let forms = [("/dev/mtd", ""), ("/dev/mtd", "ro"), ("/dev/mtdblock", ""), ("/dev/mtd/", "")]
        for form in forms where printer == nil {
            path = form
            for candidate in Printer.allCases where printer == nil {
                // Bytes are handed to base64 by dd, or by tail and head where that is missing.
                for isPlain in candidate == .base64 ? [false, true] : [false] where printer == nil {
                    self.isPlain = isPlain
                    refusals += try tryPrinting(candidate, of: first)
                }
            }
        }
        guard printer != nil else {
            throw .unknownConsole(
                port: console.transport.name, prompt: BoardConsole.shown(console.prompt.text),
                seen: refusals.isEmpty
                    ? "no base64, xxd, hexdump or od that reads /dev/mtd\(first.number)" : refusals[0])
        }
        for isPlain in printer == .base64 ? [isPlain] : [false, true] where summer == nil {
            self.isPlain = isPlain
            for candidate in Summer.allCases where summer == nil {
                if try digest(candidate, device: first, at: 0, size: 512) != nil { summer = candidate }
            }
        }
    }

    /// Takes a program if it prints the beginning of a device; why it does not, otherwise.
    private func tryPrinting(_ candidate: Printer, of device: Device) throws(AcquisitionError) -> [String] {
        var refusals: [String] = []
        // What the line has damaged comes again; a program that is not there says nothing, or that.
        for _ in 0..<4 {
            let (bytes, others) = try printShortly(candidate, device: device)
            if bytes?.count == 512 { printer = candidate }
            refusals += others.filter(Self.isRefusal)
            let isThere = !others.contains { BoardConsole.isUnknownCommand(Array($0.utf8)) }
            if printer != nil || !isThere || bytes == nil && others.isEmpty { break }
        }
        return refusals
    }

    /// Prints the beginning of a device. Where a long prompt and a command do not fit into a line, bash without terminfo
    /// scrolls sideways, and its echo tells nothing: then this shell gets a short prompt, until it ends.
    private func printShortly(
        _ printer: Printer, device: Device
    ) throws(AcquisitionError) -> (bytes: [UInt8]?, others: [String]) {
        do throws(AcquisitionError) { return try print(printer, device: device, at: 0, size: 512) } catch {
            guard case .commandLost = error, !hasShortPrompt else { throw error }
            hasShortPrompt = true
            try console.type("PS1='# '", patience: console.timing.pause)
            console.forgetState()
            try PromptFinder(console: console).learn()
            return try print(printer, device: device, at: 0, size: 512)
        }
    }

    /// Not that a program is missing, but why one that is there does not read.
    private static func isRefusal(_ line: String) -> Bool { line.lowercased().contains("denied") }

    func path(of device: Device) -> String { "\(path.before)\(device.number)\(path.behind)" }

    /// The device of a name.
    func device(named name: String) throws(AcquisitionError) -> Device {
        let found = devices.filter { $0.name == name }
        if found.count == 1 { return found[0] }
        guard found.isEmpty else { throw .severalDevices(name: name, count: found.count) }
        let names = devices.map { "mtd\($0.number) '\($0.name)'" }.joined(separator: ", ")
        throw .badRange("no flash device is called '\(name)'; there are \(names)")
    }

    /// The device of a number.
    func device(_ number: Int) throws(AcquisitionError) -> Device {
        if let device = devices.first(where: { $0.number == number }) { return device }
        let names = devices.map { "mtd\($0.number) '\($0.name)'" }.joined(separator: ", ")
        throw .badRange("/proc/mtd has no mtd\(number); there are \(names)")
    }

    /// The device that holds what is asked for, and where in it that begins.
    func place(of source: MemorySource) throws(AcquisitionError) -> (device: Device, offset: UInt64) {
        guard case .flash(let kind, let offset, let size) = source else {
            throw .badRange("a shell shows no memory: name a partition, or give a part of the flash")
        }
        if case .mtd(let number) = kind {
            let device = try device(number)
            guard offset + size <= device.range.upperBound - device.range.lowerBound else {
                throw .badRange(
                    "mtd\(number) has \(SizeExpression.readable(device.range.count)): "
                        + "\(SizeExpression.readable(size)) at \(hex(offset)) end behind it")
            }
            return (device, offset)
        }
        if let doubt { throw .uncertainPlaces(doubt) }
        let around = devices.filter { $0.range.lowerBound <= offset && offset + size <= $0.range.upperBound }
        guard let device = around.min(by: { $0.range.count < $1.range.count }) else {
            throw .badRange("no device of /proc/mtd has all of \(hex(offset)) to \(hex(offset + size))")
        }
        return (device, offset - device.range.lowerBound)
    }

    /// What could carry the flash faster: it is not done here, since nothing but reading is.
    func fasterWays(_ device: Device) throws(AcquisitionError) -> [AcquisitionRemark] {
        let names = ["nc", "tftp", "lsx", "sx", "lsz", "sz"]
        var there: Set<String> = []
        for line in try agreed("type \(names.joined(separator: " "))") {
            let words = line.split(separator: " ").map(String.init)
            if words.count >= 3, words[1] == "is", names.contains(words[0]) { there.insert(words[0]) }
        }
        let path = path(of: device)
        var ways: [String] = []
        if there.contains("nc") {
            ways.append("over a network: 'nc -l -p 5000 >FILE' here, then 'nc ADDRESS 5000 <\(path)' there")
        } else if there.contains("tftp") {
            ways.append("over a network: with a TFTP server here, 'tftp -p -l \(path) -r FILE ADDRESS' there")
        }
        if let send = names.dropFirst(2).first(where: there.contains) {
            let kind = send.hasSuffix("z") ? "ZMODEM" : "XMODEM"
            ways.append("over this line: '\(send) \(path)' in a terminal program that receives \(kind)")
        }
        return ways.map { AcquisitionRemark("faster, by hand, \($0)", advice: .giveCopy) }
    }

    // MARK: Reading

    /// Reads a part of a device, verified.
    ///
    /// - Parameter known: bytes that may stand there, so that they need not be transferred if their sum says so.
    /// - Returns: the bytes, and which of `known` they are.
    func read(
        _ device: Device, at offset: UInt64, size: Int, known: [[UInt8]]
    ) throws(AcquisitionError) -> (bytes: [UInt8], known: Int?) {
        guard let printer else { throw .noMemoryDisplay("no base64, xxd, hexdump or od") }
        // A sum that the line has damaged is that of nothing that is known.
        var sum = try summer.flatMap { summer throws(AcquisitionError) in
            try digest(summer, device: device, at: offset, size: UInt64(size))
        }
        if let summer, let sum, let index = known.firstIndex(where: { self.sum($0, summer: summer) == sum }) {
            return (known[index], index)
        }
        var readings: [[UInt8]] = []
        for attempt in 0..<8 {
            if attempt > (summer == nil ? 1 : 0) { corrected += 1 }
            // On a bad line shorter parts come through whole.
            if attempt == 2, size >= 1024, size % 1024 == 0 {
                let first = try read(device, at: offset, size: size / 2, known: []).bytes
                return (first + (try read(device, at: offset + UInt64(size / 2), size: size / 2, known: []).bytes), nil)
            }
            let bytes = try print(printer, device: device, at: offset, size: UInt64(size)).bytes
            if let bytes, bytes.count == size {
                if let summer {
                    if self.sum(bytes, summer: summer) == sum { return (bytes, nil) }
                } else if readings.contains(bytes) {
                    return (bytes, nil)
                }
                readings.append(bytes)
            }
            // The sum may have been damaged, or the flash written.
            if let summer {
                sum = try digest(summer, device: device, at: offset, size: UInt64(size))
                if let right = readings.first(where: { self.sum($0, summer: summer) == sum }) { return (right, nil) }
            }
        }
        throw .unreadable(
            address: offset, size: size,
            reason: "\(printer.rawValue) of \(path(of: device)) never agrees with \(summer?.rawValue ?? "itself"); "
                + "is the flash being written?")
    }

    /// Whether a part of a device still is what was read; nil if that cannot be asked.
    func isStill(_ bytes: [UInt8], device: Device, at offset: UInt64) throws(AcquisitionError) -> Bool? {
        guard let summer else { return nil }
        let own = sum(bytes, summer: summer)
        var seen: [String] = []
        for _ in 0..<4 {
            guard let sum = try digest(summer, device: device, at: offset, size: UInt64(bytes.count)) else { continue }
            if sum == own { return true }
            if seen.contains(sum) { return false }
            seen.append(sum)
        }
        return nil
    }

    func sum(_ bytes: [UInt8], summer: Summer) -> String {
        switch summer {
        case .md5sum: MessageDigest.of(unsafe bytes.span.bytes, algorithm: .md5).map { hexadecimal($0) } ?? ""
        case .sha256sum: SHA256.digest(unsafe bytes.span.bytes).map { hexadecimal($0) } ?? ""
        case .cksum: String(PosixChecksum.of(bytes))
        }
    }

    /// The answer to a command that two tries agree on.
    private func agreed(_ command: String) throws(AcquisitionError) -> [String] {
        var answers: [[String]] = []
        for _ in 0..<6 {
            let answer = try console.lines(command).filter { !BoardConsole.isKernelMessage($0) }
            if answers.contains(answer) { return answer }
            answers.append(answer)
        }
        throw .commandFailed(command: command, answer: "it answers differently each time")
    }
}
