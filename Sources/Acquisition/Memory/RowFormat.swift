/// What one `md` command of one board prints, learnt from its first rows; then every row must be exactly like that.
struct RowFormat: Hashable {
    /// `md.l`
    var command: String
    /// Bytes in a group.
    var unit: Int
    /// Bytes in a full row.
    var rowSize: Int
    /// Blanks before the text of a full row; nil without text.
    var gap: Int?
    /// Bytes of a full row on the line, CR LF included.
    var lineLength: Int

    /// The format of rows that follow each other; nil if they have none in common.
    init?(command: String, rows lines: [[UInt8]]) {
        guard lines.count >= 2, let first = MemoryRow(lines[0]), let second = MemoryRow(lines[1]),
            second.address > first.address, second.address - first.address <= 256
        else { return nil }
        let size = Int(second.address - first.address)
        guard size % first.unit == 0 else { return nil }
        self.command = command
        unit = first.unit
        rowSize = size
        lineLength = lines[0].count + 2
        var address = first.address
        gap = MemoryRow(lines[0], expected: size).flatMap { $0.text == nil ? nil : $0.gap }
        for line in lines {
            guard let row = MemoryRow(line, expected: size), row.address == address, row.unit == unit,
                row.text == nil ? gap == nil : gap == row.gap
            else { return nil }
            address += UInt64(size)
        }
    }

    /// A row of this format.
    ///
    /// - Parameter count: how many bytes a row at this place has; the last row of a command may be short, and is
    ///   filled with blanks up to the text.
    func row(_ line: [UInt8], count: (UInt64) -> Int?) -> MemoryRow? {
        guard let colon = line.prefix(17).firstIndex(of: 0x3a), let address = Self.number(line[..<colon]),
            let expected = count(address),
            let row = MemoryRow(line, expected: expected), row.unit == unit
        else { return nil }
        guard let gap else { return row.text == nil ? row : nil }
        let missing = (rowSize - expected) / unit * (unit * 2 + 1)
        return row.gap == gap + missing ? row : nil
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
        UInt64(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
