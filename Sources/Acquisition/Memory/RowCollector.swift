/// Gathers the rows of one range from however many readings it takes, and knows which are missing.
///
/// A row is believed when its address is in the range, its digits and text agree, and a neighbour of the same reading
/// has the next or the previous address; a row that came twice with different bytes is not believed at all.
struct RowCollector {
    let range: Range<UInt64>
    let rowSize: Int
    private var rows: [[UInt8]?]
    /// Rows that were found damaged or doubtful in all readings.
    private(set) var damaged = 0

    init(range: Range<UInt64>, rowSize: Int) {
        self.range = range
        self.rowSize = rowSize
        rows = Array(repeating: nil, count: (Int(range.upperBound - range.lowerBound) + rowSize - 1) / rowSize)
    }

    /// Bytes of the row at `address`; nil if none begins there.
    func count(at address: UInt64) -> Int? {
        guard range.contains(address) else { return nil }
        let offset = Int(address - range.lowerBound)
        guard offset % rowSize == 0 else { return nil }
        return min(rowSize, Int(range.upperBound - address))
    }

    /// Takes in one reading.
    ///
    /// - Parameter reading: addresses and bytes (in the order of the digits) in the order in which they came.
    mutating func add(_ reading: [(address: UInt64, bytes: [UInt8])], asked: Range<UInt64>) {
        var found: [Int: [UInt8]] = [:]
        // Rows that nothing proves count too: one may stand where the right one had its neighbour.
        var seen: [Int: [UInt8]] = [:]
        var doubtful: Set<Int> = []
        let isSingle = asked.upperBound - asked.lowerBound <= UInt64(rowSize)
        for (index, (address, bytes)) in reading.enumerated() where asked.contains(address) {
            let step = UInt64(rowSize)
            let follows = index > 0 && reading[index - 1].address &+ step == address
            let leads = index + 1 < reading.count && address &+ step == reading[index + 1].address
            let slot = Int(address - range.lowerBound) / rowSize
            if let other = seen[slot], other != bytes { doubtful.insert(slot) }
            seen[slot] = bytes
            if follows || leads || isSingle { found[slot] = bytes }
        }
        for (slot, bytes) in found where !doubtful.contains(slot) {
            rows[slot] = bytes
        }
        let wanted = Int(asked.upperBound - asked.lowerBound + UInt64(rowSize) - 1) / rowSize
        damaged += max(0, wanted - found.count + doubtful.count { found[$0] != nil })
    }

    /// What is still to be read, as ranges of addresses.
    var missing: [Range<UInt64>] {
        var ranges: [Range<UInt64>] = []
        for (slot, row) in rows.enumerated() where row == nil {
            let start = range.lowerBound + UInt64(slot * rowSize)
            let end = min(start + UInt64(rowSize), range.upperBound)
            if let last = ranges.last, last.upperBound == start {
                ranges[ranges.count - 1] = last.lowerBound..<end
            } else {
                ranges.append(start..<end)
            }
        }
        return ranges
    }

    /// Forgets the rows in `part`, so that they are read again.
    mutating func forget(_ part: Range<UInt64>) {
        for slot in rows.indices where part.overlaps(start(slot)..<start(slot) + UInt64(rowSize)) { rows[slot] = nil }
    }

    private func start(_ slot: Int) -> UInt64 { range.lowerBound + UInt64(slot * rowSize) }

    /// All bytes; nil as long as a row is missing.
    var bytes: [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(rows.count * rowSize)
        for row in rows {
            guard let row else { return nil }
            bytes += row
        }
        return bytes
    }
}
