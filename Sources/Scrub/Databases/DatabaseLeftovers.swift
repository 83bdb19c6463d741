import FlashBytes

/// What a database of SQLite holds of deleted rows: free pages, and what is free in the pages of its trees (the file format's
/// description on sqlite.org, sections 1.5 and 1.6).
enum DatabaseLeftovers {
    /// Whether there is anything but zeros in what is free.
    static func isAny(in bytes: [UInt8]) -> Bool {
        let file = unsafe bytes.span.bytes
        guard bytes.starts(with: Database.magic), let declared = try? file.uint16(at: 16, .big) else { return false }
        let size = declared == 1 ? 65536 : Int(declared)
        guard Database.isPageSize(size) else { return true }
        let reserved = Int((try? file.uint8(at: 20)) ?? 0)
        // Pages behind those that the header counts.
        let count = Int((try? file.uint32(at: 28, .big)) ?? 0)
        if count > 0, count * size < bytes.count, bytes[(count * size)...].contains(where: { $0 != 0 }) { return true }
        if (try? file.uint32(at: 36, .big)) ?? 0 > 0 { return hasContent(file, size: size) }
        return stride(from: 0, to: bytes.count - size + 1, by: size).contains { start in
            isAny(in: file, page: start..<start + size - reserved)
        }
    }

    /// Whether two files of a database differ in nothing but the numbers that count its changes.
    static func isSame(_ bytes: [UInt8], as other: [UInt8]) -> Bool {
        guard bytes.count == other.count else { return false }
        let counters = [24..<28, 40..<44, 92..<100]
        return bytes.indices.allSatisfy { at in
            bytes[at] == other[at] || at < 100 && counters.contains { $0.contains(at) }
        }
    }

    /// Whether a free page has something in it: those behind the list's own numbers.
    private static func hasContent(_ file: RawSpan, size: Int) -> Bool {
        var trunk = Int((try? file.uint32(at: 32, .big)) ?? 0)
        var left = file.byteCount / size
        while trunk > 0, left > 0, trunk * size <= file.byteCount {
            left -= 1
            let start = (trunk - 1) * size
            let leaves = Int((try? file.uint32(at: start + 4, .big)) ?? 0)
            guard leaves <= size / 4 - 2 else { return true }
            if !file.isFilled(with: 0, in: start + 8 + leaves * 4..<start + size) { return true }
            for index in 0..<leaves {
                let page = Int((try? file.uint32(at: start + 8 + index * 4, .big)) ?? 0)
                guard page > 0, page * size <= file.byteCount else { return true }
                if !file.isFilled(with: 0, in: (page - 1) * size..<page * size) { return true }
            }
            trunk = Int((try? file.uint32(at: start, .big)) ?? 0)
        }
        return stride(from: 0, to: file.byteCount - size + 1, by: size).contains { start in
            isAny(in: file, page: start..<start + size)
        }
    }

    /// Whether what is free in a page of a tree has something in it; other pages have nothing that is free.
    private static func isAny(in file: RawSpan, page: Range<Int>) -> Bool {
        let header = page.lowerBound == 0 ? 100 : page.lowerBound
        guard let type = try? file.uint8(at: header), [2, 5, 10, 13].contains(type) else { return false }
        let cells = Int((try? file.uint16(at: header + 3, .big)) ?? 0)
        let declared = Int((try? file.uint16(at: header + 5, .big)) ?? 0)
        let content = page.lowerBound + (declared == 0 ? 65536 : declared)
        let free = header + (type < 8 ? 12 : 8) + cells * 2
        guard free <= content, content <= page.upperBound else { return true }
        if !file.isFilled(with: 0, in: free..<content) { return true }
        var next = Int((try? file.uint16(at: header + 1, .big)) ?? 0)
        var left = 4096
        while next > 0, left > 0 {
            left -= 1
            let start = page.lowerBound + next
            let count = Int((try? file.uint16(at: start + 2, .big)) ?? 0)
            guard count >= 4, start + count <= page.upperBound else { return true }
            if !file.isFilled(with: 0, in: start + 4..<start + count) { return true }
            next = Int((try? file.uint16(at: start, .big)) ?? 0)
        }
        return false
    }
}
