internal import FlashBytes

/// What is to be read.
public enum MemorySource: Hashable, Sendable {
    /// As it stands in the address space.
    case memory(Range<UInt64>)
    /// A part of a flash chip, which U-Boot copies into RAM first.
    case flash(FlashDevice, offset: UInt64, size: UInt64)

    /// Bytes.
    public var size: UInt64 {
        switch self {
        case .memory(let range): range.upperBound - range.lowerBound
        case .flash(_, _, let size): size
        }
    }

    /// What it is copied in, so that parts must begin at multiples of this (bytes).
    var granularity: Int {
        if case .flash(let device, _, _) = self { Int(device.granularity) } else { 1 }
    }

    /// Of the first byte: an address, or an offset in the flash.
    public var start: UInt64 {
        switch self {
        case .memory(let range): range.lowerBound
        case .flash(_, let offset, _): offset
        }
    }
}

/// A kind of flash, by the U-Boot command that reads it.
public enum FlashDevice: Hashable, Sendable, CustomStringConvertible {
    /// `sf read`
    case spi
    /// `nand read`, which leaves bad blocks out
    case nand
    /// `mmc read`, in sectors of 512 bytes
    case mmc
    /// `sunxi_flash read`, a partition by name
    case sunxi(partition: String)

    public var description: String {
        switch self {
        case .spi: "sf"
        case .nand: "nand"
        case .mmc: "mmc"
        case .sunxi(let partition): "sunxi:\(partition)"
        }
    }

    /// Offsets and sizes must be multiples of this.
    var granularity: UInt64 { self == .mmc ? 512 : 1 }
}

/// Copies flash into RAM with U-Boot's own commands; never writes anything but RAM.
struct FlashLoader {
    let console: Console
    let device: FlashDevice

    /// Selects the chip.
    ///
    /// - Returns: what the board said about it.
    func probe() throws(AcquisitionError) -> String {
        guard device == .spi else { return "" }
        let patience = console.timing.scaled(.seconds(3))
        let answer: [String]
        do throws(AcquisitionError) {
            answer = try accepted("sf probe", patience)
        } catch {
            // Some builds want the number of the chip.
            guard case .commandFailed(_, let text) = error, text.lowercased().contains("usage") else { throw error }
            answer = try accepted("sf probe 0", patience)
        }
        return answer.first { !$0.isEmpty } ?? ""
    }

    /// What `nand read` leaves out; nil if the board does not say.
    func badBlocks() throws(AcquisitionError) -> BadBlocks? {
        var found: [BadBlocks?] = []
        // A damaged line shows by the second answer.
        while found.count < 6 {
            let blocks = BadBlocks(list: try console.lines("nand bad"), info: try console.lines("nand info"))
            if found.contains(blocks) { return blocks }
            found.append(blocks)
        }
        return nil
    }

    /// Fills RAM with a pattern, if the board has `mw`.
    func fill(_ range: Range<UInt64>, _ pattern: FillPattern) throws(AcquisitionError) {
        let words = (range.upperBound - range.lowerBound + 3) / 4
        let word = MemoryReader.digits(UInt64(pattern.word))
        _ = try console.lines(
            "mw.l \(MemoryReader.digits(range.lowerBound)) \(word) \(MemoryReader.digits(words))",
            patience: console.timing.scaled(.seconds(5))
        )
    }

    /// Copies a part of the flash to `address`.
    func load(offset: UInt64, size: UInt64, to address: UInt64) throws(AcquisitionError) {
        let to = MemoryReader.digits(address)
        let command =
            switch device {
            case .spi: "sf read \(to) \(MemoryReader.digits(offset)) \(MemoryReader.digits(size))"
            case .nand: "nand read \(to) \(MemoryReader.digits(offset)) \(MemoryReader.digits(size))"
            case .mmc:
                "mmc read \(to) \(MemoryReader.digits(offset / 512)) \(MemoryReader.digits((size + 511) / 512))"
            case .sunxi(let partition): "sunxi_flash read \(to) \(partition) \(MemoryReader.digits(size))"
            }
        _ = try accepted(command, console.timing.copying(size))
    }

    /// The answer to a command that the board does not refuse; a word that looks like a refusal may come from the line,
    /// but hardly twice.
    private func accepted(_ command: String, _ patience: Duration) throws(AcquisitionError) -> [String] {
        let answer = try console.lines(command, patience: patience)
        guard refusal(in: answer) != nil else { return answer }
        let again = try console.lines(command, patience: patience)
        if let line = refusal(in: again) { throw .commandFailed(command: command, answer: line) }
        return again
    }

    private func refusal(in answer: [String]) -> String? {
        let signs = [
            "error", "fail", "no spi flash", "exceeds", "unknown command", "usage:", "bad device", "not found",
        ]
        return answer.first { line in
            let lower = line.lowercased()
            return !Console.isKernelMessage(line) && signs.contains { lower.contains($0) }
        }
    }

    /// The size of the chip in the answer of `sf probe`; nil if it does not say.
    ///
    ///     SF: Detected n25q128a13 with page size 256 Bytes, erase size 64 KiB, total 16 MiB
    ///     SF: Detected nor0 with total size 8 MiB
    ///     16384 KiB hi_sfc at 0:0 is now current device
    static func size(in answer: [String]) -> UInt64? {
        for line in answer where line.contains("total") || line.contains("is now current") {
            let words = line.split(separator: " ")
            for (number, unit) in zip(words, words.dropFirst()).reversed() {
                let factor: UInt64? = unit == "MiB" ? 1 << 20 : unit == "KiB" ? 1 << 10 : nil
                if let factor, let count = UInt64(number), count > 0, count <= 1 << 20 { return count * factor }
            }
        }
        return nil
    }
}

/// Where U-Boot's RAM is, from `bdinfo`.
struct BoardRAM: Hashable {
    /// What may be used: not U-Boot's own place at the end.
    var usable: Range<UInt64>

    /// Nil if the lines do not say.
    init?(bdinfo lines: [String]) {
        var start: UInt64?
        var size: UInt64?
        var limit = UInt64.max
        for line in lines {
            let parts = line.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let name = parts[0].lowercased()
            let digits = parts[1].drop { $0 == " " }.prefix { $0.isHexDigit || $0 == "x" }
            guard let value = UInt64(digits.hasPrefix("0x") ? digits.dropFirst(2) : digits, radix: 16) else { continue }
            if name.contains("-> start") || name.contains("memstart") { start = start ?? value }
            if name.contains("-> size") || name.contains("memsize") { size = size ?? value }
            if name.contains("relocaddr") || name.contains("sp start") || name.contains("irq_sp")
                || name.contains("tlb addr")
            {
                limit = min(limit, value)
            }
        }
        guard let start, let size, size >= 8 << 20, let end = Optional(start &+ size), end > start else { return nil }
        // Below U-Boot lie its heap and, growing down, its stack.
        let top = limit > start && limit < end ? limit - (limit - start) / 16 : end - size / 4
        // The beginning often holds vectors, parameters and a secondary boot loader.
        let bottom = start + min(16 << 20, size / 4)
        guard bottom < top else { return nil }
        usable = bottom & ~0xfff..<top & ~0xfff
    }
}
