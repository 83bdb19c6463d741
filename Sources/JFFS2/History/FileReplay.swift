/// The content of a file as it was after each write, played back from its nodes, dead ones too, in the order of their
/// versions.
package struct FileReplay {
    /// The content now; zeros where nothing is known of it.
    package private(set) var file: [UInt8]
    /// Up to where the file is known from its nodes, in pieces of 4 bytes (Linux begins writes at such).
    private var known: [Bool] = []
    private var canGoOn = true
    private var total = 0
    /// Where the bytes end that were written since the file was cut.
    private var writtenEnd = 0

    /// The largest file that is played back (bytes).
    package static let largest = 32 << 20

    /// - Parameter ground: what stands in the file before the first write: of one that is there still, its content now, since
    ///   where the garbage collector took the older nodes, most of what was there stayed.
    package init(on ground: [UInt8]) {
        file = ground
        total = ground.count
        known = [Bool](repeating: true, count: (ground.count + 3) / 4)
    }

    /// Whether there is anything around a byte.
    package func isKnown(at offset: Int) -> Bool { offset / 4 < known.count && known[offset / 4] }

    /// Writes a node's data into the file.
    ///
    /// - Parameter isize: the size of the file after it (bytes).
    /// - Returns: what was written; nil once the file is not played back any more, since it grew too large.
    package mutating func write(_ data: [UInt8], at start: Int, isize: Int) -> Range<Int>? {
        total += data.count
        let end = start + data.count
        // Sparse files are not filled up: what no node covers was never there.
        guard canGoOn, end <= min(Self.largest, 64 * total + (1 << 20)) else {
            canGoOn = false
            return nil
        }
        if file.count < end { file.append(contentsOf: repeatElement(0, count: end - file.count)) }
        file.replaceSubrange(start..<end, with: data)
        if known.count < (end + 3) / 4 {
            known.append(contentsOf: repeatElement(false, count: (end + 3) / 4 - known.count))
        }
        for piece in start / 4..<(end + 3) / 4 { known[piece] = true }
        writtenEnd = max(writtenEnd, end)
        // Each byte that was written is cut off once at most: linear in the nodes.
        if isize < writtenEnd {
            file.replaceSubrange(isize..<writtenEnd, with: repeatElement(0, count: writtenEnd - isize))
            writtenEnd = isize
        }
        return start..<end
    }
}
