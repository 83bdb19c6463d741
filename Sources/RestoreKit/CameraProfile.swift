import FirmwareImage
package import FlashBytes

/// How a family of devices takes its images: file names, headers, sizes. Read from a small text file:
///
///     title = Yi cameras with MStar
///     erase-size = 0x10000
///     byte-order = little
///     ids = y203c y28ga
///     note = What to do, a line each.
///
///     [home]
///     file = home_{id}
///     size = 12779520
///     size y501gc = 0x1b20000
///     header = 0001-hi3518-home
///
/// `erase-size` may stand in a part as well, where it has blocks of its own.
package struct CameraProfile: Sendable, Hashable {
    /// One image of the kit.
    package struct Part: Sendable, Hashable {
        /// `home`
        package var name: String
        /// The file that the boot loader looks for; `{id}` stands for the device's model.
        package var file: String
        /// The size of the partition (bytes); nil where models differ.
        package var size: Int?
        /// The sizes of models that have another one (bytes).
        package var sizes: [String: Int] = [:]
        /// Of its partition (bytes); nil for that of the profile.
        package var eraseSize: Int?
        /// The name in the uImage header; nil for no header.
        package var header: String?
    }

    package var name: String
    package var title = ""
    /// In bytes; nil for "as the image has it".
    package var eraseSize: Int?
    package var byteOrder: ByteOrder?
    /// Models that are known to use these names.
    package var ids: [String] = []
    /// What to do with the kit, a line each.
    package var notes: [String] = []
    package var parts: [Part] = []

    /// What is wrong with a profile.
    package struct Malformed: Error, Hashable, CustomStringConvertible {
        package let line: Int
        package let reason: String
        package var description: String { "line \(line): \(reason)" }
    }

    /// Reads a profile; `name` is what users call it.
    package init(name: String, text: String) throws(Malformed) {
        self.name = name
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        for (index, line) in lines.enumerated() {
            let content = line.prefix { $0 != "#" }.trimmed
            if content.isEmpty { continue }
            if content.hasPrefix("["), content.hasSuffix("]") {
                let name = String(content.dropFirst().dropLast())
                guard !parts.contains(where: { $0.name == name }) else {
                    throw Malformed(line: index + 1, reason: "[\(name)] is there twice")
                }
                guard parts.count < Self.mostParts else {
                    throw Malformed(line: index + 1, reason: "more than \(Self.mostParts) parts")
                }
                parts.append(Part(name: name, file: ""))
                continue
            }
            guard let equals = content.firstIndex(of: "=") else {
                throw Malformed(line: index + 1, reason: "'\(content)' is neither 'key = value' nor '[part]'")
            }
            let key = content[..<equals].trimmed
            let value = String(content[content.index(after: equals)...].trimmed)
            do {
                try set(String(key), value: value)
            } catch {
                throw Malformed(line: index + 1, reason: error.description)
            }
        }
        if parts.isEmpty { throw Malformed(line: lines.count, reason: "there is no part, such as [home]") }
        for (index, part) in parts.enumerated() {
            if part.file.isEmpty || part.file.contains("/") {
                throw Malformed(line: lines.count, reason: "[\(part.name)] needs 'file = NAME', without '/'")
            }
            // What cannot be seen in a list, or is the name of something else.
            let isUsual = part.file.unicodeScalars.allSatisfy { !$0.isUnprintable } && !Self.taken.contains(part.file)
            guard isUsual, !parts[..<index].contains(where: { $0.file == part.file }) else {
                throw Malformed(
                    line: lines.count,
                    reason: "[\(part.name)] needs another name for its file than '\(part.file)'")
            }
        }
    }

    /// No device has more partitions.
    private static let mostParts = 64
    private static let taken: Set<String> = [".", "..", "SHA256SUMS", "README.txt"]

    /// What is wrong with a value.
    private struct BadValue: Error, CustomStringConvertible {
        let description: String
    }

    private mutating func set(_ key: String, value: String) throws(BadValue) {
        let last = parts.count - 1
        if last >= 0, key.hasPrefix("size "), let model = key.split(separator: " ").dropFirst().first {
            parts[last].sizes[String(model)] = try Self.size(value)
            return
        }
        switch (key, last >= 0) {
        case ("title", false): title = value
        case ("note", false): notes.append(value)
        case ("ids", false): ids = value.split(separator: " ").map(String.init)
        case ("erase-size", false): eraseSize = try Self.size(value)
        case ("byte-order", false):
            guard let order = ByteOrder(rawValue: value) else {
                throw BadValue(description: "'\(value)' is no byte order; write little or big")
            }
            byteOrder = order
        case ("file", true): parts[last].file = value
        case ("size", true): parts[last].size = try Self.size(value)
        case ("erase-size", true): parts[last].eraseSize = try Self.size(value)
        case ("header", true): parts[last].header = value
        default: throw BadValue(description: "'\(key)' is not known here")
        }
    }

    private static func size(_ text: String) throws(BadValue) -> Int {
        guard let size = try? SizeExpression.bytes(text), size > 0, size <= UInt64(PartitionTable.largestFlash) else {
            throw BadValue(description: "'\(text)' is no size")
        }
        return Int(size)
    }

    /// The file's name for a model.
    package func fileName(_ part: Part, id: String) -> String {
        guard let range = part.file.firstRange(of: "{id}") else { return part.file }
        return part.file.replacingCharacters(in: range, with: id)
    }

    /// The size of a part's partition (bytes); nil where it is not known.
    package func size(_ part: Part, id: String?) -> Int? { id.flatMap { part.sizes[$0] } ?? part.size }

    /// The erase size of a part's partition (bytes); nil where it is not known.
    package func eraseSize(_ part: Part) -> Int? { part.eraseSize ?? eraseSize }

    /// Whether a file's name is that of a part, for any model.
    package func takes(_ name: String) -> Bool {
        parts.contains { part in
            guard let place = part.file.firstIndex(of: "{") else { return name == part.file }
            return name.hasPrefix(part.file[..<place])
        }
    }

    /// Whether a file name needs the model.
    package var needsID: Bool { parts.contains { $0.file.contains("{id}") } }
}

extension String {
    fileprivate func firstRange(of text: String) -> Range<Index>? {
        var at = startIndex
        while at < endIndex {
            if self[at...].hasPrefix(text) { return at..<index(at, offsetBy: text.count) }
            at = index(after: at)
        }
        return nil
    }

    fileprivate func replacingCharacters(in range: Range<Index>, with text: String) -> String {
        String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var rest = self
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest
    }
}
