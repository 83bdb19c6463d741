internal import FlashBytes

/// What RedBoot's command `fis list` prints: addresses of the flash in the processor's memory.
///
///     Name              FLASH addr  Mem addr    Length      Entry point
///     RedBoot           0xA8000000  0xA8000000  0x00030000  0x00000000
struct RedBootParser: TableParser {
    private struct Entry {
        var name: String
        var address: UInt64
        var size: UInt64
    }

    private struct List {
        var line: Int
        var entries: [Entry] = []
        /// Where flash and erase size are told: `FLASH: 0xa8000000 - 0xa87f0000, 128 blocks of 0x00010000 bytes each.`
        var flash: (start: UInt64, blocks: UInt64, eraseSize: UInt64)?
    }

    private var flash: (start: UInt64, blocks: UInt64, eraseSize: UInt64)?
    private var open: List?
    private var lists: [List] = []
    private(set) var tables: [PartitionTable] = []
    private(set) var problems: [TableProblem] = []

    /// RedBoot keeps its own lists there.
    private static let bookkeeping: Set<String> = ["FIS directory", "RedBoot config"]

    mutating func read(_ line: TextLine) {
        if line.bytes.contains("FLASH: 0x") {
            readFlash(line.bytes)
        } else if line.bytes.contains("FLASH addr"), line.bytes.contains("Length") {
            close()
            open = List(line: line.number, flash: flash)
        } else if open != nil {
            row(line)
        }
    }

    private mutating func readFlash(_ line: ArraySlice<UInt8>) {
        let numbers = line.split { !$0.isLetterOrDigit }.compactMap(\.anyNumber)
        guard numbers.count >= 2 else { return }
        flash = (numbers[0], numbers.count >= 4 ? numbers[2] : 0, numbers.count >= 4 ? numbers[3] : 0)
    }

    private mutating func row(_ line: TextLine) {
        guard let place = line.bytes.firstRange(of: " 0x") ?? line.bytes.firstRange(of: "\t0x") else { return close() }
        let words = line.bytes[place.lowerBound...].words
        let name = line.bytes[..<place.lowerBound].trimmed
        guard words.count >= 3, !name.isEmpty else { return close() }
        guard let address = words[0].hexadecimal, let size = words[2].hexadecimal else {
            problems.append(
                TableProblem(line: line.number, reason: "fis list: '\(name.text)' has no address and length"))
            return
        }
        open?.entries.append(Entry(name: name.text, address: address, size: size))
    }

    private mutating func close() {
        if let open, !open.entries.isEmpty { lists.append(open) }
        open = nil
    }

    mutating func finish() {
        close()
        for list in lists {
            let base = Self.base(list)
            var table = PartitionTable(
                device: "", source: "fis list, line \(list.line)", partitions: [],
                eraseSize: list.flash.flatMap { $0.eraseSize > 0 ? Int(clamping: $0.eraseSize) : nil })
            if let flash = list.flash, flash.start == base, flash.blocks > 0, flash.blocks < 1 << 20,
                flash.eraseSize > 0, flash.eraseSize < 1 << 20
            {
                table.flashSize = Int(flash.blocks * flash.eraseSize)
            }
            for entry in list.entries.sorted(by: { $0.address < $1.address }) {
                do throws(PartitionTable.Malformed) {
                    let partition = try PartitionTable.partition(
                        entry.name, offset: entry.address >= base ? entry.address - base : entry.address,
                        size: entry.size)
                    if Self.bookkeeping.contains(entry.name) {
                        table.bookkeeping.append(partition)
                    } else {
                        table.partitions.append(partition)
                    }
                } catch {
                    problems.append(TableProblem(line: list.line, reason: "fis list: \(error)"))
                }
            }
            tables.append(table)
        }
    }

    /// Where the flash begins: flashes lie at multiples of their size.
    private static func base(_ list: List) -> UInt64 {
        let first = list.entries.map(\.address).min() ?? 0
        if let flash = list.flash, flash.start <= first { return flash.start }
        let last = list.entries.map { $0.address.addingReportingOverflow($0.size).partialValue }.max() ?? first
        guard last > first else { return first }
        var size: UInt64 = 1 << 16
        while size < 1 << 40, last - (first & ~(size - 1)) > size { size <<= 1 }
        return first & ~(size - 1)
    }
}
