/// Dumps that go on in the next log.
extension LogInterpreter {
    /// Whether a line is the next one of the dump with which the log before has stopped.
    func goesOn(with line: ArraySlice<UInt8>) -> Bool {
        let line = LineStamp.end(line).map { line[$0...] } ?? line
        let trimmed = Self.trimmed(line)
        if case .coded = context { return coded.goesOn(with: trimmed) }
        if records.goesOn(with: trimmed) { return true }
        if text.isOpen { return text.goesOn(with: trimmed) }
        if let end = hexdump.end, !hexdump.isFollowed {
            if trimmed.elementsEqual([0x2a]) { return !hexdump.isStarred }
            if let row = HexdumpRow(trimmed, radix: radix) {
                return hexdump.isStarred ? row.address > end : row.address == end
            }
        }
        guard let next = rows.next else { return false }
        var rows = rows
        return rows.row(line)?.address == next
    }

    /// The next log goes on with the dump.
    ///
    /// - Parameter isWithinLine: whether the first log stops in the middle of a line.
    func join(isWithinLine: Bool) {
        if case .coded = context { return coded.join(isWithinLine: isWithinLine) }
        text.join(isWithinLine: isWithinLine)
    }
}
