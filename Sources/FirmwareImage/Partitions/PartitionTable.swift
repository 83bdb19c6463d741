internal import FlashBytes

/// A named part of a flash.
package struct Partition: Sendable, Hashable {
    /// As the source has it; two partitions of a table can have the same.
    package var name: String
    /// In bytes.
    package var offset: Int
    /// In bytes; nil for "the rest of the flash".
    package var size: Int?
    /// The number that Linux gives its device: 3 of `mtd3`; nil where the source does not tell.
    package var number: Int?

    /// A part of a flash; see the properties.
    package init(name: String, offset: Int, size: Int?, number: Int? = nil) {
        self.name = name
        self.offset = offset
        self.size = size
        self.number = number
    }

    /// Where it ends (bytes); nil for the rest of the flash.
    package var end: Int? { size.map { offset + $0 } }

    /// Whether both are the same part of a flash under the same name.
    func isSame(as other: Partition) -> Bool {
        name == other.name && offset == other.offset && size == other.size
    }
}

/// The partitions of one flash.
package struct PartitionTable: Sendable, Hashable {
    /// The flash's name in the source: `hi_sfc`; empty where the source gives none.
    package var device: String
    /// Where it was found, as a phrase: `boot log, line 118`.
    package var source: String
    /// In the order of the source.
    package var partitions: [Partition]
    /// The erase size that the source gives (bytes).
    package var eraseSize: Int?
    /// The size of the flash that the source gives (bytes).
    package var flashSize: Int?
    /// The partition of the flash that this table cuts further; nil for the table of a whole flash. Offsets count from
    /// the beginning of the flash in both cases.
    package var inside: String?
    /// Where the boot loader keeps its own lists: parts of the flash that are no partitions.
    package var bookkeeping: [Partition] = []
    /// Why the offsets are not certain, as a sentence; nil where the source tells them or they follow from it.
    package var doubt: String?
    /// What the offsets were worked out from, where the source tells none.
    var devices: MTDDevices?

    /// A table whose offsets are certain; see the properties.
    package init(
        device: String, source: String, partitions: [Partition], eraseSize: Int? = nil, inside: String? = nil
    ) {
        self.device = device
        self.source = source
        self.partitions = partitions
        self.eraseSize = eraseSize
        self.inside = inside
    }

    /// What cannot be a table.
    package struct Malformed: Error, Hashable, CustomStringConvertible {
        /// What is wrong with it, without full stop.
        package let description: String
    }

    /// No flash is larger; larger numbers are mistakes, and sums of smaller ones cannot overflow (bytes).
    package static let largestFlash = 1 << 40

    /// A number of a source as a place in a flash.
    static func place(_ number: UInt64, what: String) throws(Malformed) -> Int {
        guard number <= UInt64(largestFlash) else {
            throw Malformed(description: "\(what) \(hex(number)) is larger than any flash")
        }
        return Int(number)
    }

    /// A partition of a source's numbers; nil as size for "the rest of the flash".
    static func partition(
        _ name: String, offset: UInt64, size: UInt64?, number: Int? = nil
    ) throws(Malformed) -> Partition {
        let start = try place(offset, what: "the start of '\(name)'")
        guard let size else { return Partition(name: name, offset: start, size: nil, number: number) }
        let length = try place(size, what: "the size of '\(name)'")
        _ = try place(UInt64(start + length), what: "the end of '\(name)'")
        return Partition(name: name, offset: start, size: length, number: number)
    }

    /// The table with "the rest" filled in, and with the offsets that follow from the size of the flash.
    package func resolved(flashSize: Int) -> PartitionTable {
        var table = self
        if let devices {
            let placed = devices.table(flashSize: flashSize)
            (table.partitions, table.doubt) = (placed.partitions, placed.doubt)
        }
        for index in table.partitions.indices where table.partitions[index].size == nil {
            table.partitions[index].size = max(0, flashSize - table.partitions[index].offset)
        }
        return table
    }

    /// Whether both have the same partitions, as far as the shorter one goes.
    func agrees(with other: PartitionTable) -> Bool {
        zip(partitions, other.partitions).allSatisfy { $0.isSame(as: $1) }
    }
}
