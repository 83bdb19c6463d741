/// What a damaged command could become.
enum CommandSafety {
    /// Whether a command may be sent without its echo being compared: whatever one wrong bit or lost character makes
    /// of it, it must not write. `crc32 A L` is out, since a `0` that becomes a blank makes `crc32 A L ADDRESS`, which
    /// stores the sum; `sf read`, `mw` and `setenv` write by themselves; `md` takes no third argument.
    static func isHarmlessWhenDamaged(_ command: String) -> Bool {
        let words = command.split(separator: " ")
        guard let verb = words.first, !command.contains(";") else { return false }
        let isDisplay = ["md", "md.b", "md.w", "md.l", "md.q"].contains(String(verb)) && words.count == 3
        return isDisplay || ["version", "bdinfo", "help"].contains(command)
    }
}
