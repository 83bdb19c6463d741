/// One line of a journal or a transcript: a flat JSON object.
///
/// Written and read here because the library does without Foundation; nothing nested is needed.
struct JSONLine: Hashable {
    enum Value: Hashable {
        case string(String)
        case integer(Int64)
        case decimal(Double)
        case boolean(Bool)
        case null
    }

    private(set) var fields: [(key: String, value: Value)] = []

    init() {}

    static func == (a: JSONLine, b: JSONLine) -> Bool { a.text == b.text }
    func hash(into hasher: inout Hasher) { hasher.combine(text) }

    subscript(key: String) -> Value? { fields.last { $0.key == key }?.value }

    mutating func append(_ key: String, value: String?) {
        if let value { fields.append((key, .string(value))) }
    }
    mutating func append(_ key: String, value: some BinaryInteger) {
        fields.append((key, .integer(Int64(clamping: value))))
    }
    /// Rounded to milliseconds.
    mutating func append(_ key: String, seconds: Double) {
        fields.append((key, .decimal((seconds * 1000).rounded() / 1000)))
    }
    mutating func append(_ key: String, value: Bool) { fields.append((key, .boolean(value))) }

    mutating func append(contentsOf other: JSONLine) { fields += other.fields }

    func string(_ key: String) -> String? {
        if case .string(let value) = self[key] { value } else { nil }
    }
    func integer(_ key: String) -> Int64? {
        if case .integer(let value) = self[key] { value } else { nil }
    }

    // MARK: Writing

    /// Without line end.
    var text: String {
        var text = "{"
        for (key, value) in fields {
            if text.utf8.count > 1 { text += "," }
            text += Self.quoted(key) + ":"
            switch value {
            case .string(let string): text += Self.quoted(string)
            case .integer(let number): text += String(number)
            case .decimal(let number): text += String(number)
            case .boolean(let flag): text += flag ? "true" : "false"
            case .null: text += "null"
            }
        }
        return text + "}"
    }

    private static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = [0x22]
        for byte in text.utf8 {
            switch byte {
            case 0x22, 0x5c: bytes += [0x5c, byte]
            case 0x0a: bytes += Array("\\n".utf8)
            case 0x0d: bytes += Array("\\r".utf8)
            case 0..<0x20, 0x7f: bytes += Array("\\u00".utf8) + digits(byte)
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes + [0x22], as: UTF8.self)
    }

    private static func digits(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }

    // MARK: Reading

    /// Nil if the line is cut or no flat object.
    init?(_ text: some StringProtocol) {
        var rest = Array(text.utf8)[...]
        guard Self.take(0x7b, rest: &rest) else { return nil }
        if Self.take(0x7d, rest: &rest) { return }
        while true {
            guard let key = Self.takeString(&rest), Self.take(0x3a, rest: &rest), let value = Self.takeValue(&rest)
            else {
                return nil
            }
            fields.append((key, value))
            if Self.take(0x2c, rest: &rest) { continue }
            guard Self.take(0x7d, rest: &rest) else { return nil }
            Self.skipBlanks(&rest)
            guard rest.isEmpty else { return nil }
            return
        }
    }

    private static func skipBlanks(_ rest: inout ArraySlice<UInt8>) {
        while let byte = rest.first, [0x20, 0x09, 0x0d, 0x0a].contains(byte) { rest.removeFirst() }
    }

    private static func take(_ byte: UInt8, rest: inout ArraySlice<UInt8>) -> Bool {
        skipBlanks(&rest)
        guard rest.first == byte else { return false }
        rest.removeFirst()
        return true
    }

    private static func takeValue(_ rest: inout ArraySlice<UInt8>) -> Value? {
        skipBlanks(&rest)
        if rest.first == 0x22 { return takeString(&rest).map(Value.string) }
        let word = rest.prefix { ![0x2c, 0x7d, 0x20].contains($0) }
        rest = rest.dropFirst(word.count)
        switch String(decoding: word, as: UTF8.self) {
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        case "null": return .null
        case let number: return Int64(number).map(Value.integer) ?? Double(number).map(Value.decimal)
        }
    }

    private static func takeString(_ rest: inout ArraySlice<UInt8>) -> String? {
        guard take(0x22, rest: &rest) else { return nil }
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            if byte == 0x22 { return String(validating: bytes, as: UTF8.self) }
            guard byte == 0x5c else {
                bytes.append(byte)
                continue
            }
            switch rest.popFirst() {
            case 0x6e: bytes.append(0x0a)
            case 0x72: bytes.append(0x0d)
            case 0x74: bytes.append(0x09)
            case 0x75:
                let code = rest.prefix(4)
                rest = rest.dropFirst(4)
                guard code.count == 4, let number = UInt32(String(decoding: code, as: UTF8.self), radix: 16),
                    let scalar = Unicode.Scalar(number)
                else { return nil }
                bytes += Array(String(Character(scalar)).utf8)
            case .some(let byte): bytes.append(byte)
            case nil: return nil
            }
        }
        return nil
    }
}
