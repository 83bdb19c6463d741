/// Bytes at addresses, of which only a few parts are known; each byte as most rows show it.
struct SparseMemory {
    private static let pageSize = 1 << 12
    /// Where in `bytes` each page begins.
    private var pages: [UInt64: Int] = [:]
    private var bytes: [UInt8] = []
    /// How often each byte was shown as it is; 0 is unknown.
    private var votes: [UInt8] = []
    /// What else was shown, and how often, by address.
    private var disputes: [UInt64: [UInt8: Int]] = [:]
    private var last: (page: UInt64, start: Int)?

    var isEmpty: Bool { pages.isEmpty }

    /// Takes in a row.
    mutating func add(_ row: some Collection<UInt8>, at address: UInt64) {
        guard UInt64.max - address >= UInt64(row.count) else { return }
        var at = address
        var rest = row[...]
        while !rest.isEmpty {
            let index = slot(at)
            let part = rest.prefix(Self.pageSize - Int(at % UInt64(Self.pageSize)))
            let end = index + part.count
            if votes[index..<end].allSatisfy({ $0 == 0 }) {
                bytes.replaceSubrange(index..<end, with: part)
                for place in index..<end { votes[place] = 1 }
            } else {
                vote(part, at: at)
            }
            at += UInt64(part.count)
            rest = rest.dropFirst(part.count)
        }
    }

    /// Takes in what is known in part.
    private mutating func vote(_ part: some Collection<UInt8>, at address: UInt64) {
        var at = address
        for byte in part {
            let index = slot(at)
            if votes[index] == 0 {
                bytes[index] = byte
                votes[index] = 1
            } else if bytes[index] == byte, disputes.isEmpty || disputes[at] == nil {
                if votes[index] < 255 { votes[index] += 1 }
            } else {
                dispute(byte, index: index, address: at)
            }
            at += 1
        }
    }

    /// Takes in all that another one knows.
    mutating func add(_ other: SparseMemory) {
        for segment in other.segments { add(other.read(segment), at: segment.lowerBound) }
    }

    private mutating func dispute(_ byte: UInt8, index: Int, address: UInt64) {
        var counts = disputes[address] ?? [bytes[index]: Int(votes[index])]
        counts[byte, default: 0] += 1
        disputes[address] = counts
        if let best = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) { bytes[index] = best.key }
    }

    private mutating func slot(_ address: UInt64) -> Int {
        let page = address / UInt64(Self.pageSize)
        let offset = Int(address % UInt64(Self.pageSize))
        if let last, last.page == page { return last.start + offset }
        let start = pages[page] ?? bytes.count
        if start == bytes.count {
            pages[page] = start
            bytes.append(contentsOf: repeatElement(0xff, count: Self.pageSize))
            votes.append(contentsOf: repeatElement(0, count: Self.pageSize))
        }
        last = (page, start)
        return start + offset
    }

    /// The known byte at an address.
    func byte(at address: UInt64) -> UInt8? {
        guard let start = pages[address / UInt64(Self.pageSize)] else { return nil }
        let index = start + Int(address % UInt64(Self.pageSize))
        return votes[index] == 0 ? nil : bytes[index]
    }

    /// The known parts, by address.
    var segments: [Range<UInt64>] {
        var found: [Range<UInt64>] = []
        for page in pages.keys.sorted() {
            let start = pages[page] ?? 0
            let base = page * UInt64(Self.pageSize)
            var offset = 0
            while offset < Self.pageSize {
                guard votes[start + offset] > 0 else {
                    offset += 1
                    continue
                }
                var end = offset
                while end < Self.pageSize, votes[start + end] > 0 { end += 1 }
                let part = base + UInt64(offset)..<base + UInt64(end)
                if let before = found.last, before.upperBound == part.lowerBound {
                    found[found.count - 1] = before.lowerBound..<part.upperBound
                } else {
                    found.append(part)
                }
                offset = end
            }
        }
        return found
    }

    /// Takes a part out.
    mutating func take(_ range: Range<UInt64>) -> SparseMemory {
        var taken = SparseMemory()
        for segment in segments where segment.overlaps(range) {
            let part = segment.clamped(to: range)
            for address in part {
                let index = slot(address)
                taken.add(CollectionOfOne(bytes[index]), at: address)
                votes[index] = 0
                disputes[address] = nil
            }
        }
        return taken
    }

    /// A part of it; what is not known is 0xFF.
    func read(_ range: Range<UInt64>) -> [UInt8] {
        var result = [UInt8](repeating: 0xff, count: range.count)
        var at = range.lowerBound
        while at < range.upperBound {
            let page = at / UInt64(Self.pageSize)
            let end = min(range.upperBound, (page + 1) * UInt64(Self.pageSize))
            if let start = pages[page] {
                let offset = Int(at % UInt64(Self.pageSize))
                for index in 0..<Int(end - at) where votes[start + offset + index] > 0 {
                    result[Int(at - range.lowerBound) + index] = bytes[start + offset + index]
                }
            }
            at = end
        }
        return result
    }

    /// Addresses in a range that are shown differently: as often one way as another, or outvoted.
    func disputed(in range: Range<UInt64>) -> (undecided: [UInt64], outvoted: [UInt64]) {
        var undecided: [UInt64] = []
        var outvoted: [UInt64] = []
        for (address, counts) in disputes where range.contains(address) {
            let most = counts.values.max() ?? 0
            if counts.values.count(where: { $0 == most }) > 1 {
                undecided.append(address)
            } else {
                outvoted.append(address)
            }
        }
        return (undecided.sorted(), outvoted.sorted())
    }
}
