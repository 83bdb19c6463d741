internal import FlashBytes

/// The user's own list: `NAME=OFFSET+SIZE`, one a line or separated by commas; `SIZE` may be `-`. `#` begins a comment. A name
/// with other signs stands in quotes.
struct PartitionList: TableParser {
    private var partitions: [Partition] = []
    /// Partitions that cannot be.
    private(set) var problems: [TableProblem] = []
    /// What would be a bad line in a list, and is just a line of any other text.
    private(set) var strangers: [TableProblem] = []

    private static let mostStrangers = 100

    /// One at most.
    var tables: [PartitionTable] {
        if partitions.isEmpty { return [] }
        let numbered = partitions.enumerated().map { index, partition in
            Partition(name: partition.name, offset: partition.offset, size: partition.size, number: index)
        }
        return [PartitionTable(device: "", source: "list", partitions: numbered)]
    }

    mutating func read(_ line: TextLine) {
        var rest = line.bytes
        while !rest.isEmpty, rest.first != UInt8(ascii: "#") {
            let item = Self.item(&rest)
            if item.allSatisfy(\.isBlank) { continue }
            do throws(PartitionTable.Malformed) {
                guard let partition = try Self.partition(item) else {
                    if strangers.count < Self.mostStrangers, item.contains(UInt8(ascii: "=")),
                        item.contains(UInt8(ascii: "+"))
                    {
                        let text = item.prefix(64).trimmed.text
                        strangers.append(TableProblem(line: line.number, reason: "'\(text)' is no NAME=OFFSET+SIZE"))
                    }
                    continue
                }
                partitions.append(partition)
            } catch {
                problems.append(TableProblem(line: line.number, reason: error.description))
            }
        }
    }

    /// Takes the text up to the next comma or comment.
    private static func item(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var isQuoted = false
        var isEscaped = false
        let item = rest.prefix { byte in
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\"), isQuoted {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            }
            return isQuoted || byte != UInt8(ascii: ",") && byte != UInt8(ascii: "#")
        }
        rest = rest[item.endIndex...]
        if rest.first == UInt8(ascii: ",") { rest = rest.dropFirst() }
        return item
    }

    private static func partition(_ item: ArraySlice<UInt8>) throws(PartitionTable.Malformed) -> Partition? {
        guard let equals = item.lastIndex(of: UInt8(ascii: "=")) else { return nil }
        let name = item[..<equals].trimmed
        let place = item[(equals + 1)...].filter { !$0.isBlank }[...]
            .split(separator: UInt8(ascii: "+"), omittingEmptySubsequences: false)
        guard !name.isEmpty, place.count == 2, let offset = try? SizeExpression.bytes(place[0].text) else { return nil }
        var size: UInt64?
        if !place[1].elementsEqual([UInt8(ascii: "-")]) {
            guard let bytes = try? SizeExpression.bytes(place[1].text) else { return nil }
            size = bytes
        }
        return try PartitionTable.partition(read(name: name), offset: offset, size: size)
    }

    /// A name as `written` wrote it, or as a user did.
    private static func read(name: ArraySlice<UInt8>) -> String {
        guard name.count >= 2, name.first == UInt8(ascii: "\""), name.last == UInt8(ascii: "\"") else {
            return name.text
        }
        var bytes: [UInt8] = []
        var isEscaped = false
        for byte in name.dropFirst().dropLast() {
            if byte == UInt8(ascii: "\\"), !isEscaped {
                isEscaped = true
                continue
            }
            bytes.append(isEscaped && byte == UInt8(ascii: "n") ? 0x0a : byte)
            isEscaped = false
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A name for a list: in quotes where its signs would mean something there.
    static func written(_ name: String) -> String {
        let isPlain =
            !name.isEmpty
            && name.utf8.allSatisfy { byte in
                byte.isLetterOrDigit || byte >= 0x80 || "-_.:/@()[]".utf8.contains(byte)
            }
        if isPlain { return name }
        var quoted = "\""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\" + String(scalar)
            case "\n": quoted += "\\n"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
