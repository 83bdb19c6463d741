/// What answers at a console, by its prompt and by what it says to `version`.
enum ConsoleKind: String, Sendable {
    case uBoot = "U-Boot"
    case barebox
    case redBoot = "RedBoot"
    case cfe = "CFE"
    case realtek = "Realtek loader"
    case shell = "shell"

    init(prompt: Prompt, answer: [String]) {
        let prompt = String(decoding: prompt.text, as: UTF8.self).lowercased()
        let answer = answer.joined(separator: "\n").lowercased()
        func says(_ words: String...) -> Bool { words.contains { answer.contains($0) } }
        if answer.contains("u-boot") {
            self = .uBoot
        } else if prompt.contains("redboot") || says("redboot") {
            self = .redBoot
        } else if prompt.hasPrefix("cfe") || says("*** command status", "invalid command:") {
            self = .cfe
        } else if prompt.contains("realtek") || says("unknown command !") {
            self = .realtek
        } else if prompt.contains("barebox") || says("barebox") {
            self = .barebox
        } else if says("not found", "inaccessible", "applet not", "no such file") {
            self = .shell
        } else {
            self = .uBoot
        }
    }

    /// Commands that show memory, the shortest rows first.
    var displays: [DisplayCommand] {
        switch self {
        // md.q is rare and a little shorter; md.l is everywhere; the others stand in where a vendor removed it.
        case .uBoot: [.md(8), .md(4), .md(2), .md(1)]
        case .barebox: [.md(4), .md(1), .barebox(4), .barebox(1)]
        case .redBoot: [.redBoot]
        case .cfe: [.cfe]
        case .realtek: [.realtek]
        case .shell: []
        }
    }

    /// Whether flash can be copied to RAM there.
    var loadsFlash: Bool { self == .uBoot || self == .barebox }
}

/// A command that shows memory.
enum DisplayCommand: Hashable {
    /// U-Boot's, with the bytes in a group: `md.l 21000000 10`.
    case md(Int)
    /// `md -l 0x21000000+0x40`
    case barebox(Int)
    /// `dump -b 0x21000000 -l 0x40`
    case redBoot
    /// `dm 0x21000000 0x40`
    case cfe
    /// `DW 21000000 16`: words, counted in decimal.
    case realtek

    /// Bytes in a group.
    var unit: Int {
        switch self {
        case .md(let unit), .barebox(let unit): unit
        case .redBoot: 1
        case .cfe, .realtek: 4
        }
    }

    /// For the journal.
    var name: String {
        switch self {
        case .md(let unit): "md." + Self.letter(unit)
        case .barebox(let unit): "md -" + Self.letter(unit)
        case .redBoot: "dump"
        case .cfe: "dm"
        case .realtek: "DW"
        }
    }

    /// The command for `size` bytes at `address`.
    func text(_ address: UInt64, size: UInt64) -> String {
        let start = MemoryReader.digits(address)
        let count = MemoryReader.digits(size)
        switch self {
        case .md(let unit): return "\(name) \(start) \(MemoryReader.digits(size / UInt64(unit)))"
        case .barebox: return "\(name) 0x\(start)+0x\(count)"
        case .redBoot: return "dump -b 0x\(start) -l 0x\(count)"
        case .cfe: return "dm 0x\(start) 0x\(count)"
        case .realtek: return "DW \(start) \((size + 3) / 4)"
        }
    }

    /// Whether the words it shows are known to be in memory order: these boards are big-endian.
    var isKnownStraight: Bool { self == .realtek }

    private static func letter(_ unit: Int) -> String { [1: "b", 2: "w", 4: "l", 8: "q"][unit] ?? "b" }
}
