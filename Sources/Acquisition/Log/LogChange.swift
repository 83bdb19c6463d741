/// Commands behind which memory or a flash may hold something else, though nothing tells where.
enum LogChange {
    /// Whether a command of a loader or a shell may change all of it: what is shown behind it counts more than what was
    /// shown before.
    static func isPossible(_ command: String) -> Bool {
        command.split(whereSeparator: { ";&|".contains($0) }).contains { part in
            let words = part.split(whereSeparator: \.isWhitespace).map { $0.lowercased() }
            guard let verb = words.first?.prefix(while: { $0 != "." }) else { return false }
            if verb == "dd" { return words.contains { $0.hasPrefix("of=") } }
            // To the address that a variable says.
            if toAddress.contains(String(verb)) { return !words.dropFirst().prefix(3).contains(where: isNumber) }
            if ["env", "mtd", "mtd_debug"].contains(verb) {
                return words.count > 1 && ["import", "export", "write", "erase"].contains(words[1])
            }
            return changers.contains(String(verb))
        }
    }

    private static func isNumber(_ word: String) -> Bool { ChecksumLine.number(word[...]) != nil }
    private static let toAddress: Set<String> = [
        "tftp", "tftpboot", "loady", "loadb", "loadx", "dhcp", "bootp", "nfs", "fsload", "ubifsload",
    ]
    private static let changers: Set<String> = [
        "go", "bootm", "bootz", "booti", "bootelf", "bootvx", "boot", "bootd", "run", "source", "autoscr", "mm", "nm",
        "mtest", "loads", "fdt", "zip", "reset", "reboot", "flashcp", "flash_erase", "flash_eraseall", "nandwrite",
        "ubiupdatevol", "sysupgrade", "firstboot", "cp", "mv", "tar", "gunzip",
    ]

    /// Whether a loader's command writes to a flash: loaded once more, it may be another one.
    static func isWrite(_ command: String) -> Bool {
        command.split(separator: ";").contains { part in
            let words = part.split(whereSeparator: \.isWhitespace)
            guard words.count > 1, flashes.contains(words[0].lowercased()) else { return false }
            let what = words[1].lowercased().prefix { $0 != "." }
            return ["write", "erase", "update", "scrub", "writevol", "remove", "create"].contains(what)
        }
    }
    private static let flashes: Set<String> = [
        "sf", "nand", "onenand", "mtd", "mmc", "ubi", "usb", "spi", "sunxi_flash",
    ]
}

extension LogInterpreter {
    /// A command was typed.
    func noteChange(by command: String) {
        if LogChange.isPossible(command) { mayChange(command) }
        if LogChange.isWrite(command) { isFlashWritten = true }
    }

    /// What is shown from here on may be something else.
    ///
    /// - Parameter what: the command, or what the device says.
    func mayChange(_ what: String) {
        picture.mayChange(what)
        text.mayChange(what)
        coded.mayChange(what)
    }
}
