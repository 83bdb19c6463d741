import Acquisition
import ArgumentParser
import FileTree
import FirmwareImage
import FlashBytes

/// Turns the arguments of `acquire` into what the library takes.
enum AcquireArgument {
    static func address(_ text: String) throws -> UInt64 {
        do {
            return try SizeExpression.bytes(text)
        } catch {
            throw ValidationError("'\(text)' is no address; write it as 0x21000000")
        }
    }

    /// `0x50000+1536K`
    static func range(_ text: String) throws -> (start: UInt64, size: UInt64) {
        let parts = text.split(separator: "+", omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            let isSize = parts.count == 1 && (try? address(text)) != nil
            throw ValidationError(
                "'\(text)' is no range; write where it begins and how long it is, as 0x50000+0x180000"
                    + (isSize ? "; \(text) from the beginning are 0+\(text)" : ""))
        }
        return try checked(address(String(parts[0])), size: address(String(parts[1])))
    }

    private static func checked(_ start: UInt64, size: UInt64) throws -> (start: UInt64, size: UInt64) {
        guard size > 0, size <= 1 << 31, start <= UInt64.max - size else {
            throw ValidationError("\(size) bytes at \(hex(start)) is no range that can be read (1 byte to 2 GiB)")
        }
        return (start, size)
    }

    static func baud(_ option: Int?, target: [String]) throws -> Int {
        if let option {
            guard option > 0, option <= 4_000_000 else {
                throw ValidationError("\(option) is no rate of a serial line")
            }
            return option
        }
        guard target.count > 1 else { return 115_200 }
        guard let rate = Int(target[1]), rate > 0, rate <= 4_000_000 else {
            throw ValidationError("'\(target[1])' is no rate of a serial line; after the port come BAUD START END")
        }
        return rate
    }

    /// Whether the arguments say what is to be read, before anything is opened.
    static func check(_ arguments: Acquire) throws {
        _ = try baud(arguments.baud, target: arguments.target)
        _ = try device(arguments.device)
        if arguments.partition == nil { _ = try source(arguments) }
        let given = [arguments.memory, arguments.flash, arguments.partition].compactMap(\.self).count
        if given > 1 { throw ValidationError("--flash, --partition and --memory exclude each other") }
    }

    /// The device of a running Linux that is to be read as a whole: `--device mtd2` alone.
    static func shellDevice(_ arguments: Acquire) -> Int? {
        let given = [arguments.memory, arguments.flash, arguments.partition].compactMap(\.self)
        guard given.isEmpty, arguments.target.count < 3, case .mtd(let number)? = try? device(arguments.device) else {
            return nil
        }
        return number
    }

    /// What the options name; nil for a partition or a device whose place must be asked for.
    static func source(_ arguments: Acquire) throws -> MemorySource? {
        let given = [arguments.memory, arguments.flash, arguments.partition].compactMap(\.self).count
        if arguments.target.count > 2 {
            guard arguments.target.count == 4, given == 0 else {
                throw ValidationError("after the port come BAUD START END, and nothing else says what to read")
            }
            return .memory(try rows(arguments))
        }
        if shellDevice(arguments) != nil { return nil }
        guard given == 1 else {
            throw ValidationError(
                "say what is to be read: one of --flash (a whole chip of 16 MiB is --flash 0+16M), --partition, --memory; "
                    + "in a shell, --device mtdN")
        }
        if let memory = arguments.memory {
            let (start, size) = try range(memory)
            return .memory(start..<start + size)
        }
        if let flash = arguments.flash {
            let (offset, size) = try range(flash)
            if let base = arguments.mapped { return .memory(try mapped(base, at: offset, size: size)) }
            return .flash(try device(arguments.device), offset: offset, size: size)
        }
        return try arguments.table == nil ? nil : partition(arguments, in: "", flashSize: nil)
    }

    /// dump.py's: END is the address of the last row.
    private static func rows(_ arguments: Acquire) throws -> Range<UInt64> {
        try rows(from: address(arguments.target[2]), to: address(arguments.target[3]))
    }

    private static func rows(from start: UInt64, to end: UInt64) throws -> Range<UInt64> {
        guard end >= start, end <= UInt64.max - 16 else {
            throw ValidationError("the last row \(hex(end)) lies before the first \(hex(start))")
        }
        _ = try checked(start, size: end - start + 16)
        return start..<end + 16
    }

    /// The files of `--log`, those that stand behind it too, and the range that is wanted: of --memory, START END,
    /// --flash or --partition.
    static func logs(
        _ arguments: Acquire
    ) throws -> (paths: [String], inputs: LogInputs, range: Range<UInt64>?, isFlash: Bool) {
        var files = arguments.target
        var wanted: [(Range<UInt64>, isFlash: Bool)] = []
        // As for dump.py: [[PORT] BAUD] START END.
        let last = files.suffix(2)
        if last.count == 2, last.allSatisfy({ $0.lowercased().hasPrefix("0x") && (try? address($0)) != nil }) {
            wanted.append((try rows(from: address(files[files.count - 2]), to: address(files[files.count - 1])), false))
            files.removeLast(2)
            if let baud = files.last, Int(baud) != nil {
                files.removeLast()
                if let port = files.last, port.hasPrefix("/dev/") || port.hasPrefix("COM") { files.removeLast() }
            }
        }
        let paths = arguments.log + files
        let inputs = try LogInputs(paths)
        if let memory = arguments.memory {
            let (start, size) = try range(memory)
            wanted.append((start..<start + size, false))
        }
        if let flash = arguments.flash {
            let (offset, size) = try range(flash)
            wanted.append(
                try arguments.mapped.map { (try mapped($0, at: offset, size: size), false) } ?? (
                    offset..<offset + size, true
                ))
        }
        if arguments.partition != nil {
            // Where the log itself has the table, that will do.
            let tables =
                try arguments.table == nil
                ? RecordedSession(sources: inputs.sources, range: 0..<1).tables
                : TableArguments.tables(arguments.table ?? "")
            wanted.append(try partition(arguments, in: tables))
        }
        guard wanted.count <= 1 else {
            throw ValidationError(
                "say only once what is wanted of the logs: --memory, --flash, --partition or START END")
        }
        return (paths, inputs, wanted.first?.0, wanted.first?.isFlash ?? false)
    }

    private static func partition(
        _ arguments: Acquire, in tables: [PartitionTable]
    ) throws -> (Range<UInt64>, isFlash: Bool) {
        guard !tables.isEmpty else {
            throw Failure("no partition table is in the log; give it with --table, or the place with --flash")
        }
        let name = arguments.partition ?? ""
        let partition = try TableArguments.partition(name, in: tables, isPlaceNeeded: true)
        guard let size = partition.size else {
            throw Failure(
                "the table does not say how long '\(name)' is (it begins at \(hex(partition.offset))); give --flash")
        }
        let (offset, bytes) = try checked(UInt64(partition.offset), size: UInt64(size))
        if let base = arguments.mapped { return (try mapped(base, at: offset, size: bytes), false) }
        return (offset..<offset + bytes, true)
    }

    private static func mapped(_ base: UInt64, at offset: UInt64, size: UInt64) throws -> Range<UInt64> {
        guard offset <= UInt64.max - base else {
            throw ValidationError("\(hex(offset)) behind \(hex(base)) is no address")
        }
        let (start, size) = try checked(base + offset, size: size)
        return start..<start + size
    }

    /// Which chip a device's name means: `sf:1:0`, `sf0`, `mmc:1`, `mmc1`.
    static func chip(_ device: String) -> String? {
        for kind in ["sf", "spi", "mmc", "nand"] where device.hasPrefix(kind) && device.count > kind.count {
            let chip = device.dropFirst(kind.count).drop { $0 == ":" }
            let isNumber =
                !chip.isEmpty && chip.count <= 7 && chip.allSatisfy { $0.isASCII && ($0.isNumber || $0 == ":") }
            return isNumber ? String(chip) : nil
        }
        return nil
    }

    static func device(_ name: String) throws -> FlashDevice {
        if name.hasPrefix("mtd"), let number = Int(name.dropFirst(3)), (0..<1024).contains(number) {
            return .mtd(number: number)
        }
        let kind = chip(name) == nil ? name[...] : name.prefix { $0.isLetter }
        switch kind {
        case "sf", "spi": return .spi
        case "nand": return .nand
        case "mmc": return .mmc
        default:
            // The name becomes part of a command.
            let partition = name.hasPrefix("sunxi:") ? name.dropFirst(6) : ""
            guard !partition.isEmpty, partition.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
            else {
                throw ValidationError(
                    "'\(name)' is no kind of flash; write sf, sf:BUS:CS, nand, mmc, mmc:N, sunxi:PARTITION or mtdN")
            }
            return .sunxi(partition: String(partition))
        }
    }

    /// Finds `--partition` in `--table`, or in what the device told.
    ///
    /// - Parameter flashSize: tells where the last partition ends; nil if the device cannot be asked yet.
    /// - Returns: nil if the device has to be asked.
    static func partition(
        _ arguments: Acquire, in told: String, flashSize: ((FlashDevice) throws -> UInt64?)?
    ) throws -> MemorySource? {
        guard let name = arguments.partition else { throw ValidationError("which partition?") }
        let tables =
            try arguments.table.map { try TableArguments.tables($0) } ?? (try? PartitionText.tables(in: told)) ?? []
        guard !tables.isEmpty else {
            throw Failure(
                "the device does not tell its partitions; give the table with --table (a boot log will do), or the place "
                    + "with --flash")
        }
        let partition = try TableArguments.partition(name, in: tables, isPlaceNeeded: true)
        let device = try device(arguments.device)
        guard
            let size = try partition.size.map({ UInt64($0) })
                ?? rest(partition, flashSize: flashSize.map { try $0(device) })
        else {
            if flashSize == nil { return nil }
            throw Failure(
                "the table does not say how long '\(name)' is (it begins at \(hex(partition.offset))); give --flash")
        }
        let (offset, bytes) = try checked(UInt64(partition.offset), size: size)
        if let base = arguments.mapped { return .memory(try mapped(base, at: offset, size: bytes)) }
        return .flash(device, offset: offset, size: bytes)
    }

    /// From a partition's beginning to the end of the chip.
    private static func rest(_ partition: Partition, flashSize: UInt64??) -> UInt64? {
        guard case .some(.some(let end)) = flashSize, end > partition.offset else { return nil }
        return end - UInt64(partition.offset)
    }

    /// The user's images, and dump.py's log, as bytes at their places.
    static func haves(_ arguments: Acquire, source: MemorySource) throws -> [[UInt8]] {
        var images = try arguments.have.map { path in
            try FileBytes(path: path).withBytes { try $0.bytes(in: 0..<$0.byteCount) }
        }
        if let previous = arguments.previous {
            let log = try FileBytes(path: previous).withBytes { try $0.bytes(in: 0..<$0.byteCount) }
            // Whatever is damaged in it does not have the device's sums.
            images.append(try RecordedSession(logs: [log], range: source.start..<source.start + source.size).bytes)
        }
        return images
    }

    /// `\r`, `\e`, `\x03` and plain characters.
    static func keys(_ text: String) throws -> [UInt8] {
        var keys: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == 0x5c else {
                keys.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "r"), UInt8(ascii: "n"): keys.append(0x0d)
            case UInt8(ascii: "e"): keys.append(0x1b)
            case UInt8(ascii: "x"):
                guard let key = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                    throw ValidationError("'\(text)' is no key; write \\x03 for Ctrl-C")
                }
                keys.append(key)
                rest = rest.dropFirst(2)
            case let other: keys.append(other ?? byte)
            }
        }
        return keys
    }
}
