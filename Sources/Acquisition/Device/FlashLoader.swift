internal import FlashBytes

/// What is to be read.
package enum MemorySource: Hashable, Sendable {
    /// As it stands in the address space.
    case memory(Range<UInt64>)
    /// A part of a flash chip, which U-Boot copies into RAM first.
    case flash(FlashDevice, offset: UInt64, size: UInt64)

    /// Bytes.
    package var size: UInt64 {
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
    package var start: UInt64 {
        switch self {
        case .memory(let range): range.lowerBound
        case .flash(_, let offset, _): offset
        }
    }
}

/// A kind of flash, by the U-Boot command that reads it.
package enum FlashDevice: Hashable, Sendable, CustomStringConvertible {
    /// `sf read`
    case spi
    /// `nand read`, which leaves bad blocks out
    case nand
    /// `mmc read`, in sectors of 512 bytes
    case mmc
    /// `sunxi_flash read`, a partition by name
    case sunxi(partition: String)
    /// A flash device of a running Linux, by its number in `/proc/mtd`
    case mtd(number: Int)

    package var description: String {
        switch self {
        case .spi: "sf"
        case .nand: "nand"
        case .mmc: "mmc"
        case .sunxi(let partition): "sunxi:\(partition)"
        case .mtd(let number): "mtd\(number)"
        }
    }

    /// Offsets and sizes must be multiples of this.
    var granularity: UInt64 { self == .mmc ? 512 : 1 }
}

/// Copies flash into RAM with U-Boot's own commands; never writes anything but RAM.
struct FlashLoader {
    let console: BoardConsole
    let device: FlashDevice
    /// Which chip, where there are more: `1:0` for `sf probe`, `1` for `mmc dev`.
    var chip: String?

    /// Selects the chip.
    ///
    /// - Returns: what the board said about it.
    func probe() throws(AcquisitionError) -> String {
        let patience = console.timing.scaled(.seconds(3)) + console.timing.latency
        switch (device, chip) {
        case (.spi, let chip?): return try accepted("sf probe \(chip)", patience: patience).first { !$0.isEmpty } ?? ""
        case (.mmc, let chip?): return try accepted("mmc dev \(chip)", patience: patience).first { !$0.isEmpty } ?? ""
        case (.nand, let chip?):
            return try accepted("nand device \(chip)", patience: patience).first { !$0.isEmpty } ?? ""
        case (.spi, nil): break
        default: return ""
        }
        let answer: [String]
        do throws(AcquisitionError) {
            answer = try accepted("sf probe", patience: patience)
        } catch {
            // Some builds want the number of the chip.
            guard case .commandFailed(_, let text) = error, text.lowercased().contains("usage") else { throw error }
            answer = try accepted("sf probe 0", patience: patience)
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
    func fill(_ range: Range<UInt64>, pattern: FillPattern) throws(AcquisitionError) {
        let words = (range.upperBound - range.lowerBound + 3) / 4
        let word = MemoryReader.digits(UInt64(pattern.word))
        _ = try console.lines(
            "mw.l \(MemoryReader.digits(range.lowerBound)) \(word) \(MemoryReader.digits(words))",
            patience: console.timing.scaled(.seconds(5)) + console.timing.latency
        )
    }

    /// Copies a part of the flash to `address`.
    ///
    /// - Returns: what the board said beside the usual.
    @discardableResult
    func load(offset: UInt64, size: UInt64, to address: UInt64) throws(AcquisitionError) -> [String] {
        let to = MemoryReader.digits(address)
        let command: String =
            switch device {
            case .spi: "sf read \(to) \(MemoryReader.digits(offset)) \(MemoryReader.digits(size))"
            case .nand: "nand read \(to) \(MemoryReader.digits(offset)) \(MemoryReader.digits(size))"
            case .mmc:
                "mmc read \(to) \(MemoryReader.digits(offset / 512)) \(MemoryReader.digits((size + 511) / 512))"
            case .sunxi(let partition): "sunxi_flash read \(to) \(partition) \(MemoryReader.digits(size))"
            case .mtd:
                throw .badRange("\(device) is a device of a running Linux, and this console is none of its shells")
            }
        return LoadAnswer(lines: try accepted(command, patience: console.timing.copying(size))).complaints
    }

    /// The answer to a command that the board does not refuse; a word that looks like a refusal may come from the line,
    /// but hardly twice.
    private func accepted(_ command: String, patience: Duration) throws(AcquisitionError) -> [String] {
        let answer = try console.lines(command, patience: patience)
        guard LoadAnswer(lines: answer).refusal != nil else { return answer }
        let again = try console.lines(command, patience: patience)
        if let line = LoadAnswer(lines: again).refusal { throw .commandFailed(command: command, answer: line) }
        return again
    }
}
