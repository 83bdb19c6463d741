/// What a boot text says that a key is for.
enum KeyPurpose: Hashable {
    /// It stops the boot, or leads to a command line.
    case stops
    /// It may write: it erases, updates, restores.
    case harms
    /// Neither is said.
    case unknown

    /// Beginnings of the words for what writes.
    private static let harmful = [
        "eras", "updat", "upgrad", "flash", "reflash", "burn", "restor", "reset", "recover", "wip", "format", "default",
        "factory", "tftp", "download", "writ", "delet", "install", "reinstall", "program", "unlock",
    ]
    private static let stopping = [
        "stop", "abort", "interrupt", "break", "cancel", "console", "command", "prompt", "shell", "monitor", "cli",
        "failsafe", "halt",
    ]
    /// What these are done to is not done: `to abort TFTP download`.
    private static let preventing = ["stop", "abort", "interrupt", "cancel", "skip", "prevent", "quit"]
    /// Behind these begins something else that the key does: `to stop and erase`.
    private static let joining: Set<String> = ["and", "then", "into", "enter", "start", "for", "go"]

    /// - Parameter clause: the words that belong to a key.
    init(_ clause: some Sequence<Substring>) {
        var isPrevented = false
        var stops = false
        var last = ""
        for word in clause {
            let letters = String(word.lowercased().filter(\.isLetter))
            defer { if !letters.isEmpty { last = letters } }
            func begins(_ beginnings: [String]) -> Bool { beginnings.contains { letters.hasPrefix($0) } }
            if Self.joining.contains(letters) { isPrevented = false }
            // Where a boot comes from: "stop booting from flash", "abort default boot".
            let isPlace = letters == "flash" && ["from", "in"].contains(last)
            if begins(Self.harmful), !isPrevented, !isPlace {
                self = .harms
                return
            }
            if begins(Self.preventing) { isPrevented = true }
            stops = stops || begins(Self.stopping)
        }
        self = stops ? .stops : .unknown
    }
}
