import FlashBytes

/// The log of a database of SQLite (`NAME-wal`): pages that were written, and are not yet in the database (the file format's
/// description on sqlite.org, section 4).
enum WriteAheadLog {
    private static let magics: [[UInt8]] = [[0x37, 0x7f, 0x06, 0x82], [0x37, 0x7f, 0x06, 0x83]]
    private static let headerSize = 32
    /// In front of each page.
    private static let frameHeaderSize = 24

    static func isOne(_ bytes: some Collection<UInt8>) -> Bool { magics.contains { bytes.starts(with: $0) } }

    /// The database with all that was committed, as SQLite reads both of them.
    ///
    /// - Returns: nil where the log says what no writer does.
    static func applied(_ log: [UInt8], to database: [UInt8]) -> [UInt8]? {
        let file = unsafe log.span.bytes
        guard isOne(log), let size = (try? file.uint32(at: 8, .big)).map(Int.init), Database.isPageSize(size)
        else { return nil }
        var sum = Sum(order: log[3] == 0x83 ? .big : .little)
        sum.add(file, in: 0..<24)
        // SQLite takes nothing from a log whose header is not right.
        guard sum.isWritten(in: file, at: 24) else { return database }
        var pages: [Int: Int] = [:]
        var pending: [Int: Int] = [:]
        var count: Int?
        var at = headerSize
        while at + frameHeaderSize + size <= log.count {
            guard log[at + 8..<at + 16] == log[16..<24], let page = try? file.uint32(at: at, .big), page > 0,
                let commit = try? file.uint32(at: at + 4, .big)
            else { break }
            sum.add(file, in: at..<at + 8)
            sum.add(file, in: at + frameHeaderSize..<at + frameHeaderSize + size)
            guard sum.isWritten(in: file, at: at + 16) else { break }
            pending[Int(page)] = at + frameHeaderSize
            if commit > 0 {
                pages.merge(pending) { $1 }
                pending = [:]
                count = Int(commit)
            }
            at += frameHeaderSize + size
        }
        guard let count else { return database }
        // A page that is new is in the log.
        guard count <= database.count / size + pages.count else { return nil }
        var applied = Array(database.prefix(count * size))
        applied += [UInt8](repeating: 0, count: count * size - applied.count)
        for (page, place) in pages where page <= count {
            applied.replaceSubrange((page - 1) * size..<page * size, with: log[place..<place + size])
        }
        return applied
    }

    /// Sums over words of four bytes, two of them at a time.
    private struct Sum {
        let order: ByteOrder
        private var first: UInt32 = 0
        private var second: UInt32 = 0

        init(order: ByteOrder) { self.order = order }

        mutating func add(_ bytes: RawSpan, in range: Range<Int>) {
            for at in stride(from: range.lowerBound, to: range.upperBound - 7, by: 8) {
                first &+= ((try? bytes.uint32(at: at, order)) ?? 0) &+ second
                second &+= ((try? bytes.uint32(at: at + 4, order)) ?? 0) &+ first
            }
        }

        func isWritten(in bytes: RawSpan, at place: Int) -> Bool {
            (try? bytes.uint32(at: place, .big)) == first && (try? bytes.uint32(at: place + 4, .big)) == second
        }
    }
}
