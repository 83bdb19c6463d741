/// What one display command of one board prints, learnt from its first rows; then every row must be exactly like that.
struct RowFormat: Hashable {
    var command: DisplayCommand
    /// Bytes in a group.
    var unit: Int
    /// Bytes in a full row.
    var rowSize: Int
    /// Whether each row has the bytes as text too.
    var hasText: Bool
    /// Bytes of a full row on the line, CR LF included.
    var lineLength: Int

    /// The format of rows that follow each other; nil if they have none in common.
    init?(command: DisplayCommand, rows lines: [[UInt8]]) {
        guard lines.count >= 2, let first = MemoryRow(lines[0]), let second = MemoryRow(lines[1]),
            second.address > first.address, second.address - first.address <= 256
        else { return nil }
        let size = Int(second.address - first.address)
        guard size % first.unit == 0, let whole = MemoryRow(lines[0], expected: size) else { return nil }
        self.command = command
        unit = first.unit
        rowSize = size
        lineLength = lines[0].count + 2
        // Where all is blanks, another row tells whether that is a text.
        let rows = lines.compactMap { MemoryRow($0, expected: size) }
        hasText = (rows.first { !$0.isTextBlank } ?? whole).hasText
        var address = first.address
        for line in lines {
            guard let row = MemoryRow(line, expected: size), row.address == address, row.unit == unit,
                row.hasText == hasText || row.isTextBlank
            else { return nil }
            address += UInt64(size)
        }
    }

    /// A row of this format.
    ///
    /// - Parameter count: how many bytes a row at this place has; the last row of a command may be short.
    func row(_ line: [UInt8], count: (UInt64) -> Int?) -> MemoryRow? {
        guard let (address, _) = MemoryRow.address(line[...]), let expected = count(address),
            let row = MemoryRow(line, expected: expected), row.unit == unit, row.hasText == hasText || row.isTextBlank
        else { return nil }
        return row
    }
}
