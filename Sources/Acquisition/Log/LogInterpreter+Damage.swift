/// Lines that speak against a dump.
extension LogInterpreter {
    /// A line that is no row: a damaged one, where it begins as the next one would.
    func noteOther(_ line: ArraySlice<UInt8>) {
        if line.count < 40 { fragment = ArraySlice(Array(Self.trimmed(line))) }
        if let row = hexdump.last, let end = hexdump.end, hexdump.isNext(Self.trimmed(line), radix: radix) {
            damagedLines += 1
            if end <= UInt64.max - 256 { picture.damaged.append(end..<end + UInt64(row.digits.count)) }
        }
        // What is left of the prompt of a pager.
        if line.allSatisfy(MemoryRow.isBlank) { return }
        hexdump.addOther()
        if Self.resemblesRow(line), let end = hexdump.end ?? rows.next {
            damagedLines += 1
            unfinished.append((end, "the row behind it, which is damaged"))
        }
    }

    /// Whoever typed Ctrl-C, and a program that could not read on, have ended a dump before its end.
    func noteAbort(_ line: ArraySlice<UInt8>) {
        let said = Self.trimmed(line)
        if LogLoad.isAbort(said) {
            let why = "the rest: it was aborted"
            if case .coded = context { coded.abort(why) }
            if let end = hexdump.end, !hexdump.isFollowed { unfinished.append((end, why)) }
        } else if LogLoad.isReadError(said), unfinished.count < 100 {
            let doubt = "the log says '\(String(decoding: said, as: UTF8.self))'"
            if text.isOpen, text.wasRunning || text.isExpected {
                text.doubt(doubt)
            } else if case .coded = context {
                coded.doubt(doubt)
            } else if hexdump.end != nil {
                if !hexdump.isFollowed { unfinished.append((nil, doubt)) }
            } else if typed?.readsFlash ?? false {
                readErrors.append(doubt)
            }
        }
    }

    /// Of the addresses of rows.
    var radix: Int {
        if case .hexdump(let radix) = context { return radix }
        return 16
    }

    /// Whether the log ends within the address of a row.
    func endsInAddress(_ end: UInt64) -> Bool {
        guard let fragment, !fragment.isEmpty else { return false }
        return [6, 7, 8, 16].contains { width in
            let digits = String(end, radix: radix)
            let text = String(repeating: "0", count: max(0, width - digits.count)) + digits
            return (text + ":").utf8.starts(with: fragment) || ("0x" + text).utf8.starts(with: fragment)
        }
    }
}
