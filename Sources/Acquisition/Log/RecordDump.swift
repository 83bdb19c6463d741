internal import FlashBytes

/// The records of Motorola's or Intel's format in a log, up to the one that ends them.
struct RecordDump {
    private var count = 0
    /// In front of all others.
    private var damaged = 0
    private var doubts: [DumpDoubt] = []
    /// Where the last of them ends.
    private var end: UInt64?
    /// What Intel's records say of their addresses.
    private var base: UInt64 = 0
    /// How many Motorola's records say they are.
    private var counted: UInt64?
    /// Whether the record has come that ends them.
    private(set) var isOver = false

    /// A line; nil if it is none of these.
    mutating func take(_ line: ArraySlice<UInt8>) -> (address: UInt64, data: [UInt8]?)? {
        switch line.first {
        case 0x53:
            guard let record = SRecord(Array(line)) else { return lose(line, digits: 2) }
            if record.isData { return add(record.data, address: record.address) }
            switch line[line.startIndex + 1] {
            case 0x30: break
            case 0x35: counted = record.address
            default: isOver = count > 0 || damaged > 0
            }
            return (record.address, nil)
        case 0x3a:
            guard let record = IntelRecord(line) else { return lose(line, digits: 1) }
            switch record.kind {
            case .data: return add(record.data, address: base &+ record.address)
            case .segment(let base): self.base = base
            case .end: isOver = count > 0 || damaged > 0
            }
            return (record.address, nil)
        default:
            // Among records, what has nearly only digits is a part of one.
            return count > 0 ? lose(line, digits: 0) : nil
        }
    }

    /// Whether a line is a further one of them.
    func goesOn(with line: ArraySlice<UInt8>) -> Bool {
        guard count > 0, !isOver else { return false }
        return line.first == 0x53 ? SRecord(Array(line)) != nil : IntelRecord(line) != nil
    }

    private mutating func add(_ data: [UInt8], address: UInt64) -> (address: UInt64, data: [UInt8]?) {
        count += 1
        end = address &+ UInt64(data.count)
        return (address, data)
    }

    /// A line that has nearly only digits behind the sign of a record is a damaged one.
    private mutating func lose(_ line: ArraySlice<UInt8>, digits start: Int) -> (address: UInt64, data: [UInt8]?)? {
        let rest = line.dropFirst(start)
        guard line.count >= 11, start != 2 || (0x30...0x39).contains(line[line.startIndex + 1]),
            rest.count(where: { hexadecimalValue($0) != nil }) * 8 >= rest.count * 7
        else { return nil }
        if let end {
            doubts.append(.stops(at: end, without: "the record behind it, which is damaged"))
        } else {
            damaged += 1
        }
        return (0, nil)
    }

    /// The dump is over.
    ///
    /// - Returns: what speaks against it: where it ends (nil if nobody knows), and what is missing.
    mutating func close() -> [DumpDoubt] {
        defer { self = RecordDump() }
        var doubts = doubts
        if damaged > 0, count > 0 || damaged > 2 {
            doubts.append(.said("\(damaged) records in front of all others are damaged"))
        }
        guard let end else { return doubts }
        if let counted, counted != UInt64(count & 0xffff) {
            doubts.append(.stops(at: end, without: "some of the \(counted) records that it counts: \(count) are there"))
        }
        if !isOver { doubts.append(.stops(at: end, without: "the record that ends it")) }
        return doubts
    }
}
