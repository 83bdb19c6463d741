package import FlashBytes

/// A flash cut into one file for each part, and a file with the table, from which `FlashJoin` makes the same flash again.
package struct FlashCut: Sendable {
    /// What the flash is cut into; nothing of it lies behind the end of the flash.
    private var table: PartitionTable
    private let ranges: [Range<Int>]

    /// - Parameter flashSize: of the flash that is cut (bytes).
    package init(_ table: PartitionTable, flashSize: Int) {
        var ranges: [Range<Int>] = []
        var pieces: [Partition] = []
        for piece in table.pieces(flashSize: flashSize) {
            let end = min(piece.end ?? flashSize, flashSize)
            guard piece.offset < end else { continue }
            ranges.append(piece.offset..<end)
            pieces.append(Partition(name: piece.name, offset: piece.offset, size: end - piece.offset))
        }
        self.ranges = ranges
        self.table = table
        self.table.partitions = pieces
    }

    /// Writes one file for each piece of the flash, and the table.
    ///
    /// - Throws: what goes wrong with a file.
    package func write(_ flash: FileBytes, into directory: OutputDirectory) throws(FileError) {
        for (index, (piece, range)) in zip(table.partitions, ranges).enumerated() {
            let file = try directory.file(PartitionFileName.numbered(index, partition: piece))
            try ByteRegion(file: flash, range: range).withBytes { (bytes: RawSpan) throws(FileError) in
                try file.write(bytes)
            }
        }
        let text = table.lines.joined(separator: "\n") + "\n"
        try directory.file(PartitionFileName.table).write(Array(text.utf8))
    }
}
