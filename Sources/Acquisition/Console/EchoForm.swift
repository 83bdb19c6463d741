/// How a console shows what is typed.
enum EchoForm: Hashable {
    /// Each character once; some redraw the whole line for each, or go to a new line at the right edge.
    case plain
    /// Each character twice: board and line both show it.
    case doubled
    /// Not at all, or as stars: what arrived is not known.
    case none

    /// Whether what came is the echo of `command`, whole.
    ///
    /// - Parameter received: what came since it was typed, without control sequences.
    func isEcho(_ received: ArraySlice<UInt8>, of command: [UInt8], prompt: Prompt) -> Bool {
        switch self {
        case .none: return false
        case .doubled:
            return received.count == command.count * 2
                && received.enumerated().allSatisfy { $0.element == command[$0.offset / 2] }
        case .plain:
            if received.elementsEqual(command) { return true }
            // A line that was broken at the right edge: nothing is missing, so no character became an Enter.
            if received.contains(0x0a), received.filter({ $0 != 0x0d && $0 != 0x0a }) == command { return true }
            guard received.contains(0x0d) || received.contains(0x08) else { return false }
            let line = Self.rendered(received)
            return line == command
                || line.count > command.count && line.suffix(command.count).elementsEqual(command)
                    && prompt.matches(line.prefix(line.count - command.count))
        }
    }

    /// Whether more of the echo may come: what came begins like it.
    func mayBecome(_ received: ArraySlice<UInt8>, command: [UInt8]) -> Bool {
        if received.contains(0x0d) || received.contains(0x08) { return received.count < command.count * 200 }
        return self == .doubled
            ? received.count <= command.count * 2
            : command.starts(with: received)
    }

    /// What a terminal shows in its current line.
    private static func rendered(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var line: [UInt8] = []
        var column = 0
        for byte in bytes {
            switch byte {
            case 0x0d: column = 0
            case 0x0a:
                line = []
                column = 0
            case 0x08: column = max(0, column - 1)
            default:
                if column < line.count { line[column] = byte } else { line.append(byte) }
                column += 1
            }
        }
        while line.last == 0x20, column < line.count { line.removeLast() }
        return line
    }
}
