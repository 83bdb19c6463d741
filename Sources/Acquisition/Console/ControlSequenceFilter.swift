/// Takes what a terminal would obey, not show, out of a stream: ANSI sequences, titles, NUL, bells and flow control.
struct ControlSequenceFilter {
    private enum State { case text, escape, sequence, string, stringEscape }
    private var state = State.text
    private var length = 0
    /// Bells that came: a line editor rings when it takes no more characters.
    private(set) var bells = 0
    /// No sequence is longer; a damaged one must not eat a row.
    private static let longest = 16
    /// A window title is not longer.
    private static let longestString = 256
    private static let bell: UInt8 = 0x07
    /// XON, XOFF: some boards send them though nobody asked for flow control.
    private static let flowControl: Set<UInt8> = [0x11, 0x13]

    mutating func filter(_ bytes: [UInt8]) -> [UInt8] {
        if state == .text, !bytes.contains(where: Self.isControl) { return bytes }
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        for byte in bytes {
            switch (state, byte) {
            case (.text, 0x1b): state = .escape
            case (.text, 0): break
            case (.text, Self.bell): bells += 1
            case (.text, _):
                if !Self.flowControl.contains(byte) { text.append(byte) }
            case (.escape, 0x5b):
                state = .sequence
                length = 0
            // Operating system command, device control string and their kin end with a bell or ESC \.
            case (.escape, 0x5d), (.escape, 0x50), (.escape, 0x5e), (.escape, 0x5f):
                state = .string
                length = 0
            // A character set has one character more.
            case (.escape, 0x28), (.escape, 0x29):
                state = .sequence
                length = 0
            case (.escape, _): state = .text
            case (.sequence, 0x40...0x7e): state = .text
            case (.sequence, 0x20...0x3f) where length < Self.longest: length += 1
            case (.sequence, _):
                // No sequence after all.
                state = .text
                text.append(byte)
            case (.string, Self.bell), (.stringEscape, 0x5c): state = .text
            case (.string, 0x1b): state = .stringEscape
            case (.string, 0x20...) where length < Self.longestString: length += 1
            case (.string, _), (.stringEscape, _):
                state = .text
                text.append(byte)
            }
        }
        return text
    }

    private static func isControl(_ byte: UInt8) -> Bool {
        byte == 0x1b || byte == 0 || byte == bell || flowControl.contains(byte)
    }
}
