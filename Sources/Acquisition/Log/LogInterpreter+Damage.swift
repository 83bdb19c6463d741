internal import FlashBytes

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
        page?.isFollowed = true
        if Self.resemblesRow(line), case .nandPage(let at, _) = context {
            damagedLines += 1
            unfinished.append(.said("a row of the page at \(hex(page?.start ?? at)) is damaged"))
        } else if Self.resemblesRow(line), let end = hexdump.end ?? rows.next {
            damagedLines += 1
            unfinished.append(.stops(at: end, without: "the row behind it, which is damaged"))
        }
    }

    /// Whoever typed Ctrl-C, and a program that could not read on, have ended a dump before its end.
    func noteAbort(_ line: ArraySlice<UInt8>) {
        let said = Self.trimmed(line)
        if LogLoad.isAbort(said) {
            if LogLoad.isRestart(said) { mayChange(String(decoding: said, as: UTF8.self)) }
            let why = "the rest: it was aborted"
            if case .coded = context { coded.abort(why) }
            if let end = hexdump.end, !hexdump.isFollowed { unfinished.append(.stops(at: end, without: why)) }
        } else if LogLoad.isReadError(said), unfinished.count < 100 {
            let doubt = "the log says '\(String(decoding: said, as: UTF8.self))'"
            if text.isOpen, text.wasRunning || text.isExpected {
                text.doubt(doubt)
            } else if case .coded = context {
                coded.doubt(doubt)
            } else if hexdump.end != nil {
                if !hexdump.isFollowed { unfinished.append(.said(doubt)) }
            } else if typed?.readsFlash ?? false {
                readErrors.append(doubt)
            }
        }
    }

    /// Whether the text of a row of words tells another order than those of all others do: it is damaged.
    func isOtherOrder(_ row: MemoryRow) -> Bool {
        guard row.unit > 1, row.hasText, !row.isSymmetric, row.agrees(reversed: true) != row.agrees(reversed: false),
            let votes = picture.command == nil ? reversed[row.unit] : picture.reversed[row.unit]
        else { return false }
        return row.agrees(reversed: true) ? votes <= -8 : votes >= 8
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
