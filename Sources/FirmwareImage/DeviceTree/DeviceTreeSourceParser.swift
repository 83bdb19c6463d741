/// Partitions in a device tree source (dts), in whole files, in excerpts as forums have them, and as U-Boot's `fdt print`
/// shows them.
///
///     partition@30000 { label = "u-boot-env"; reg = <0x30000 0x10000>; };
struct DeviceTreeSourceParser: TableParser {
    private enum Token {
        case word(String)
        case string(String)
        case cells([PartitionNode.Cell])
        case equals
    }

    /// The open nodes, the innermost one last; the first holds what stands outside.
    private var nodes = [PartitionNode(name: "")]
    /// Open nodes that are too deep to be kept.
    private var tooDeep = 0
    /// What was read since the last `;`, `{` or `}`.
    private var statement: [Token] = []
    /// In `<…>`: what stands there so far.
    private var cells: [UInt8]?
    private var isInComment = false
    private var constants = Self.sizes
    private(set) var tables: [PartitionTable] = []
    private(set) var problems: [TableProblem] = []

    private static let deepest = 64
    /// Longer statements are text that is no source (tokens), and so are longer numbers (bytes).
    private static let longestStatement = 64
    private static let longestCells = 1024

    /// `SZ_64K` and so on, of Linux's `include/linux/sizes.h`.
    private static let sizes: [String: UInt64] = {
        var sizes: [String: UInt64] = [:]
        for shift in 0...9 {
            sizes["SZ_\(1 << shift)"] = 1 << UInt64(shift)
            sizes["SZ_\(1 << shift)K"] = 1 << UInt64(shift + 10)
            sizes["SZ_\(1 << shift)M"] = 1 << UInt64(shift + 20)
        }
        return sizes
    }()

    mutating func finish() {
        while nodes.count > 1 { close() }
        (tables, problems) = nodes[0].tables()
    }

    mutating func read(_ line: TextLine) {
        let bytes = line.bytes
        if !isInComment, cells == nil, bytes.drop(while: \.isBlank).first == UInt8(ascii: "#"), preprocess(bytes) {
            return
        }
        var at = bytes.startIndex
        while at < bytes.endIndex {
            let byte = bytes[at]
            if isInComment {
                guard let end = bytes[at...].firstRange(of: "*/") else { return }
                isInComment = false
                at = end.upperBound
            } else if byte == UInt8(ascii: "/"), bytes[at...].hasPrefix("/*") {
                isInComment = bytes[(at + 2)...].firstRange(of: "*/") == nil
                at = bytes[(at + 2)...].firstRange(of: "*/")?.upperBound ?? bytes.endIndex
            } else if byte == UInt8(ascii: "/"), bytes[at...].hasPrefix("//") {
                return
            } else if cells != nil {
                readCells(byte)
                at += 1
            } else {
                at = readToken(bytes, at: at, line: line.number)
            }
        }
        if cells != nil { cells?.append(0x20) }
    }

    /// Whether the line is the preprocessor's.
    private mutating func preprocess(_ line: ArraySlice<UInt8>) -> Bool {
        let words = line.words
        guard let directive = words.first?.dropFirst() else { return false }
        switch directive.text {
        case "define":
            if words.count == 3, constants.count < 4096, let value = words[2].anyNumber {
                constants[words[1].text] = value
            }
            return true
        case "include", "if", "ifdef", "ifndef", "else", "elif", "endif", "undef", "pragma": return true
        default: return false
        }
    }

    // MARK: - Tokens

    /// Reads the token at `at`, and returns where it ends.
    private mutating func readToken(_ bytes: ArraySlice<UInt8>, at: Int, line: Int) -> Int {
        switch bytes[at] {
        case UInt8(ascii: "{"): open(line)
        case UInt8(ascii: "}"):
            endStatement()
            close()
        case UInt8(ascii: ";"): endStatement()
        case UInt8(ascii: "="): add(.equals)
        case UInt8(ascii: "<"): cells = []
        case UInt8(ascii: "\""):
            let end = bytes[(at + 1)...].firstIndex(of: UInt8(ascii: "\"")) ?? bytes.endIndex
            add(.string(bytes[(at + 1)..<end].prefix(256).text))
            return min(end + 1, bytes.endIndex)
        case let byte where Self.isWord(byte):
            let word = bytes[at...].prefix(while: Self.isWord)
            add(.word(word.prefix(256).text))
            return word.endIndex
        default: break
        }
        return at + 1
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte.isLetterOrDigit || ",._+-@#&/:?".utf8.contains(byte)
    }

    private mutating func add(_ token: Token) {
        if statement.count >= Self.longestStatement { statement.removeAll(keepingCapacity: true) }
        statement.append(token)
    }

    private mutating func readCells(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: ">"):
            add(.cells(CellReader.cells(cells ?? [], constants: constants)))
            cells = nil
        case UInt8(ascii: ";"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "\""):
            // It was no list.
            cells = nil
            statement.removeAll(keepingCapacity: true)
        default:
            if (cells?.count ?? 0) < Self.longestCells { cells?.append(byte) } else { cells = nil }
        }
    }

    // MARK: - Nodes

    private mutating func open(_ line: Int) {
        var name = ""
        if case .word(let word)? = statement.last { name = word }
        statement.removeAll(keepingCapacity: true)
        guard nodes.count < Self.deepest else {
            tooDeep += 1
            return
        }
        nodes.append(PartitionNode(name: name, line: line))
    }

    private mutating func close() {
        statement.removeAll(keepingCapacity: true)
        if tooDeep > 0 {
            tooDeep -= 1
            return
        }
        guard nodes.count > 1, let node = nodes.popLast(), node.matters else { return }
        nodes[nodes.count - 1].children.append(node)
    }

    /// `name = value, value`
    private mutating func endStatement() {
        defer { statement.removeAll(keepingCapacity: true) }
        guard nodes.count > 1, tooDeep == 0,
            let place = statement.firstIndex(where: { if case .equals = $0 { true } else { false } }), place > 0,
            case .word(let name) = statement[place - 1]
        else { return }
        let values = statement[(place + 1)...]
        let strings = values.compactMap { if case .string(let text) = $0 { text } else { nil } }
        let cells = values.flatMap { token -> [PartitionNode.Cell] in
            if case .cells(let cells) = token { cells } else { [] }
        }
        var number: Int?
        if case .number(let value)? = cells.first { number = Int(clamping: value) }
        let last = nodes.count - 1
        switch name {
        case "label": nodes[last].label = strings.first
        case "compatible": nodes[last].compatible = strings
        case "reg": nodes[last].reg = cells
        case "#address-cells": nodes[last].addressCells = number
        case "#size-cells": nodes[last].sizeCells = number
        default: break
        }
    }
}

/// The numbers between `<` and `>`, with arithmetic in brackets.
private struct CellReader {
    private var rest: ArraySlice<UInt8>
    private let constants: [String: UInt64]

    /// Deeper brackets are none.
    private static let deepest = 16

    static func cells(_ text: [UInt8], constants: [String: UInt64]) -> [PartitionNode.Cell] {
        var reader = CellReader(rest: text[...].trimmed, constants: constants)
        var cells: [PartitionNode.Cell] = []
        while !reader.rest.isEmpty, cells.count < 64 {
            let start = reader.rest
            if let value = reader.primary(depth: 0) {
                cells.append(.number(value))
            } else {
                let word = start.prefix { !$0.isBlank }
                reader.rest = start[word.endIndex...]
                cells.append(.unknown(word.prefix(64).text))
            }
            reader.skip()
        }
        return cells
    }

    private mutating func skip() { rest = rest.drop { $0.isBlank || $0 == UInt8(ascii: ",") } }

    /// A number, a constant, or a sum in brackets.
    private mutating func primary(depth: Int) -> UInt64? {
        skip()
        guard depth < Self.deepest, let first = rest.first else { return nil }
        if first == UInt8(ascii: "(") {
            rest = rest.dropFirst()
            guard let value = sum(depth: depth + 1) else { return nil }
            skip()
            guard rest.popFirst() == UInt8(ascii: ")") else { return nil }
            return value
        }
        let word = rest.prefix { $0.isLetterOrDigit || $0 == UInt8(ascii: "_") }
        rest = rest[word.endIndex...]
        if let known = constants[word.text] { return known }
        var digits = word
        while let last = digits.last, "uUlL".utf8.contains(last) { digits = digits.dropLast() }
        return digits.anyNumber
    }

    /// Terms with `+`, `-`, `*`, `/`, `<<` and `|` from the left; brackets give the order, as sources write them.
    private mutating func sum(depth: Int) -> UInt64? {
        guard var value = product(depth: depth) else { return nil }
        while true {
            skip()
            if rest.hasPrefix("<<") {
                rest = rest.dropFirst(2)
                guard let shift = product(depth: depth), shift < 64 else { return nil }
                value <<= shift
                continue
            }
            guard let sign = rest.first, "+-|".utf8.contains(sign) else { return value }
            rest = rest.dropFirst()
            guard let next = product(depth: depth) else { return nil }
            switch sign {
            case UInt8(ascii: "+"): value &+= next
            case UInt8(ascii: "-"): value &-= next
            default: value |= next
            }
        }
    }

    private mutating func product(depth: Int) -> UInt64? {
        guard var value = primary(depth: depth) else { return nil }
        while true {
            skip()
            guard let sign = rest.first, "*/".utf8.contains(sign) else { return value }
            rest = rest.dropFirst()
            guard let next = primary(depth: depth) else { return nil }
            if sign == UInt8(ascii: "*") { value &*= next } else if next > 0 { value /= next } else { return nil }
        }
    }
}
