import FirmwareImage
import FlashBytes
import ImageFile

/// `jffs2 partitions --join DIR [--table T]`: files of partitions become one flash again.
struct PartitionJoin {
    /// A partition with its file.
    private struct Part {
        var partition: Partition
        var path: String
        var bytes: ByteRegion
        var range: Range<Int> { partition.offset..<partition.offset + bytes.count }
    }

    private let directory: String
    private let force: Bool
    private var parts: [Part] = []
    /// The size of the flash, where it is known (bytes).
    private var flashSize: Int?

    /// Finds the files, and checks that each has the size of its partition.
    ///
    /// - Parameters:
    ///   - given: the user's table; nil for the one that `--split` wrote.
    ///   - flashSize: of the flash, if the user said it (bytes).
    ///   - force: whether bytes that no file has may become 0xff, and guesses are taken.
    init(directory: String, given: PartitionTable?, flashSize: Int?, force: Bool) throws {
        self.directory = directory
        self.force = force
        self.flashSize = flashSize ?? given?.flashSize
        let names = try PartitionFiles.names(in: directory)
        if names.contains(PartitionFiles.tableName) {
            parts = try Self.splitParts(directory, given: given)
        } else if var given {
            if let size = self.flashSize { given = given.resolved(flashSize: size) }
            if let doubt = given.doubt, !force { throw Failure("\(doubt); --force takes them") }
            parts = try Self.ownParts(directory, names: names, table: given)
        } else {
            throw Failure(
                "\(directory): there is no file '\(PartitionFiles.tableName)' in it, as --split makes it; give --table to say "
                    + "where its files belong")
        }
    }

    /// The files that `--split` made.
    private static func splitParts(_ directory: String, given: PartitionTable?) throws -> [Part] {
        let path = "\(directory)/\(PartitionFiles.tableName)"
        let reading = try FileBytes(path: path).withBytes { PartitionText.read(PlainText(assuming: $0)) }
        if let problem = reading.problems.first { throw Failure("\(path): \(Printable.text(problem.description))") }
        guard let table = reading.tables.first else { throw Failure("\(path): no partition table in it") }
        if let given, let other = given.partitions.first(where: { !covers(table, partition: $0, given: given) }) {
            throw Failure("\(path): differs from the table that was given: '\(Printable.text(other.name))'")
        }
        return try table.partitions.enumerated().map { index, partition in
            try part(partition, path: "\(directory)/\(PartitionFiles.fileName(index, partition: partition))")
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
    private static func ownParts(_ directory: String, names: [String], table: PartitionTable) throws -> [Part] {
        var parts: [Part] = []
        let files = names.compactMap { PartitionFileName($0) }
        for (index, partition) in (table.partitions + table.bookkeeping).enumerated() where partition.size != 0 {
            let number = index < table.partitions.count ? partition.number ?? index : nil
            let fitting = files.map { ($0, $0.fit(partition.name, number: number)) }.filter { $0.1 > 0 }
            let best = fitting.map(\.1).max() ?? 0
            let candidates = fitting.filter { $0.1 == best }.map(\.0.name)
            guard let first = candidates.first else { continue }
            let found = try part(partition, path: "\(directory)/\(first)")
            for other in candidates.dropFirst() {
                let twin = try part(partition, path: "\(directory)/\(other)")
                guard isEqual(found.bytes, right: twin.bytes) else {
                    throw Failure(
                        "\(found.path) and \(twin.path) both are '\(Printable.text(partition.name))' by their names, and "
                            + "differ; leave one of them")
                }
            }
            parts.append(found)
        }
        guard !parts.isEmpty else {
            throw Failure(
                "\(directory): no file in it is a partition of the table by its name, as mtd0, mtd0.bin, mtdblock0 or "
                    + (table.partitions.first.map { PartitionFiles.plainName($0.name) } ?? "boot") + ".bin")
        }
        return parts
    }

    /// A partition's file, which has to have its size.
    private static func part(_ partition: Partition, path: String) throws -> Part {
        let file = try ImageOpener.read(path, options: InputOptions())
        if let damage = file.damage { throw Failure("\(path): \(damage)") }
        let bytes = ByteRegion(file.bytes)
        guard let size = partition.size else { return Part(partition: partition, path: path, bytes: bytes) }
        guard bytes.count == size else {
            let difference = bytes.count > size ? "\(bytes.count - size) too many" : "\(size - bytes.count) too few"
            throw Failure(
                "\(path): \(bytes.count) bytes, but '\(Printable.text(partition.name))' has \(size): \(difference)"
                    + (bytes.count < size ? "; 'jffs2 pad --to \(hex(size))' fills it up" : ""))
        }
        return Part(partition: partition, path: path, bytes: bytes)
    }

    private static func isEqual(_ left: ByteRegion, right: ByteRegion) -> Bool {
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

    // MARK: - Joining

    /// A run of bytes of the flash, and the file it comes from; nil where no file has it.
    private struct Run {
        var range: Range<Int>
        var part: Int?
    }

    /// The runs in their order; of several files that have a byte, the one of the smallest partition gives it.
    private func runs() -> [Run] {
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
        advance(to: max(flashSize ?? 0, parts.map(\.range.upperBound).max() ?? 0))
        return runs
    }

    /// Writes the flash.
    ///
    /// - Returns: whether all files agree about the bytes that several of them have.
    func write(to output: Destination, quiet: Bool) throws -> Bool {
        let runs = runs()
        if let flashSize, let part = parts.first(where: { $0.range.upperBound > flashSize }) {
            throw Failure(
                "\(part.path): '\(Printable.text(part.partition.name))' ends at \(hex(part.range.upperBound)), but the flash at "
                    + hex(flashSize))
        }
        for run in runs where run.part == nil {
            let place =
                "\(directory): no file has \(hex(run.range.lowerBound))-\(hex(run.range.upperBound)) of the flash"
            guard force else { throw Failure("\(place) (\(run.range.count) bytes); --force makes them 0xff") }
            Console.error("\(place); it becomes 0xff")
        }
        let result = try output.open()
        for run in runs {
            guard let part = run.part else {
                try result.fill(0xff, count: run.range.count)
                continue
            }
            let start = parts[part].range.lowerBound
            let piece = parts[part].bytes.region(run.range.lowerBound - start..<run.range.upperBound - start)
            try piece.withBytes { (bytes: RawSpan) throws(FileError) in try result.write(bytes) }
        }
        let isSound = agree(runs)
        if !quiet, !output.isStandardOutput {
            let size = runs.last?.range.upperBound ?? 0
            let used = Set(runs.compactMap(\.part)).count
            Console.print("\(output.path): \(size) bytes (\(hex(size))) from \(used) file\(used == 1 ? "" : "s")")
        }
        try Console.commit([result])
        return isSound
    }

    /// Whether the files of partitions around others have the same bytes as those.
    private func agree(_ runs: [Run]) -> Bool {
        var isSound = true
        for (index, part) in parts.enumerated() {
            let start = part.range.lowerBound
            // Runs are disjoint and ascending.
            let first = runs.partitionPoint { $0.range.upperBound <= start }
            for run in runs[first...] {
                guard run.range.lowerBound < part.range.upperBound else { break }
                guard let other = run.part, other != index else { continue }
                let common = run.range.clamped(to: part.range)
                let found = Self.difference(
                    part.bytes, from: common.lowerBound - start, right: parts[other].bytes,
                    to: common.lowerBound - parts[other].range.lowerBound, count: common.count)
                guard let found else { continue }
                Console.error(
                    "\(part.path): differs from \(parts[other].path) at \(hex(common.lowerBound + found)); the latter was taken"
                )
                isSound = false
                break
            }
        }
        return isSound
    }
}
