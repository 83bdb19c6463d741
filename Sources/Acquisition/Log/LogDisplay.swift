/// A command that shows memory, and how far its rows have come: what it should have shown.
struct LogDisplay {
    private let address: UInt64
    /// Sizes that the command may mean.
    private let sizes: [UInt64]
    /// What follows the last row.
    private var end: UInt64
    /// Bytes in a group of the rows.
    private var unit: Int?

    /// Whether its count is one of units as wide as those of its rows.
    private let countsUnits: Bool

    init(address: UInt64, sizes: [UInt64], countsUnits: Bool = false) {
        self.address = address
        self.countsUnits = countsUnits
        self.sizes = sizes.filter { $0 > 0 && $0 <= 1 << 31 && address <= UInt64.max - $0 }
        end = address
    }

    /// Takes in a row, also one of which only the address can be read.
    mutating func add(_ row: Range<UInt64>, unit: Int?) {
        guard row.lowerBound >= address, row.upperBound - address <= sizes.max() ?? 0 else { return }
        end = max(end, row.upperBound)
        self.unit = unit ?? self.unit
    }

    /// Whether no row of it was there.
    var isUnanswered: Bool { end == address }

    /// What should have been shown; nil if the command does not say.
    ///
    /// Where it may mean more than one size, the one at which the rows end is complete. Else the last are missing: those
    /// up to the size in units of the rows, or to the next one.
    var expected: Range<UInt64>? {
        guard let first = sizes.first else { return nil }
        let shown = end - address
        let byUnit = sizes.count == 4 ? unit.map { first &* UInt64($0) }.flatMap { sizes.contains($0) ? $0 : nil } : nil
        // Some builds count bytes whatever they show.
        if countsUnits, let byUnit, shown <= byUnit, shown != first { return address..<address + byUnit }
        let size =
            sizes.contains(shown) ? shown : byUnit ?? sizes.filter { $0 >= shown }.min() ?? first
        return address..<address + size
    }
}
