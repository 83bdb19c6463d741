/// The text with which a console asks for a command; in some it counts, or has the time in it.
struct Prompt: Hashable {
    let text: [UInt8]
    private let form: [UInt8]

    init(_ text: [UInt8] = []) {
        self.text = text
        form = Self.withoutNumbers(text[...])
    }

    var isEmpty: Bool { text.isEmpty }

    /// Whether these bytes are the prompt, with whatever numbers, and nothing else.
    func matches(_ bytes: ArraySlice<UInt8>) -> Bool {
        !isEmpty && bytes.count <= text.count + 16 && Self.withoutNumbers(bytes) == form
    }

    /// The text with each number as one `0`.
    static func withoutNumbers(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        for byte in bytes {
            let isDigit = (0x30...0x39).contains(byte)
            if isDigit, text.last == 0x30 { continue }
            text.append(isDigit ? 0x30 : byte)
        }
        return text
    }
}
