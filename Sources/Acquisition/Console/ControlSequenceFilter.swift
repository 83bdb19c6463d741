/// Takes what a terminal would obey, not show, out of a stream: ANSI sequences, NUL, and the characters that an
/// erased countdown leaves ("\b" takes back the character before it, as on a screen).
struct ControlSequenceFilter {
    private enum State { case text, escape, sequence }
    private var state = State.text
    private var length = 0
    /// No sequence is longer; a damaged one must not eat a row.
    private static let longest = 16

    mutating func filter(_ bytes: [UInt8]) -> [UInt8] {
        if state == .text, !bytes.contains(where: { $0 == 0x1b || $0 == 0 }) { return bytes }
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        for byte in bytes {
            switch (state, byte) {
            case (.text, 0x1b): state = .escape
            case (.text, 0): break
            case (.text, _): text.append(byte)
            case (.escape, 0x5b):
                state = .sequence
                length = 0
            case (.escape, _): state = .text
            case (.sequence, 0x40...0x7e): state = .text
            case (.sequence, 0x20...0x3f) where length < Self.longest: length += 1
            case (.sequence, _):
                // No sequence after all.
                state = .text
                text.append(byte)
            }
        }
        return text
    }
}
