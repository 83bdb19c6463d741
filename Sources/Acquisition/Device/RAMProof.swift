/// Shows that a place is RAM before anything is filled there: the processor may see flash at it.
struct RAMProof {
    let console: BoardConsole
    let loader: FlashLoader
    let reader: MemoryReader
    /// Whether `bdinfo` says that it is RAM.
    let isSaidToBeRAM: Bool
    /// Offsets in the flash at which something else may stand.
    let offsets: [UInt64]

    /// Whether a range is RAM, at its beginning and at its end.
    func holds(for range: Range<UInt64>) throws(AcquisitionError) -> Bool {
        let step = max(16, loader.device.granularity)
        let last = range.upperBound - min(step, range.upperBound - range.lowerBound)
        for address in Set([range.lowerBound, last & ~15]).sorted() {
            let isRAM = isSaidToBeRAM ? try takesWord(address & ~3) : try takesFlash(address, size: step)
            if !isRAM { return false }
        }
        return true
    }

    /// Writes a word where RAM is said to be, reads it back, and puts back what was there.
    private func takesWord(_ address: UInt64) throws(AcquisitionError) -> Bool {
        guard let before = try word(address) else { return true }
        let other = before ^ 0x5aa5_c33c
        let answer = try put(other, address: address)
        // Without mw nothing is filled either.
        if answer.contains(where: { BoardConsole.isUnknownCommand(Array($0.utf8)) }) { return true }
        let after = try word(address)
        _ = try put(before, address: address)
        return after == other
    }

    private func put(_ word: UInt32, address: UInt64) throws(AcquisitionError) -> [String] {
        try console.lines("mw.l \(MemoryReader.digits(address)) \(MemoryReader.digits(UInt64(word))) 1")
    }

    /// The word as the board's processor has it; nil if it cannot be shown.
    private func word(_ address: UInt64) throws(AcquisitionError) -> UInt32? {
        for _ in 0..<4 {
            var words: [UInt32] = []
            for _ in 0..<2 {
                try console.run("md.l \(MemoryReader.digits(address)) 1") { line in
                    if let row = MemoryRow(line, expected: 4), row.unit == 4, row.address == address {
                        words.append(row.digits.reduce(0) { $0 << 8 | UInt32($1) })
                    }
                    return .more
                }
            }
            if words.count == 2, words[0] == words[1] { return words[0] }
        }
        return nil
    }

    /// Has the flash's own read command put something else there than stood there before: no other command touches a
    /// place that may be flash.
    private func takesFlash(_ address: UInt64, size: UInt64) throws(AcquisitionError) -> Bool {
        let place = address..<address + size
        var shown = Set([try reader.read(place, sum: nil).bytes])
        for offset in offsets {
            try loader.load(offset: offset, size: size, to: address)
            shown.insert(try reader.read(place, sum: nil).bytes)
            if shown.count > 1 { return true }
        }
        return false
    }
}
