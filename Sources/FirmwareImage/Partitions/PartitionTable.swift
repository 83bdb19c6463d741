internal import FlashBytes

/// A named part of a flash.
public struct Partition: Sendable, Hashable {
    public var name: String
    /// In bytes.
    public var offset: Int
    /// In bytes; nil for "the rest of the flash".
    public var size: Int?

    public init(name: String, offset: Int, size: Int?) {
        self.name = name
        self.offset = offset
        self.size = size
    }

    /// Where it ends (bytes); nil for the rest of the flash.
    public var end: Int? { size.map { offset + $0 } }
}

/// The partitions of one flash.
public struct PartitionTable: Sendable, Hashable {
    /// The flash's name in the source: `hi_sfc`; empty where the source gives none.
    public var device: String
    /// Where it was found, as a phrase: `boot log, line 118`.
    public var source: String
    public var partitions: [Partition]
    /// The erase size that the source gives (bytes).
    public var eraseSize: Int?
    /// The partition of the flash that this table cuts further; nil for the table of a whole flash. Offsets count from
    /// the beginning of the flash in both cases.
    public var inside: String?

    public init(
        device: String, source: String, partitions: [Partition], eraseSize: Int? = nil, inside: String? = nil
    ) {
        self.device = device
        self.source = source
        self.partitions = partitions
        self.eraseSize = eraseSize
        self.inside = inside
    }

    /// What cannot be a table.
    public struct Malformed: Error, Hashable, CustomStringConvertible {
        public let description: String
    }

    /// No flash is larger; larger numbers are mistakes, and sums of smaller ones cannot overflow (bytes).
    public static let largestFlash = 1 << 40

    /// A number of a source as a place in a flash.
    static func place(_ number: UInt64, _ what: String) throws(Malformed) -> Int {
        guard number <= UInt64(largestFlash) else {
            throw Malformed(description: "\(what) \(hex(number)) is larger than any flash")
        }
        return Int(number)
    }

    /// A partition of a source's numbers; nil as size for "the rest of the flash".
    static func partition(_ name: String, _ offset: UInt64, _ size: UInt64?) throws(Malformed) -> Partition {
        let start = try place(offset, "the start of '\(name)'")
        guard let size else { return Partition(name: name, offset: start, size: nil) }
        let length = try place(size, "the size of '\(name)'")
        _ = try place(UInt64(start + length), "the end of '\(name)'")
        return Partition(name: name, offset: start, size: length)
    }

    /// Something about a table that is not as it should be.
    public enum Fault: Sendable, Hashable, CustomStringConvertible {
        case overlap(String, String, at: Int)
        case gap(Range<Int>)
        case beyondFlash(String, end: Int, flash: Int)
        case sameName(String)
        case empty(String)

        /// Whether cutting a flash by the table would lose or double bytes.
        public var isSerious: Bool {
            if case .gap = self { return false }
            return true
        }

        public var description: String {
            switch self {
            case .overlap(let first, let second, let at): "'\(first)' and '\(second)' overlap at \(hex(at))"
            case .gap(let range):
                "no partition covers \(hex(range.lowerBound))-\(hex(range.upperBound)) (\(range.count) bytes)"
            case .beyondFlash(let name, let end, let flash):
                "'\(name)' ends at \(hex(end)), but the flash at \(hex(flash))"
            case .sameName(let name): "two partitions have the name '\(name)'"
            case .empty(let name): "'\(name)' has no bytes"
            }
        }
    }

    /// The table with "the rest" filled in.
    public func resolved(flashSize: Int) -> PartitionTable {
        var table = self
        for index in table.partitions.indices where table.partitions[index].size == nil {
            table.partitions[index].size = max(0, flashSize - table.partitions[index].offset)
        }
        return table
    }

    /// All faults; the end of the flash is looked at when its size is given.
    public func faults(flashSize: Int?) -> [Fault] {
        var faults: [Fault] = []
        var names: Set<String> = []
        var end = 0
        var owner = ""
        for partition in partitions.sorted(by: { ($0.offset, $0.end ?? .max) < ($1.offset, $1.end ?? .max) }) {
            if !names.insert(partition.name).inserted { faults.append(.sameName(partition.name)) }
            if partition.size == 0 { faults.append(.empty(partition.name)) }
            if partition.offset > end {
                faults.append(.gap(end..<partition.offset))
            } else if partition.offset < end, partition.size != 0 {
                faults.append(.overlap(owner, partition.name, at: partition.offset))
            }
            let partEnd = partition.end ?? flashSize ?? partition.offset
            if let flashSize, partEnd > flashSize || partition.offset > flashSize {
                faults.append(.beyondFlash(partition.name, end: max(partEnd, partition.offset), flash: flashSize))
            }
            if partEnd > end { (end, owner) = (partEnd, partition.name) }
        }
        if let flashSize, end < flashSize { faults.append(.gap(end..<flashSize)) }
        return faults
    }

    /// The table with a part for each gap, in the order of the flash: together they are the whole flash.
    public func filled(flashSize: Int) -> [Partition] {
        var all = partitions
        for fault in faults(flashSize: flashSize) {
            guard case .gap(let range) = fault else { continue }
            all.append(Partition(name: "gap-\(hex(range.lowerBound))", offset: range.lowerBound, size: range.count))
        }
        return all.sorted { ($0.offset, $0.size ?? 0) < ($1.offset, $1.size ?? 0) }
    }

    /// As lines of `NAME=OFFSET+SIZE`.
    public var lines: [String] {
        partitions.map { partition in
            "\(partition.name)=\(hex(partition.offset))+" + (partition.size.map { hex($0) } ?? "-")
        }
    }
}
