/// What answers at a console, by its prompt and by what it says to `version`.
enum ConsoleKind: String, Sendable {
    case uBoot = "U-Boot"
    case barebox
    case redBoot = "RedBoot"
    case cfe = "CFE"
    case pmon = "PMON"
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
        } else if prompt.contains("pmon") || says("pmon2000") {
            self = .pmon
        } else if prompt.contains("realtek") || says("unknown command !") {
            self = .realtek
        } else if prompt.contains("barebox") || says("barebox") {
            self = .barebox
        } else if says("not found", "inaccessible", "applet not", "no such file") || prompt.contains("~")
            || prompt.hasSuffix("/ # ")
        {
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
        case .pmon: [.pmon]
        case .realtek: [.realtek(4), .realtek(1)]
        case .shell: []
        }
    }

    /// Whether it has a crc32 of U-Boot's kind.
    var hasChecksums: Bool { self == .uBoot || self == .barebox }

    /// Whether flash can be copied to RAM there.
    var loadsFlash: Bool { self == .uBoot }

    /// The command whose answer may hold a partition table.
    var tableCommands: [String] {
        switch self {
        case .uBoot, .barebox: ["printenv", "mtdparts"]
        case .redBoot: ["fis list"]
        default: []
        }
    }

    /// Where the processor sees the flash on most boards; nil where that differs.
    var usualFlashAddress: UInt64? { self == .realtek ? 0xbd00_0000 : nil }
}
