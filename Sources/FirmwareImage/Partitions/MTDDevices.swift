internal import FlashBytes

/// The flash devices of a running Linux, in the order in which it numbered them: what `/proc/mtd` and `/sys/class/mtd` tell.
///
/// `/proc/mtd` tells no offsets. They follow from the order only where nothing is nested, left out or out of order; and
/// that shows only where the sizes add up to a flash.
struct MTDDevices: Sendable, Hashable {
    struct Device: Sendable, Hashable {
        var number: Int
        var name: String
        /// In bytes.
        var size: Int
        /// In bytes.
        var eraseSize: Int
        /// From the beginning of the flash, or of the partition around it (bytes); nil where that is not told.
        var offset: Int?
    }

    /// `/proc/mtd` or `/sys/class/mtd`, with the line.
    var source: String
    var devices: [Device]

    /// Names that vendors give to the whole flash.
    private static let wholeNames: Set<String> = [
        "all", "all_flash", "allflash", "whole", "whole flash", "wholeflash", "whole_flash", "global", "full",
        "fullflash",
        "full_flash", "full flash", "flash", "sfc", "spi", "nor", "nand", "entire", "total", "raw", "hi_sfc", "jz_sfc",
        "sfc_nor", "spi0.0", "spi1.0", "spi32766.0", "m25p80", "nand0", "nor0", "firmware_all", "mtd_all",
    ]
    /// What vendors put at the end of the flash, wherever they list it.
    private static let lastNames: Set<String> = [
        "oem", "bdinfo", "backup", "art", "caldata", "nvram", "board_data", "board-data", "pot",
    ]
    private static let systemNames: Set<String> = ["firmware", "linux", "kernel", "os", "os1", "ubi"]
    /// Inside which of their neighbours systems that are split at boot show their root.
    private static let splitNames: Set<String> = ["firmware", "linux", "os", "os1", "os2", "os_image", "image"]

    /// The smallest flash that holds a Linux (bytes).
    private static let smallestFlash = 1 << 20

    /// - Parameter flashSize: of the flash, where something else tells it (bytes).
    func table(flashSize: Int?) -> PartitionTable {
        let used = devices.filter { $0.size > 0 }
        var table = PartitionTable(
            device: "", source: source, partitions: [],
            eraseSize: used.first.map(\.eraseSize).flatMap { $0 > 0 ? $0 : nil })
        table.devices = self
        if used.allSatisfy({ $0.offset != nil }), !used.isEmpty {
            place(devices.map { $0.offset ?? 0 }, in: &table)
            table.doubt = nested(table)
            return table
        }
        let size = flashSize ?? impliedSize(used)
        table.flashSize = size
        let whole = wholeFlash(used, size: size)
        let isInOrder = size.map { add(used, without: whole) == $0 } ?? false
        if isInOrder, let reason = irregularity(used) {
            table.doubt = doubt(reason)
        } else if !isInOrder {
            table.doubt = doubt(
                flashSize.map { "the sizes do not add up to the \(SizeExpression.readable($0)) of the flash" }
                    ?? "the sizes do not add up to a flash")
        }
        if table.doubt == nil {
            var at = 0
            place(
                devices.map { device in
                    if device.number == whole { return 0 }
                    defer { at += device.size }
                    return at
                }, in: &table)
        } else {
            place(guesses(size), in: &table)
        }
        return table
    }

    private func doubt(_ reason: String) -> String {
        "\(source) tells no offsets, and \(reason): partitions may lie inside others or in another order; the offsets are guesses"
    }

    private func place(_ offsets: [Int], in table: inout PartitionTable) {
        table.partitions = zip(devices, offsets).map { device, offset in
            Partition(
                name: device.name, offset: min(offset, PartitionTable.largestFlash), size: device.size,
                number: device.number)
        }
    }

    /// The sum of the sizes (bytes); nil if it is larger than any flash.
    private func add(_ devices: [Device], without left: Int?) -> Int? {
        var sum = 0
        for device in devices where device.number != left {
            sum += device.size
            if sum > PartitionTable.largestFlash { return nil }
        }
        return sum
    }

    /// The size of the flash that the sizes make plausible: chips have powers of two.
    private func impliedSize(_ used: [Device]) -> Int? {
        guard let sum = add(used, without: nil), sum >= Self.smallestFlash else { return nil }
        // A partition of the whole flash doubles the sum.
        if let whole = used.first(where: { $0.size * 2 == sum }) {
            let isNamedSo = Self.wholeNames.contains(whole.name.lowercased())
            let isAtTheEnd = whole.number == used.first?.number || whole.number == used.last?.number
            if isNamedSo { return whole.size }
            // Half of the flash, or all of it?
            if isAtTheEnd { return nil }
        }
        return sum & (sum - 1) == 0 ? sum : nil
    }

    /// The device that is the whole flash.
    private func wholeFlash(_ used: [Device], size: Int?) -> Int? {
        guard let size, used.count > 1 else { return nil }
        return used.first { $0.size == size }?.number
    }

    /// Why the sizes alone are not enough.
    private func irregularity(_ used: [Device]) -> String? {
        if devices.enumerated().contains(where: { $0.offset != $0.element.number }) {
            return "devices are missing in it"
        }
        if used.contains(where: { $0.eraseSize <= 0 || $0.size % $0.eraseSize != 0 }) {
            return "not all sizes are whole erase blocks"
        }
        if Set(used.map(\.eraseSize)).count > 1 { return "the erase sizes differ, as those of several chips" }
        let names = used.map { $0.name.lowercased() }
        if let last = names.lastIndex(where: Self.systemNames.contains),
            names[..<last].contains(where: Self.lastNames.contains)
        {
            return "'\(used[last].name)' stands behind what is usually at the end"
        }
        return nil
    }

    /// What the order of a table of `/sys/class/mtd` does not tell: its offsets count from the partition around.
    private func nested(_ table: PartitionTable) -> String? {
        let contents = table.contents(flashSize: nil)
        let isNested = contents.contains { around, inside in
            // What begins with the flash moves nothing.
            table.partitions[around].offset != 0 || inside.count < devices.count { $0.size > 0 } - 1
        }
        let overlaps = table.faults(flashSize: nil).contains { if case .overlap = $0 { true } else { false } }
        guard isNested || overlaps else { return nil }
        return "the offsets in \(source) count from the partition around, and which that is it does not tell"
    }

    // MARK: - Guessing

    /// Plausible offsets: children behind their parents, roots at the end of their systems.
    private func guesses(_ size: Int?) -> [Int] {
        var offsets: [Int] = []
        var at = 0
        var index = 0
        while index < devices.count {
            let device = devices[index]
            let isWhole = device.size == size || Self.wholeNames.contains(device.name.lowercased())
            if isWhole, devices.count > 1 {
                offsets.append(0)
                index += 1
                continue
            }
            if let run = sumBefore(index, size: device.size), isSystem(index, parts: run..<index) {
                offsets.append(offsets[run])
                index += 1
                continue
            }
            offsets.append(at)
            let start = at
            at += device.size
            index += 1
            if let end = sumBehind(index, size: device.size), isSystem(index - 1, parts: index..<end) {
                var inner = start
                while index < end {
                    offsets.append(inner)
                    inner += devices[index].size
                    index += 1
                    splitRoot(&offsets, index: &index, end: inner)
                }
            } else {
                splitRoot(&offsets, index: &index, end: at)
            }
        }
        return offsets
    }

    /// Whether a device that is as large as its neighbours together contains them, and not by chance: by its name, or
    /// because theirs are no whole erase blocks.
    private func isSystem(_ index: Int, parts: Range<Int>) -> Bool {
        let device = devices[index]
        return Self.splitNames.contains(device.name.lowercased()) || device.name.lowercased() == "kernel_rootfs"
            || devices[parts].contains { $0.eraseSize > 0 && $0.size % $0.eraseSize != 0 }
    }

    /// The root of a system that was split, or the rest behind a root, at the end of what stands before it.
    private func splitRoot(_ offsets: inout [Int], index: inout Int, end: Int) {
        while index < devices.count, index > 0 {
            let (device, before) = (devices[index], devices[index - 1])
            let name = device.name.lowercased()
            let isInside =
                name == "rootfs_data" && before.name.lowercased() != "ubi"
                || name == "rootfs" && Self.splitNames.contains(before.name.lowercased())
            guard isInside, device.size < before.size else { return }
            offsets.append(end - device.size)
            index += 1
        }
    }

    /// The end of the run of at least two devices from `index` on that make up `size`.
    private func sumBehind(_ index: Int, size: Int) -> Int? {
        var sum = 0
        for end in index..<min(devices.count, index + 16) {
            sum += devices[end].size
            if sum > size { return nil }
            if sum == size { return end > index ? end + 1 : nil }
        }
        return nil
    }

    /// The start of the run of at least two devices that end in front of `index` and make up `size`.
    private func sumBefore(_ index: Int, size: Int) -> Int? {
        guard index >= 2 else { return nil }
        var sum = 0
        for start in stride(from: index - 1, through: max(0, index - 16), by: -1) {
            sum += devices[start].size
            if sum > size { return nil }
            if sum == size { return index - start >= 2 ? start : nil }
        }
        return nil
    }
}
