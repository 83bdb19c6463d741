/// The flash devices of a running Linux: `/proc/mtd`, and dumps of `/sys/class/mtd`.
///
///     dev:    size   erasesize  name
///     mtd2: 001e0000 00010000 "ROOTFS"
struct MTDDevicesParser: TableParser {
    private var lists: [MTDDevices] = []
    /// The files of `/sys/class/mtd`, by the number of the device.
    private var files: [Int: SysfsDevice] = [:]
    private var sysfsLine: Int?
    /// Files whose values are the next lines: of `head`, or of `cat` at a prompt.
    private var expected: ArraySlice<SysfsFile> = []
    private(set) var problems: [TableProblem] = []

    /// More devices are no flash (Linux once had 32), and more lists no session.
    private static let most = 1024
    private static let mostLists = 64

    private struct SysfsDevice {
        var name: String?
        var offset: UInt64?
        var size: UInt64?
        var eraseSize: UInt64?
    }

    private struct SysfsFile {
        var number: Int
        var attribute: ArraySlice<UInt8>
    }

    var tables: [PartitionTable] {
        // A list that was cut, and the whole one behind it.
        var all = lists.enumerated().filter { index, list in
            !lists.enumerated().contains { other, longer in
                other != index && longer.devices.starts(with: list.devices)
                    && (longer.devices.count > list.devices.count || other < index)
            }
        }.map(\.element)
        if let sysfs { all.append(sysfs) }
        return all.map { $0.table(flashSize: nil) }
    }

    mutating func read(_ line: TextLine) {
        guard line.bytes.contains("mtd") else {
            if !expected.isEmpty { take(line) }
            return
        }
        if line.bytes.contains("/class/mtd/") { return readSysfs(line) }
        var rest = line.bytes
        while let found = rest.firstRange(of: "mtd") {
            rest = rest[found.upperBound...]
            guard let row = Row(&rest) else { continue }
            add(row, line: line.number)
        }
    }

    // MARK: - /proc/mtd

    /// `2: 001e0000 00010000 "ROOTFS"`, behind `mtd`.
    private struct Row {
        var number: Int
        var size: UInt64
        var eraseSize: UInt64
        var name: String

        init?(_ rest: inout ArraySlice<UInt8>) {
            let digits = rest.prefix { $0.isDecimalDigit }
            guard let number = digits.number(base: 10), number < MTDDevicesParser.most else { return nil }
            var behind = rest[digits.endIndex...]
            behind = behind.drop { $0 == UInt8(ascii: ":") || $0.isBlank }
            let sizeText = behind.prefix { $0.isHexDigit }
            behind = behind[sizeText.endIndex...].drop { $0.isBlank }
            let eraseText = behind.prefix { $0.isHexDigit }
            behind = behind[eraseText.endIndex...]
            guard sizeText.count >= 8, eraseText.count >= 8, behind.first?.isBlank == true,
                let size = sizeText.number(base: 16), let erase = eraseText.number(base: 16)
            else { return nil }
            behind = behind.drop { $0.isBlank }
            if behind.first == UInt8(ascii: "\"") {
                let text = behind.dropFirst().prefix(256)
                // A name may have quotes of its own; another row may follow in the same line.
                let limit = text.firstRange(of: "mtd").map { text[..<$0.lowerBound] } ?? text
                guard
                    let close = limit.lastIndex(of: UInt8(ascii: "\"")) ?? text.firstIndex(of: UInt8(ascii: "\""))
                else { return nil }
                name = text[..<close].text
                rest = rest[(close + 1)...]
            } else {
                let word = behind.prefix { !$0.isBlank }
                guard !word.isEmpty else { return nil }
                name = word.text
                rest = rest[word.endIndex...]
            }
            self.number = Int(number)
            self.size = size
            self.eraseSize = erase
        }
    }

    private mutating func add(_ row: Row, line: Int) {
        do throws(PartitionTable.Malformed) {
            let size = try PartitionTable.place(row.size, what: "the size of '\(row.name)'")
            let device = MTDDevices.Device(
                number: row.number, name: row.name, size: size, eraseSize: Int(clamping: row.eraseSize))
            // The file said a second time, or that of another device.
            if row.number == 0 || lists.isEmpty {
                guard lists.count < Self.mostLists else { return }
                lists.append(MTDDevices(source: "/proc/mtd, line \(line)", devices: []))
            } else if lists[lists.count - 1].devices.contains(where: { $0.number == row.number }) {
                return
            }
            if lists[lists.count - 1].devices.count < Self.most { lists[lists.count - 1].devices.append(device) }
        } catch {
            problems.append(TableProblem(line: line, reason: error.description))
        }
    }

    // MARK: - /sys/class/mtd

    private var sysfs: MTDDevices? {
        guard let sysfsLine else { return nil }
        let devices = files.sorted { $0.key < $1.key }.compactMap { number, file -> MTDDevices.Device? in
            guard let size = file.size else { return nil }
            return MTDDevices.Device(
                number: number, name: file.name ?? "mtd\(number)", size: Int(clamping: size),
                eraseSize: file.eraseSize.map { Int(clamping: $0) } ?? 0, offset: file.offset.map { Int(clamping: $0) })
        }
        // The whole chip has no offset, its partitions have: it is the flash, and none of them.
        let areTold = devices.contains { $0.offset != nil }
        let chips = devices.filter { $0.offset == nil }
        let list = areTold && chips.count == 1 ? devices.filter { $0.offset != nil } : devices
        return list.isEmpty ? nil : MTDDevices(source: "/sys/class/mtd, line \(sysfsLine)", devices: list)
    }

    /// `/sys/class/mtd/mtd0/size:131072` of `grep`, `==> /sys/class/mtd/mtd0/size <==` of `head`, and the command `cat` at a
    /// prompt, behind which the values stand.
    private mutating func readSysfs(_ line: TextLine) {
        expected = []
        var paths: [SysfsFile] = []
        for word in line.bytes.words {
            guard let found = word.firstRange(of: "/class/mtd/mtd") else { continue }
            let digits = word[found.upperBound...].prefix { $0.isDecimalDigit }
            guard let number = digits.number(base: 10), number < Self.most else { continue }
            let behind = word[digits.endIndex...]
            guard behind.first == UInt8(ascii: "/") else { continue }
            let attribute = behind.dropFirst().prefix { $0.isLetterOrDigit || $0 == UInt8(ascii: "_") }
            let file = SysfsFile(number: Int(number), attribute: attribute)
            let value = behind[attribute.endIndex...]
            if value.first == UInt8(ascii: ":") {
                // Names may have blanks: all of the line is the value.
                set(file, value: line.bytes[(value.startIndex + 1)...].trimmed, line: line.number)
                return
            }
            paths.append(file)
        }
        // `cat: can't open '…'` gives no value.
        if !line.bytes.contains("cat: ") { expected = paths[...] }
    }

    /// The value of the next file.
    private mutating func take(_ line: TextLine) {
        let value = line.bytes.trimmed
        guard let file = expected.first else { return }
        if value.isEmpty { return }
        set(file, value: value, line: line.number)
        expected = expected.dropFirst()
    }

    private mutating func set(_ file: SysfsFile, value: ArraySlice<UInt8>, line: Int) {
        if sysfsLine == nil { sysfsLine = line }
        var device = files[file.number] ?? SysfsDevice()
        let number = value.number(base: 10).flatMap { $0 <= UInt64(PartitionTable.largestFlash) ? $0 : nil }
        let isNumber: Bool
        switch file.attribute.text {
        case "name":
            device.name = value.text
            isNumber = true
        case "offset": (device.offset, isNumber) = (number, number != nil)
        case "size": (device.size, isNumber) = (number, number != nil)
        case "erasesize": (device.eraseSize, isNumber) = (number, number != nil)
        default: return
        }
        files[file.number] = device
        if !isNumber {
            problems.append(
                TableProblem(
                    line: line, reason: "'\(value.prefix(32).text)' is no \(file.attribute.text) of mtd\(file.number)"))
        }
    }
}
