package import FlashBytes

/// Files of partitions that become one flash again.
package struct FlashJoin: Sendable {
    /// A partition with its file.
    private struct Part {
        var partition: Partition
        var path: String
        var bytes: ByteRegion
        var range: Range<Int> { partition.offset..<partition.offset + bytes.count }
    }

    /// A run of bytes of the flash, and the file it comes from; nil where no file has it.
    private struct Run {
        var range: Range<Int>
        var part: Int?
    }

    /// Two files that have the same bytes of the flash, and not the same in them.
    package struct Disagreement: Sendable, Hashable {
        package var path: String
        /// The file of the smaller partition, whose bytes are taken.
        package var taken: String
        /// The first byte in which they differ, in the flash.
        package var offset: Int
    }

    private let parts: [Part]
    /// In their order; of several files that have a byte, the one of the smallest partition gives it.
    private let runs: [Run]

    /// The files, and where each begins in the flash.
    package var files: [(path: String, range: Range<Int>)] { parts.map { ($0.path, $0.range) } }

    /// Finds the files of a directory, and checks that each has the size of its partition.
    ///
    /// - Parameters:
    ///   - names: what is in the directory.
    ///   - given: the user's table; nil for the one that `FlashCut` wrote.
    ///   - flashSize: of the flash, if it is known (bytes).
    ///   - takesGuesses: whether a table will do whose offsets are not certain.
    ///   - open: opens a file, and unpacks it where that is to be done.
    /// - Throws: `FlashJoinError`, and what `open` throws.
    package init(
        directory: String, names: [String], given: PartitionTable?, flashSize: Int?, takesGuesses: Bool,
        open: (_ path: String) throws -> FileBytes
    ) throws {
        let size = flashSize ?? given?.flashSize
        if names.contains(PartitionFileName.table) {
            parts = try Self.cutParts(directory, given: given, open: open)
        } else if var given {
            if let size { given = given.resolved(flashSize: size) }
            if let doubt = given.doubt, !takesGuesses { throw FlashJoinError.guess(doubt) }
            parts = try Self.ownParts(directory, names: names, table: given, open: open)
        } else {
            throw FlashJoinError.noTable(directory: directory)
        }
        if let size, let part = parts.first(where: { $0.range.upperBound > size }) {
            throw FlashJoinError.beyondFlash(
                path: part.path, partition: part.partition.name, end: part.range.upperBound, flash: size)
        }
        runs = Self.runs(parts, flashSize: size ?? 0)
    }

    // MARK: Finding the files

    /// The files that `FlashCut` made.
    private static func cutParts(
        _ directory: String, given: PartitionTable?, open: (_ path: String) throws -> FileBytes
    ) throws -> [Part] {
        let path = "\(directory)/\(PartitionFileName.table)"
        let reading = try FileBytes(path: path).withBytes { PartitionText.read(PlainText(assuming: $0)) }
        if let problem = reading.problems.first {
            throw FlashJoinError.unreadableTable(path: path, problem: problem.description)
        }
        guard let table = reading.tables.first else { throw FlashJoinError.emptyTable(path: path) }
        if let given, let other = given.partitions.first(where: { !covers(table, partition: $0, given: given) }) {
            throw FlashJoinError.otherTable(path: path, partition: other.name)
        }
        return try table.partitions.enumerated().map { index, partition in
            try part(
                partition, path: "\(directory)/\(PartitionFileName.numbered(index, partition: partition))", open: open)
        }
    }

    /// Whether the pieces of `table` have the partition; what contains others was left out.
    private static func covers(_ table: PartitionTable, partition: Partition, given: PartitionTable) -> Bool {
        let isWritten = table.partitions.contains {
            $0.name == partition.name && $0.offset == partition.offset
                && (partition.size == nil || $0.size == partition.size)
        }
        if isWritten || partition.size == 0 { return true }
        // Its pieces begin and end where it does.
        return table.partitions.contains { $0.offset == partition.offset }
            && (partition.end == nil || table.partitions.contains { $0.end == partition.end })
            && given.partitions.contains { inner in
                inner != partition && inner.offset >= partition.offset
                    && (inner.end ?? .max) <= partition.end ?? .max
            }
    }

    /// The user's own files.
    private static func ownParts(
        _ directory: String, names: [String], table: PartitionTable, open: (_ path: String) throws -> FileBytes
    ) throws -> [Part] {
        var parts: [Part] = []
        let files = names.compactMap { PartitionFileName($0) }
        for (index, partition) in (table.partitions + table.bookkeeping).enumerated() where partition.size != 0 {
            let number = index < table.partitions.count ? partition.number ?? index : nil
            let fitting = files.map { ($0, $0.fit(partition.name, number: number)) }.filter { $0.1 > 0 }
            let best = fitting.map(\.1).max() ?? 0
            let candidates = fitting.filter { $0.1 == best }.map(\.0.name)
            guard let first = candidates.first else { continue }
            let found = try part(partition, path: "\(directory)/\(first)", open: open)
            for other in candidates.dropFirst() {
                let second = try part(partition, path: "\(directory)/\(other)", open: open)
                guard isEqual(found.bytes, to: second.bytes) else {
                    throw FlashJoinError.ambiguous(path: found.path, other: second.path, partition: partition.name)
                }
            }
            parts.append(found)
        }
        guard !parts.isEmpty else {
            throw FlashJoinError.noFile(directory: directory, example: table.partitions.first?.name)
        }
        return parts
    }

    /// A partition's file, which has to have its size.
    private static func part(
        _ partition: Partition, path: String, open: (_ path: String) throws -> FileBytes
    ) throws -> Part {
        let bytes = ByteRegion(try open(path))
        if let size = partition.size, bytes.count != size {
            throw FlashJoinError.wrongSize(path: path, partition: partition.name, found: bytes.count, wanted: size)
        }
        return Part(partition: partition, path: path, bytes: bytes)
    }

    private static func isEqual(_ left: ByteRegion, to right: ByteRegion) -> Bool {
        guard left.count == right.count else { return false }
        return difference(left, from: 0, right: right, to: 0, count: left.count) == nil
    }

    /// The first byte in which two regions differ (bytes from the given places).
    private static func difference(
        _ left: ByteRegion, from: Int, right: ByteRegion, to: Int, count: Int
    ) -> Int? {
        left.withBytes { left in
            right.withBytes { right in
                (0..<count).first { index in
                    (try? left.uint8(at: from + index)) != (try? right.uint8(at: to + index))
                }
            }
        }
    }

    // MARK: Joining

    private static func runs(_ parts: [Part], flashSize: Int) -> [Run] {
        var runs: [Run] = []
        var around: [Int] = []
        var at = 0
        func advance(to end: Int) {
            while at < end {
                while let last = around.last, parts[last].range.upperBound <= at { around.removeLast() }
                let stop = around.last.map { min(end, parts[$0].range.upperBound) } ?? end
                runs.append(Run(range: at..<stop, part: around.last))
                at = stop
            }
        }
        let order = parts.indices.filter { parts[$0].bytes.count > 0 }
            .sorted {
                (parts[$0].range.lowerBound, -parts[$0].bytes.count) < (
                    parts[$1].range.lowerBound, -parts[$1].bytes.count
                )
            }
        for index in order {
            advance(to: parts[index].range.lowerBound)
            around.append(index)
        }
        advance(to: max(flashSize, parts.map(\.range.upperBound).max() ?? 0))
        return runs
    }

    /// The size of the flash (bytes).
    package var size: Int { runs.last?.range.upperBound ?? 0 }

    /// How many files bytes of the flash come from.
    package var fileCount: Int { Set(runs.compactMap(\.part)).count }

    /// What of the flash no file has; it is written as 0xFF.
    package var gaps: [Range<Int>] { runs.filter { $0.part == nil }.map(\.range) }

    /// Writes the flash.
    package func write(to file: OutputFile) throws(FileError) {
        for run in runs {
            guard let part = run.part else {
                try file.fill(0xff, count: run.range.count)
                continue
            }
            let start = parts[part].range.lowerBound
            let piece = parts[part].bytes.region(run.range.lowerBound - start..<run.range.upperBound - start)
            try piece.withBytes { (bytes: RawSpan) throws(FileError) in try file.write(bytes) }
        }
    }

    /// The files of partitions around others that have not the same bytes as those.
    package func disagreements() -> [Disagreement] {
        var found: [Disagreement] = []
        for (index, part) in parts.enumerated() {
            let start = part.range.lowerBound
            // Runs are disjoint and ascending.
            let first = runs.partitionPoint { $0.range.upperBound <= start }
            for run in runs[first...] {
                guard run.range.lowerBound < part.range.upperBound else { break }
                guard let other = run.part, other != index else { continue }
                let common = run.range.clamped(to: part.range)
                let difference = Self.difference(
                    part.bytes, from: common.lowerBound - start, right: parts[other].bytes,
                    to: common.lowerBound - parts[other].range.lowerBound, count: common.count)
                guard let difference else { continue }
                found.append(
                    Disagreement(path: part.path, taken: parts[other].path, offset: common.lowerBound + difference))
                break
            }
        }
        return found
    }
}
