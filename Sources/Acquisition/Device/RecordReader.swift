/// Reads memory with `saves`, which sends S-records: each row has its own sum and address, and takes three quarters of
/// the bytes of md's.
final class RecordReader {
    private let console: BoardConsole
    /// Whether `saves` works; nil as long as nobody has asked.
    private var isThere: Bool?
    /// Whether it may be used.
    var isAllowed = true
    /// Readings that did not bring all that was asked for.
    private(set) var corrected = 0

    init(console: BoardConsole) { self.console = console }

    /// Whether blocks are read with it.
    var isInUse: Bool { isAllowed && isThere == true }
    /// Bytes on the line for each byte of memory: 48 for 16.
    static let overhead = 3.0

    /// Reads a range; nil if the board has no `saves`, or the range must be read otherwise.
    func read(_ range: Range<UInt64>, onProgress: ((Int) -> Void)?) throws(AcquisitionError) -> [UInt8]? {
        guard isAllowed, isThere != false, range.lowerBound % 16 == 0, range.upperBound % 16 == 0 else { return nil }
        var rows = RowCollector(range: range, rowSize: 16)
        var idle = 0
        while let first = rows.missing.first, let last = rows.missing.last {
            let asked = first.lowerBound..<last.upperBound
            let answer = try ask(asked, onProgress: onProgress)
            if answer.isUnknown, isThere == nil {
                isThere = false
                return nil
            }
            if answer.isReady { isThere = true }
            let before = rows.missing.count
            rows.add(answer.rows.filter { rows.count(at: $0.address) != nil }, asked: asked)
            idle = rows.missing.isEmpty || !answer.rows.isEmpty && rows.missing.count != before ? 0 : idle + 1
            if !rows.missing.isEmpty { corrected += 1 }
            if idle > 3 {
                if isThere == nil { isThere = false }
                return nil
            }
        }
        return rows.bytes
    }

    private func ask(
        _ range: Range<UInt64>, onProgress: ((Int) -> Void)?
    ) throws(AcquisitionError) -> (rows: [(address: UInt64, bytes: [UInt8])], isReady: Bool, isUnknown: Bool) {
        var rows: [(address: UInt64, bytes: [UInt8])] = []
        var isReady = false
        var isUnknown = false
        let size = range.upperBound - range.lowerBound
        try console.runRecords("saves \(MemoryReader.digits(range.lowerBound)) \(MemoryReader.digits(size))") { line in
            if BoardConsole.isUnknownCommand(line) { isUnknown = true }
            if let record = SRecord(line) {
                isReady = true
                if record.isData, record.data.count == 16 {
                    rows.append((record.address, record.data))
                    onProgress?(16)
                }
            }
        }
        return (rows, isReady, isUnknown)
    }
}
