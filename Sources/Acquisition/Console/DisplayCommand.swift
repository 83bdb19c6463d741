/// A command that shows memory.
enum DisplayCommand: Hashable {
    /// U-Boot's, with the bytes in a group: `md.l 21000000 10`.
    case md(Int)
    /// `md -l 0x21000000+0x40`
    case barebox(Int)
    /// `dump -b 0x21000000 -l 0x40`
    case redBoot
    /// `dm 0x21000000 0x40`; bytes or words, as the build has it.
    case cfe
    /// `d1 0x21000000 0x40`
    case pmon
    /// `DW 21000000 16` and `DB 21000000 64`, counted in decimal.
    case realtek(Int)

    /// Bytes in a group; nil if only its rows tell.
    var unit: Int? {
        switch self {
        case .md(let unit), .barebox(let unit), .realtek(let unit): unit
        case .redBoot, .pmon: 1
        case .cfe: nil
        }
    }

    /// Whether it is only tried where those before it do not work.
    var isSubstitute: Bool {
        if case .md(let unit) = self { return unit < 4 }
        return true
    }

    /// What an address must be a multiple of.
    var alignment: UInt64 { UInt64(unit ?? 4) }

    /// For the journal.
    var name: String {
        switch self {
        case .md(let unit): "md." + Self.letter(unit)
        case .barebox(let unit): "md -" + Self.letter(unit)
        case .redBoot: "dump"
        case .cfe: "dm"
        case .pmon: "d1"
        case .realtek(let unit): unit == 1 ? "DB" : "DW"
        }
    }

    /// The command for `size` bytes at `address`.
    func text(_ address: UInt64, size: UInt64) -> String {
        let start = MemoryReader.digits(address)
        let count = MemoryReader.digits(size)
        switch self {
        case .md(let unit): return "\(name) \(start) \(MemoryReader.digits(size / UInt64(max(1, unit))))"
        case .barebox: return "\(name) 0x\(start)+0x\(count)"
        case .redBoot: return "dump -b 0x\(start) -l 0x\(count)"
        case .cfe: return "dm 0x\(start) 0x\(count)"
        case .pmon: return "d1 0x\(start) 0x\(count)"
        case .realtek(let unit): return "\(name) \(start) \((size + UInt64(unit) - 1) / UInt64(max(1, unit)))"
        }
    }

    /// Whether the words it shows are known to be in memory order: these boards are big-endian.
    var isKnownStraight: Bool { if case .realtek = self { true } else { false } }

    private static func letter(_ unit: Int) -> String { [1: "b", 2: "w", 4: "l", 8: "q"][unit] ?? "b" }
}
