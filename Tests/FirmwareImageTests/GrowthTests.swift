import FirmwareImage
import FlashBytes
import TestSupport
import Testing

/// Work grows with the input, not with its square: four times as much input takes about four times the processor's time.
@Suite(.serialized) struct GrowthTests {
    /// A text with so many lines of a kind.
    struct Kind: Sendable {
        var name: String
        var head = ""
        var line: @Sendable (Int) -> String

        func bytes(_ count: Int) -> [UInt8] {
            var text = head
            for index in 0..<count { text += line(index) }
            return Array(text.utf8)
        }
    }

    private static func hex(_ number: Int) -> String { "0x" + String(number, radix: 16) }

    private static let kinds: [Kind] = [
        Kind(name: "partitions of a log", head: "Creating 9999999 MTD partitions on \"x\":\n") { index in
            let (start, end) = (hex(index << 8), hex((index + 2) << 8))
            return "\(start)-\(end) : \"p\(index)\"\n"
        },
        Kind(name: "tables of a log") { index in
            "Creating 1 MTD partitions on \"p\(index / 2)\":\n0x0-\(hex(index)) : \"p\(index)\"\n"
        },
        Kind(name: "loose partitions") { index in "0x0-\(hex(index)) : \"p\(index)\"\n" },
        Kind(name: "headers of U-Boot") { _ in " #: name\t\tsize\n" },
        Kind(name: "rows of U-Boot", head: " #: name size offset\n") { index in
            " \(index): p\(index) 0x100 \(hex(index << 8)) 0\n"
        },
        Kind(name: "mtdparts") { _ in "mtdparts=x:1k(a\n" },
        Kind(name: "one mtdparts", head: "mtdparts=x:") { _ in "1k(a)," },
        Kind(name: "list") { index in "p\(index)=\(hex(index))+0x1000\n" },
        Kind(name: "one line") { _ in "0x1-0x2 : \"<&quot; mtd0: mtdparts= =+" },
        Kind(name: "nodes") { _ in "p { partition@0 { label=\"a\"; reg=<0 1>; }; };\n" },
        Kind(name: "open nodes") { _ in "p { reg=<0 1>; \n" },
        Kind(name: "lists of devices") { _ in "mtd0: 00010000 00010000 \"a\"\nmtd1: 00010000 00010000 \"b\"\n" },
        Kind(name: "devices") { index in "mtd\(index): 00010000 00010000 \"a\"\n" },
        Kind(name: "files of sysfs") { index in "/sys/class/mtd/mtd\(index)/size:65536\n" },
        Kind(name: "blocks of RedBoot", head: "Name FLASH addr Length\n") { index in
            "p\(index) \(hex(index << 8)) 0x0 0x100 0x0\n"
        },
        Kind(name: "page", head: "<html>") { _ in "<br><span>&quot;</span <\n" },
    ]

    /// The least processor time of two runs, in seconds.
    private func time(_ work: () -> Void) -> Double { min(threadSeconds(work), threadSeconds(work)) }

    /// A square would be 16 times; below some milliseconds the clock says little.
    private func isLinear(_ small: Double, _ large: Double) -> Bool { large < max(9 * small, 0.05) }

    @Test(arguments: kinds.indices)
    func timeForPartitionTextsIsLinear(index: Int) {
        let kind = Self.kinds[index]
        let (small, large) = (kind.bytes(200), kind.bytes(800))
        let (first, second) = (time { _ = Reading.of(small) }, time { _ = Reading.of(large) })
        #expect(isLinear(first, second), "\(kind.name): \(first) \(second)")
    }

    @Test func timeForOverlappingPartitionsIsLinear() {
        func table(_ count: Int) -> PartitionTable {
            let partitions = (0..<count).map { Partition(name: "p\($0)", offset: $0 << 8, size: 0x1000) }
            return PartitionTable(device: "", source: "", partitions: partitions)
        }
        func work(_ table: PartitionTable) {
            _ = table.faults(flashSize: 1 << 24)
            _ = table.contents(flashSize: 1 << 24)
            _ = table.pieces(flashSize: 1 << 24)
        }
        let (small, large) = (table(2000), table(8000))
        let (first, second) = (time { work(small) }, time { work(large) })
        #expect(isLinear(first, second), "\(first) \(second)")
    }

    // MARK: - Flashes

    /// Headers with right sums, each of which claims all the bytes behind it.
    private func headers(_ count: Int, type: UInt8 = 7) -> [UInt8] {
        var bytes: [UInt8] = []
        for index in 0..<count {
            var header = UImageHeader()
            header.type = type
            header.dataSize = UInt32((count - index - 1) * 64)
            header.dataCRC = 0x1234_5678
            header.headerCRC = header.computedHeaderCRC
            bytes += header.bytes
        }
        return bytes
    }

    /// Device trees whose structure goes on into the next one.
    private func trees(_ count: Int) -> [UInt8] {
        var writer = ByteWriter(.big)
        for index in 0..<count {
            let total = (count - index) * 80
            for field in [0xd00d_feed, total, 40, total - 8, 40, 17, 16, 0, 8, total - 48] {
                writer.uint32(UInt32(field))
            }
            writer.uint32(1)
            writer.uint32(0)
            for _ in 0..<8 { writer.uint32(4) }
        }
        return writer.bytes
    }

    @Test(arguments: 0..<3)
    func timeForHeadersThatClaimEverythingIsLinear(kind: Int) {
        func file(_ count: Int) -> FileBytes {
            switch kind {
            case 0: FileBytes(headers(count))
            case 1: FileBytes(headers(count, type: 4))
            default: FileBytes(trees(count))
            }
        }
        let (small, large) = (file(500), file(2000))
        func all(_ file: FileBytes) { file.withBytes { _ = FlashStructure.all(in: $0) } }
        func images(_ file: FileBytes) { file.withBytes { _ = UImage.all(in: $0) } }
        let (first, second) = (time { all(small) }, time { all(large) })
        #expect(isLinear(first, second), "\(first) \(second)")
        let (third, fourth) = (time { images(small) }, time { images(large) })
        #expect(isLinear(third, fourth), "\(third) \(fourth)")
    }

    /// What is whole is found among them.
    @Test func aWholeUImageIsFoundAmongHeadersThatClaimEverything() {
        let storm = headers(200)
        let data = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        var header = UImageHeader()
        header.dataSize = UInt32(data.count)
        header.dataCRC = FileBytes(data).withBytes { CRC32.zlib($0) }
        header.headerCRC = header.computedHeaderCRC
        let file = FileBytes(storm + header.bytes + data + storm)
        let images = file.withBytes { UImage.all(in: $0) }
        #expect(images.filter(\.dataIsIntact).map(\.offset) == [storm.count])
        #expect(images.count == 401)
        let found = file.withBytes { FlashStructure.all(in: $0) }
        #expect(found.contains { $0.range == storm.count..<storm.count + 64 + data.count })
    }
}
