public import FirmwareImage
internal import FlashBytes

/// Memory that recorded sessions show: terminals' logs, dump.py's, our own transcripts.
public struct RecordedSession: Sendable {
    /// Which addresses the bytes are from.
    public private(set) var range: Range<UInt64> = 0..<0
    /// Gaps are filled with 0xFF.
    public private(set) var bytes: [UInt8] = []
    /// What no log shows.
    public private(set) var gaps: [Range<UInt64>] = []
    /// Addresses at which logs differ and no majority decides.
    public private(set) var contradictions: [UInt64] = []
    /// Addresses at which a majority decided.
    public private(set) var outvoted = 0
    /// Ranges whose crc32 stands in a log, and whether it agrees.
    public private(set) var checked: [(range: Range<UInt64>, holds: Bool)] = []
    /// Lines that begin like a row, but are damaged.
    public private(set) var damagedLines = 0
    /// Rows that lie alone somewhere else.
    public private(set) var strayRows = 0
    /// The first partition table in the logs, with those inside its partitions.
    public private(set) var tables: [PartitionTable] = []
    /// Whether the byte order of words was guessed, as nothing tells it.
    public private(set) var isOrderGuessed = false

    private struct Piece {
        var address: UInt64
        var bytes: [UInt8]
    }

    /// Reads logs.
    ///
    /// - Parameters:
    ///   - logs: the contents of the files.
    ///   - wanted: the range to be put together; nil takes the largest connected one.
    /// - Throws: `nothingInLog` when there is neither a row nor a partition table.
    public init(logs: [[UInt8]], range wanted: Range<UInt64>?) throws(AcquisitionError) {
        var rows: [MemoryRow] = []
        var pieces: [Piece] = []
        var sums: [ChecksumLine] = []
        for log in logs {
            let text = String(decoding: log, as: UTF8.self)
            let bytes = text.hasPrefix("{\"at\":") ? Transcript.deviceBytes(text) ?? log : log
            var filter = ControlSequenceFilter()
            for line in filter.filter(bytes).split(whereSeparator: { $0 == 0x0a || $0 == 0x0d }) {
                read(Array(line), &rows, &pieces, &sums)
            }
            // A table that cannot be is no reason not to take the rows.
            if tables.isEmpty { tables = (try? PartitionText.tables(in: String(latin1: bytes))) ?? [] }
        }
        pieces += order(rows, sums)
        pieces = connected(pieces)
        guard !pieces.isEmpty else {
            if !tables.isEmpty { return }
            throw .nothingInLog("there is no row of md or saves in the log, and no partition table")
        }
        if let wanted { range = wanted } else { range = try extent(of: pieces) }
        vote(pieces)
        for sum in sums where sum.start >= range.lowerBound && sum.end < range.upperBound && sum.end >= sum.start {
            let part = sum.start..<sum.end + 1
            guard !gaps.contains(where: { $0.overlaps(part) }) else { continue }
            checked.append((part, CRC32.zlib(unsafe slice(part).span.bytes) == sum.sum))
        }
    }

    private func slice(_ part: Range<UInt64>) -> [UInt8] {
        Array(bytes[Int(part.lowerBound - range.lowerBound)..<Int(part.upperBound - range.lowerBound)])
    }

    private mutating func read(
        _ line: [UInt8], _ rows: inout [MemoryRow], _ pieces: inout [Piece], _ sums: inout [ChecksumLine]
    ) {
        if let row = MemoryRow(line, trimmed: true) {
            rows.append(row)
        } else if let record = SRecord(line) {
            if record.isData { pieces.append(Piece(address: record.address, bytes: record.data)) }
        } else if let sum = ChecksumLine(line) {
            sums.append(sum)
        } else if let colon = line.firstIndex(of: 0x3a), colon >= 6, colon <= 16,
            line[..<colon].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit })
        {
            damagedLines += 1
        }
    }

    /// Rows in memory order: the texts of all rows of one width vote on the order.
    private mutating func order(_ rows: [MemoryRow], _ sums: [ChecksumLine]) -> [Piece] {
        var pieces: [Piece] = []
        for unit in [1, 2, 4, 8] {
            let rows = rows.filter { $0.unit == unit }
            var reversed = 0
            for row in rows where row.text != nil {
                let agrees = (row.agrees(reversed: true), row.agrees(reversed: false))
                if agrees.0 != agrees.1 { reversed += agrees.0 ? 1 : -1 }
            }
            if unit > 1, reversed == 0, rows.contains(where: { !$0.isSymmetric }) { isOrderGuessed = true }
            for row in rows {
                let isReversed = unit > 1 && reversed >= 0
                if row.text != nil, !row.agrees(reversed: isReversed) {
                    damagedLines += 1
                    continue
                }
                pieces.append(Piece(address: row.address, bytes: row.bytes(reversed: isReversed)))
            }
        }
        return pieces
    }

    /// A row whose address is damaged stands alone: its neighbours are elsewhere.
    private mutating func connected(_ pieces: [Piece]) -> [Piece] {
        guard pieces.count > 1 else { return pieces }
        let starts = Set(pieces.map(\.address))
        let ends = Set(pieces.map { $0.address &+ UInt64($0.bytes.count) })
        let kept = pieces.filter { starts.contains($0.address &+ UInt64($0.bytes.count)) || ends.contains($0.address) }
        strayRows += pieces.count - kept.count
        return kept
    }

    /// The largest run of rows without a gap of more than 1 MiB.
    private mutating func extent(of pieces: [Piece]) throws(AcquisitionError) -> Range<UInt64> {
        var best: Range<UInt64> = 0..<0
        var current: Range<UInt64>?
        for piece in pieces.sorted(by: { $0.address < $1.address }) {
            let end = piece.address &+ UInt64(piece.bytes.count)
            guard end > piece.address else { continue }
            if let run = current, piece.address <= run.upperBound &+ (1 << 20) {
                current = run.lowerBound..<max(run.upperBound, end)
            } else {
                current = piece.address..<end
            }
            if let current, current.count > best.count { best = current }
        }
        guard best.count <= 1 << 31 else { throw .nothingInLog("the rows of the log span more than 2 GiB") }
        return best
    }

    /// Each byte as most logs show it.
    private mutating func vote(_ pieces: [Piece]) {
        bytes = [UInt8](repeating: 0xff, count: range.count)
        var seen = [UInt8](repeating: 0, count: range.count)
        var disputed: [Int: [UInt8: Int]] = [:]
        for piece in pieces {
            for (index, byte) in piece.bytes.enumerated() {
                let address = piece.address &+ UInt64(index)
                guard range.contains(address) else { continue }
                let at = Int(address - range.lowerBound)
                if seen[at] == 0 {
                    bytes[at] = byte
                } else if disputed[at] != nil || bytes[at] != byte {
                    if disputed[at] == nil { disputed[at] = [bytes[at]: Int(seen[at])] }
                    disputed[at]?[byte, default: 0] += 1
                }
                if seen[at] < 255 { seen[at] += 1 }
            }
        }
        for (at, votes) in disputed.sorted(by: { $0.key < $1.key }) {
            let most = votes.values.max() ?? 0
            let best = votes.filter { $0.value == most }
            if best.count == 1, let winner = best.first {
                bytes[at] = winner.key
                outvoted += 1
            } else {
                contradictions.append(range.lowerBound + UInt64(at))
            }
        }
        var start: Int?
        for at in 0...seen.count {
            let isMissing = at < seen.count && seen[at] == 0
            if isMissing, start == nil { start = at }
            if !isMissing, let from = start {
                gaps.append(range.lowerBound + UInt64(from)..<range.lowerBound + UInt64(at))
                start = nil
            }
        }
    }
}
