package import FlashBytes

/// Finds partition tables in text: logs of consoles, `mtdparts=`, `/proc/mtd`, RedBoot's and U-Boot's lists, device tree
/// sources, lists of `NAME=OFFSET+SIZE`; also in saved web pages.
package enum PartitionText {
    /// All tables in a text; those that tell offsets first.
    ///
    /// - Throws: what is wrong, when there is nothing but mistakes.
    package static func tables(in text: String) throws(PartitionTable.Malformed) -> [PartitionTable] {
        let reading = read(Array(text.utf8))
        if reading.tables.isEmpty, let problem = reading.problems.first {
            throw PartitionTable.Malformed(description: problem.description)
        }
        return reading.tables
    }

    /// Everything in a text of any encoding.
    package static func read(_ text: PlainText) -> TableReading { read(text.bytes) }

    /// Everything in a text in UTF-8.
    static func read(_ text: [UInt8]) -> TableReading {
        var collector = TableCollector()
        let bytes = text.withPlainSigns
        if HTMLText.isPage(bytes) {
            HTMLText.forEachLine(bytes) { collector.read($0) }
        } else {
            var number = 1
            var start = 0
            while start <= bytes.count {
                let end = bytes[start...].firstIndex(of: 0x0a) ?? bytes.count
                collector.read(TextLine(number: number, bytes: bytes[start..<end]))
                start = end + 1
                number += 1
            }
        }
        return collector.finish()
    }
}

/// Hands each line to all parsers, and puts together what they found.
private struct TableCollector {
    private var log = BootLogParser()
    private var listings = UBootListingParser()
    private var anyka = AnykaListingParser()
    private var arguments = MTDPartsParser()
    private var devices = MTDDevicesParser()
    private var redBoot = RedBootParser()
    private var tree = DeviceTreeSourceParser()
    private var list = PartitionList()
    private var addresses = LoadAddress.Search()
    private var chip = FlashChipSearch()

    private var reading = TableReading()
    /// Tables by what they begin with, as indices of `reading.tables`.
    private var known: [Start: [Int]] = [:]

    private struct Start: Hashable {
        var device: String
        var name: String
        var offset: Int
    }

    /// A text with more different tables is none (a log of several starts has some).
    private static let most = 256

    mutating func read(_ line: TextLine) {
        arguments.read(line)
        devices.read(line)
        redBoot.read(line)
        listings.read(line)
        anyka.read(line)
        tree.read(line)
        list.read(line)
        if line.bytes.count < 8 { return }
        log.read(line)
        addresses.read(line)
        chip.read(line)
    }

    mutating func finish() -> TableReading {
        // What the kernel made of its arguments comes first.
        take(log)
        take(listings)
        take(anyka)
        take(arguments)
        take(redBoot)
        take(tree)
        let running = devices.tables
        let hasOffsets = !reading.tables.isEmpty
        // Without offsets of its own it only says again what stands there already.
        take(
            running.filter { !hasOffsets || $0.doubt == nil && $0.devices?.devices.first?.offset != nil },
            problems: devices.problems)
        if reading.tables.isEmpty { take(log.looseTable.map { [$0] } ?? [], problems: []) }
        if reading.tables.isEmpty {
            let tables = list.tables
            take(tables, problems: list.problems + (tables.isEmpty ? [] : list.strangers))
        }
        for index in reading.tables.indices {
            if reading.tables[index].flashSize == nil { reading.tables[index].flashSize = chip.size }
            if reading.tables[index].eraseSize == nil {
                reading.tables[index].eraseSize =
                    running.first(where: { $0.eraseSize != nil })?.eraseSize ?? chip.eraseSize
            }
        }
        reading.problems.sort { ($0.line ?? 0) < ($1.line ?? 0) }
        reading.loadAddress = addresses.result
        return reading
    }

    private mutating func take(_ parser: some TableParser) {
        var parser = parser
        parser.finish()
        take(parser.tables, problems: parser.problems)
    }

    private mutating func take(_ tables: [PartitionTable], problems: [TableProblem]) {
        reading.problems += problems
        for table in tables { add(table) }
    }

    /// A log of several starts tells a table several times, and one of them may be cut.
    private mutating func add(_ table: PartitionTable) {
        guard let first = table.partitions.first else { return }
        let start = Start(device: table.device, name: first.name, offset: first.offset)
        if let same = known[start, default: []].first(where: { reading.tables[$0].agrees(with: table) }) {
            if reading.tables[same].partitions.count < table.partitions.count { reading.tables[same] = table }
            return
        }
        guard reading.tables.count < Self.most else {
            if reading.tables.count == Self.most, reading.problems.last?.line != nil || reading.problems.isEmpty {
                reading.problems.append(
                    TableProblem(line: nil, reason: "more than \(Self.most) different tables; the others are left out"))
            }
            return
        }
        known[start, default: []].append(reading.tables.count)
        reading.tables.append(table)
    }
}

/// The size of the flash chip, as boot loaders and kernels print it; nil where they tell several.
///
///     SF: Detected W25Q128 with page size 256 Bytes, erase size 64 KiB, total 16 MiB
///     m25p80 spi0.0: w25q128 (16384 Kbytes)
///     Spi(cs1): Block:64KB Chip:8MB Name:"W25Q64"
private struct FlashChipSearch {
    private var sizes: Set<Int> = []
    private var eraseSizes: Set<Int> = []

    var size: Int? { sizes.count == 1 ? sizes.first : nil }
    var eraseSize: Int? { eraseSizes.count == 1 ? eraseSizes.first : nil }

    mutating func read(_ line: TextLine) {
        let bytes = line.bytes
        if bytes.contains("SF: Detected ") {
            add(bytes, words: ", total ", sizes: &sizes)
            add(bytes, words: "erase size ", sizes: &eraseSizes)
        } else if bytes.contains(" Kbytes)"), bytes.contains("spi") || bytes.contains("m25p80") {
            add(bytes, words: " (", sizes: &sizes)
        } else if bytes.contains("Chip:"), bytes.contains("Block:") {
            add(bytes, words: "Chip:", sizes: &sizes)
            add(bytes, words: "Block:", sizes: &eraseSizes)
        } else if bytes.contains("Chipsize ") {
            add(bytes, words: "Chipsize ", sizes: &sizes)
            add(bytes, words: "Blocksize ", sizes: &eraseSizes)
        }
    }

    /// The size behind some words: `16 MiB`, `8MB`, `16384 Kbytes`.
    private func add(_ bytes: ArraySlice<UInt8>, words: StaticString, sizes: inout Set<Int>) {
        guard let at = bytes.firstRange(of: words) else { return }
        let digits = bytes[at.upperBound...].prefix { $0.isDecimalDigit }
        let unit = bytes[digits.endIndex...].drop { $0.isBlank }.first
        guard let number = digits.number(base: 10), number > 0, number < 1 << 20 else { return }
        switch unit {
        case UInt8(ascii: "K"), UInt8(ascii: "k"): sizes.insert(Int(number) << 10)
        case UInt8(ascii: "M"): sizes.insert(Int(number) << 20)
        default: break
        }
    }
}
