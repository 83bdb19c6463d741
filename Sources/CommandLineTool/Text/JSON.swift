#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import FlashBytes

/// Prints one JSON object, keys sorted, so that the output of two runs can be compared.
enum JSON {
    static func print(_ value: some Encodable) throws { StandardStreams.write(try bytes(value)) }

    /// Prints an object with one key, whose value is a list, one element after the other: the same as `print` of all.
    static func print(_ key: String, list elements: some Sequence<some Encodable>) throws {
        var list = List(key)
        for element in elements { try list.add(element) }
        list.finish()
    }

    /// An object that begins with a list, each element of which is printed when it is known.
    struct List {
        private let key: String
        private var isFirst = true

        init(_ key: String) { self.key = key }

        /// Prints an element.
        mutating func add(_ element: some Encodable) throws {
            StandardStreams.write(Array((isFirst ? "{\n  \"\(key)\" : [\n" : ",\n").utf8))
            isFirst = false
            // No string has a line's end in it.
            let lines = try JSON.bytes(element).dropLast().split(separator: 0x0a)
            StandardStreams.write(Array(lines.map { Array("    ".utf8) + $0 }.joined(separator: [0x0a])))
        }

        /// Prints the other keys, which come behind in the alphabet.
        func finish(_ rest: some Encodable) throws {
            end()
            StandardStreams.write(Array(",".utf8) + (try JSON.bytes(rest)).dropFirst())
        }

        /// Ends an object that has no other key.
        func finish() {
            end()
            StandardStreams.write(Array("\n}\n".utf8))
        }

        private func end() {
            StandardStreams.write(Array((isFirst ? "{\n  \"\(key)\" : [\n\n  ]" : "\n  ]").utf8))
        }
    }

    /// The text of `print`.
    static func bytes(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return escaped(Array(try encoder.encode(value))) + [0x0a]
    }

    /// The value in one line, with the end of a line behind it.
    static func line(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return escaped(Array(try encoder.encode(value))) + [0x0a]
    }

    /// The value in one line that can stand in a `<script>` of a page: nothing in it ends that, or begins a comment.
    static func embedded(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let bytes = escaped(Array(try encoder.encode(value)))
        var embedded: [UInt8] = []
        embedded.reserveCapacity(bytes.count)
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "<"): embedded += Array("\\u003c".utf8)
            case UInt8(ascii: ">"): embedded += Array("\\u003e".utf8)
            case UInt8(ascii: "&"): embedded += Array("\\u0026".utf8)
            default: embedded.append(byte)
            }
        }
        return embedded
    }

    /// The same value, without characters that do something to a terminal: as JSON, they may stand escaped.
    private static func escaped(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.contains(where: { $0 >= 0x7f }) else { return bytes }
        var text = ""
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            if scalar.isUnprintable, scalar != "\n" {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return Array(text.utf8)
    }

    /// The text without white space around what it says: the same for two texts with the same keys and values in the same order.
    static func compact(_ bytes: [UInt8]) -> [UInt8] {
        var isInString = false
        var isEscaped = false
        return bytes.filter { byte in
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == 0x5c {
                    isEscaped = true
                } else if byte == 0x22 {
                    isInString = false
                }
                return true
            }
            isInString = byte == 0x22
            return byte > 0x20
        }
    }

    /// Reads what `bytes` wrote; nil for anything else.
    static func value<Value: Decodable>(_: Value.Type, _ bytes: [UInt8]) -> Value? {
        try? JSONDecoder().decode(Value.self, from: Data(bytes))
    }
}
