/// Bytes at addresses, of which only a few parts are known; each byte as most rows show it, or as the rows do that came
/// after it may have changed.
struct SparseMemory {
    /// What rows show of a byte about which they differ.
    private struct Dispute {
        /// How often each value was shown.
        var counts: [UInt8: Int]
        /// Values that cannot be noise: the text of their row shows another sign than for what was shown before.
        var isSure: Set<UInt8> = []
        /// Whether a row with text was among them.
        var hasText = false
    }

    private static let pageSize = 1 << 12
    /// Where in `bytes` each page begins.
    private var pages: [UInt64: Int] = [:]
    private var bytes: [UInt8] = []
    /// How often each byte was shown as it is; 0 is unknown.
    private var votes: [UInt8] = []
    /// In which age each byte was shown last; empty as long as there is one.
    private var ages: [UInt8] = []
    /// The age of what is shown now.
    private(set) var age: UInt8 = 0
    private var disputes: [UInt64: Dispute] = [:]
    /// Bytes that are shown otherwise than in an age before, and in which.
    private var changes: [UInt64: UInt8] = [:]
    private var last: (page: UInt64, start: Int)?

    var isEmpty: Bool { pages.isEmpty }

    /// All of it may change now: from here on, what rows show counts more than what they have shown before.
    mutating func beginAge() {
        // Few logs hold so many; the last ones are one then.
        guard age < .max else { return }
        if ages.isEmpty { ages = [UInt8](repeating: age, count: bytes.count) }
        age += 1
    }

    /// Takes in a row.
    ///
    /// - Parameters:
    ///   - hasText: whether its text was compared with its digits.
    ///   - age: in which it was shown; nil for the last one.
    mutating func add(
        _ row: some Collection<UInt8>, at address: UInt64, hasText: Bool = false, age rowAge: UInt8? = nil
    ) {
        guard UInt64.max - address >= UInt64(row.count) else { return }
        let rowAge = min(rowAge ?? age, age)
        var at = address
        var rest = row[...]
        while !rest.isEmpty {
            let index = slot(at)
            let part = rest.prefix(Self.pageSize - Int(at % UInt64(Self.pageSize)))
            let end = index + part.count
            if votes[index..<end].allSatisfy({ $0 == 0 }) {
                bytes.replaceSubrange(index..<end, with: part)
                for place in index..<end { votes[place] = 1 }
                if !ages.isEmpty { for place in index..<end { ages[place] = rowAge } }
            } else {
                vote(part, at: at, hasText: hasText, age: rowAge)
            }
            at += UInt64(part.count)
            rest = rest.dropFirst(part.count)
        }
    }

    /// Takes in what is known in part.
    private mutating func vote(_ part: some Collection<UInt8>, at address: UInt64, hasText: Bool, age: UInt8) {
        var at = address
        for byte in part {
            let index = slot(at)
            let last = ages.isEmpty ? age : ages[index]
            let isNew = votes[index] == 0
            if isNew {
                bytes[index] = byte
                votes[index] = 1
            } else if bytes[index] != byte, last != age {
                change(byte, index: index, address: at, age: age, last: last)
            } else if bytes[index] == byte, disputes.isEmpty || disputes[at] == nil {
                if votes[index] < 255 { votes[index] += 1 }
            } else {
                dispute(byte, index: index, address: at, hasText: hasText)
            }
            if !ages.isEmpty { ages[index] = isNew ? age : max(age, last) }
            at += 1
        }
    }

    /// Takes in a part of another one, with what its rows do not agree about.
    ///
    /// - Parameter newAge: that of all of it; nil for its own.
    mutating func add(_ other: SparseMemory, part: Range<UInt64>, at address: UInt64, age newAge: UInt8? = nil) {
        if other.age > age {
            if ages.isEmpty { ages = [UInt8](repeating: age, count: bytes.count) }
            age = other.age
        }
        for segment in other.segments where segment.overlaps(part) {
            let shown = segment.clamped(to: part)
            var start = shown.lowerBound
            while start < shown.upperBound {
                let rowAge = other.age(at: start)
                var end = other.ages.isEmpty ? shown.upperBound : start + 1
                while end < shown.upperBound, other.age(at: end) == rowAge { end += 1 }
                add(other.read(start..<end), at: address + (start - part.lowerBound), age: newAge ?? rowAge)
                start = end
            }
        }
        for (place, dispute) in other.disputes where part.contains(place) {
            let own = address + (place - part.lowerBound)
            guard disputes[own] == nil, byte(at: own) == other.byte(at: place) else { continue }
            disputes[own] = dispute
        }
        for (place, age) in other.changes where part.contains(place) {
            changes[address + (place - part.lowerBound)] = age
        }
    }

    /// Takes in all that another one knows.
    mutating func add(_ other: SparseMemory, age: UInt8) {
        guard let first = other.segments.first, let last = other.segments.last else { return }
        add(other, part: first.lowerBound..<last.upperBound, at: first.lowerBound, age: age)
    }

    /// What was shown in another age is old, or this is.
    private mutating func change(_ byte: UInt8, index: Int, address: UInt64, age: UInt8, last: UInt8) {
        changes[address] = max(age, last)
        guard age > last else { return }
        bytes[index] = byte
        votes[index] = 1
        disputes[address] = nil
    }

    /// Of what is shown equally often, the last counts.
    private mutating func dispute(_ byte: UInt8, index: Int, address: UInt64, hasText: Bool) {
        var dispute = disputes[address] ?? Dispute(counts: [bytes[index]: Int(votes[index])])
        let isPrintable = { (byte: UInt8) in (0x20...0x7e).contains(byte) }
        dispute.hasText = dispute.hasText || hasText
        if hasText, byte != bytes[index], isPrintable(byte) || isPrintable(bytes[index]) {
            dispute.isSure.formUnion([byte, bytes[index]])
        }
        let count = dispute.counts[byte, default: 0] + 1
        dispute.counts[byte] = count
        disputes[address] = dispute
        if count >= dispute.counts[bytes[index]] ?? 0 { bytes[index] = byte }
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
            if !ages.isEmpty { ages.append(contentsOf: repeatElement(age, count: Self.pageSize)) }
        }
        last = (page, start)
        return start + offset
    }

    /// In which age a byte was shown last.
    private func age(at address: UInt64) -> UInt8 {
        guard !ages.isEmpty, let start = pages[address / UInt64(Self.pageSize)] else { return 0 }
        return ages[start + Int(address % UInt64(Self.pageSize))]
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
        taken.add(self, part: range, at: range.lowerBound)
        for segment in taken.segments {
            for address in segment { votes[slot(address)] = 0 }
        }
        if !disputes.isEmpty { disputes = disputes.filter { !range.contains($0.key) } }
        if !changes.isEmpty { changes = changes.filter { !range.contains($0.key) } }
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
        for (address, dispute) in disputes where range.contains(address) {
            let most = dispute.counts.values.max() ?? 0
            if dispute.counts.values.count(where: { $0 == most }) > 1 {
                undecided.append(address)
            } else {
                outvoted.append(address)
            }
        }
        return (undecided.sorted(), outvoted.sorted())
    }

    /// Which of the addresses that are outvoted are no noise: that damages a character of a row here and there, and so its
    /// digits or its text alone. Something else was shown there.
    func otherwise(_ outvoted: [UInt64]) -> [UInt64] {
        var rows: [UInt64: [UInt64]] = [:]
        for address in outvoted { rows[address / 16, default: []].append(address) }
        return outvoted.filter { address in
            let row = rows[address / 16] ?? []
            if (row.last ?? 0) - (row.first ?? 0) > 1 { return true }
            guard let dispute = disputes[address], let right = byte(at: address) else { return false }
            return dispute.counts.keys.contains { value in
                let isOneDigit = (value ^ right) & 0x0f == 0 || (value ^ right) & 0xf0 == 0
                return value != right && (dispute.isSure.contains(value) || dispute.hasText && !isOneDigit)
            }
        }
    }

    /// Addresses in a range whose byte has changed, with the age in which it was shown so.
    func changed(in range: Range<UInt64>) -> [(address: UInt64, age: UInt8)] {
        changes.filter { range.contains($0.key) }.map { ($0.key, $0.value) }.sorted { $0.address < $1.address }
    }
}
