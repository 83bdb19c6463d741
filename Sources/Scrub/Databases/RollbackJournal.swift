import FlashBytes

/// The journal of a database of SQLite (`NAME-journal`): pages as they were before a change that may not have come to its end (the
/// file format's description on sqlite.org, section 3).
enum RollbackJournal {
    private static let magic: [UInt8] = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7]
    private static let headerSize = 28

    /// Whether it is a journal that SQLite would go by, or one that it has closed by zeros in its header.
    static func isOne(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.starts(with: magic) || bytes.count >= headerSize && bytes.prefix(headerSize).allSatisfy { $0 == 0 }
    }

    /// The database as SQLite reads it: without the change that the journal undoes.
    ///
    /// - Returns: nil where the journal says what no writer does.
    static func undone(_ journal: [UInt8], in database: [UInt8]) -> [UInt8]? {
        guard journal.starts(with: magic) else { return database }
        let file = unsafe journal.span.bytes
        func number(_ at: Int) -> Int { (try? file.uint32(at: at, .big)).map(Int.init) ?? 0 }
        let (sector, size) = (number(20), number(24))
        guard Database.isPageSize(size), (32...65536).contains(sector) else { return nil }
        var undone = database
        var start = 0
        while start + headerSize <= journal.count, journal[start..<start + 8].elementsEqual(magic) {
            let declared = number(start + 8)
            let nonce = number(start + 12)
            // The size that the database had.
            if start == 0 {
                let count = number(16) * size
                guard count <= undone.count + journal.count else { return nil }
                undone = Array(undone.prefix(count)) + [UInt8](repeating: 0, count: max(0, count - undone.count))
            }
            var at = start + sector
            var left = declared == 0xffff_ffff ? Int.max : declared
            while left > 0, at + size + 8 <= journal.count {
                let page = number(at)
                let data = at + 4..<at + 4 + size
                guard page > 0, number(data.upperBound) == sum(journal, in: data, nonce: nonce) else { return undone }
                if page * size <= undone.count {
                    undone.replaceSubrange((page - 1) * size..<page * size, with: journal[data])
                }
                at += size + 8
                left -= 1
            }
            let next = (at + sector - 1) / sector * sector
            guard next > start else { return undone }
            start = next
        }
        return undone
    }

    /// The nonce and each two-hundredth byte, from the end of a page.
    private static func sum(_ journal: [UInt8], in page: Range<Int>, nonce: Int) -> Int {
        var sum = UInt32(truncatingIfNeeded: nonce)
        var at = page.count - 200
        while at > 0 {
            sum &+= UInt32(journal[page.lowerBound + at])
            at -= 200
        }
        return Int(sum)
    }
}
