/// A command that shows memory, and how far its rows have come: what it should have shown.
struct LogDisplay {
    /// Nil until the first row comes, if the command does not say it.
    private var address: UInt64?
    /// Sizes that the command may mean.
    private let sizes: [UInt64]
    /// What follows the last row.
    private var end: UInt64?
    /// Bytes in a group of the rows.
    private var unit: Int?

    /// Whether its count is one of units as wide as those of its rows.
    private let countsUnits: Bool

    /// Whether it says how much it shows with a variable that nobody knows.
    private let isSizeUnknown: Bool

    init(address: UInt64?, sizes: [UInt64], countsUnits: Bool = false, isSizeUnknown: Bool = false) {
        self.address = address
        self.countsUnits = countsUnits
        self.isSizeUnknown = isSizeUnknown
        self.sizes = sizes.filter { $0 > 0 && $0 <= 1 << 31 }
    }

    /// Takes in a row, also one of which only the address can be read.
    mutating func add(_ row: Range<UInt64>, unit: Int?) {
        let address = address ?? row.lowerBound
        guard row.lowerBound >= address, isSizeUnknown || row.upperBound - address <= sizes.max() ?? 0 else { return }
        self.address = address
        end = max(end ?? address, row.upperBound)
        self.unit = unit ?? self.unit
    }

    /// Whether no row of it was there.
    var isUnanswered: Bool { end == nil }

    /// Whether rows have come, and nothing tells how many there should be.
    var isOpen: Bool { isSizeUnknown && !isUnanswered }

    /// What should have been shown; nil if the command does not say.
    ///
    /// Where it may mean more than one size, the one at which the rows end is complete. Else the last are missing: those
    /// up to the size in units of the rows, or to the next one.
    var expected: Range<UInt64>? {
        guard let first = sizes.first, let address, case let shown = (end ?? address) - address else { return nil }
        let byUnit = sizes.count == 4 ? unit.map { first &* UInt64($0) }.flatMap { sizes.contains($0) ? $0 : nil } : nil
        // Some builds count bytes whatever they show.
        if countsUnits, let byUnit, shown <= byUnit, shown != first { return Self.range(address, size: byUnit) }
        let size =
            sizes.contains(shown) ? shown : byUnit ?? sizes.filter { $0 >= shown }.min() ?? first
        return Self.range(address, size: size)
    }

    private static func range(_ address: UInt64, size: UInt64) -> Range<UInt64>? {
        address <= UInt64.max - size ? address..<address + size : nil
    }
}
