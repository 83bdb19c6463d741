import FirmwareImage
import FlashBytes
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A flash as a folder with one file for each partition.
enum PartitionFiles {
    /// The file with the table.
    static let tableName = "partitions"

    /// The name of a partition's file: letters, digits and a few signs, with the number in front, so that the order
    /// shows and no name leads out of the folder.
    static func fileName(_ index: Int, _ partition: Partition) -> String {
        let safe = partition.name.unicodeScalars.map { scalar -> Character in
            let isPlain =
                scalar.isASCII
                && (Character(scalar).isLetter || Character(scalar).isNumber || "-_.+".unicodeScalars.contains(scalar))
            return isPlain ? Character(scalar) : "_"
        }
        return (index < 10 ? "0" : "") + "\(index)-" + String(safe) + ".bin"
    }

    /// Writes one file for each partition and for each gap, and the table.
    ///
    /// - Returns: what is still to be put in its place.
    static func split(
        _ file: FileBytes, _ table: PartitionTable, into folder: String, replacing: Bool
    ) throws -> OutputDirectory {
        let whole = table.filled(flashSize: file.count)
        let files = try Folder.begin(folder, mayExist: replacing, replacing: replacing)
        for (index, partition) in whole.enumerated() {
            let end = min(partition.end ?? file.count, file.count)
            let result = try files.file(fileName(index, partition))
            try ByteRegion(file, min(partition.offset, end)..<end).withBytes { (bytes: RawSpan) throws(FileError) in
                try result.write(bytes)
            }
        }
        var all = table
        all.partitions = whole
        try files.file(tableName).write(Array((all.lines.joined(separator: "\n") + "\n").utf8))
        return files
    }

    /// Puts the files together, each at its place and of its size.
    static func join(_ folder: String, _ output: Destination, table given: PartitionTable?, quiet: Bool) throws {
        let path = "\(folder)/\(tableName)"
        let list = try FileBytes(path: path).withBytes { (try? $0.bytes(in: 0..<$0.byteCount)) ?? [] }
        let tables: [PartitionTable]
        do {
            tables = try PartitionText.tables(in: String(decoding: list, as: UTF8.self))
        } catch {
            throw Failure("\(path): \(error)")
        }
        guard let table = tables.first else { throw Failure("\(path): no partition table in it") }
        for fault in table.faults(flashSize: nil) { throw Failure("\(path): \(fault)") }
        if let given, given.partitions.contains(where: { !covers(table, $0) }) {
            throw Failure("\(path): differs from the table that was given")
        }
        var parts: [ByteRegion] = []
        for (index, partition) in table.partitions.enumerated() {
            let name = "\(folder)/\(fileName(index, partition))"
            let part = ByteRegion(try FileBytes(path: name))
            guard let size = partition.size else { throw Failure("\(path): '\(partition.name)' has no size") }
            guard part.count == size else {
                let difference = part.count > size ? "\(part.count - size) too many" : "\(size - part.count) too few"
                throw Failure(
                    "\(name): \(part.count) bytes, but '\(partition.name)' has \(size): \(difference)"
                        + (part.count < size ? "; 'jffs2 pad --to \(hex(size))' fills it up" : ""))
            }
            parts.append(part)
        }
        let result = try output.open()
        for part in parts { try part.withBytes { (bytes: RawSpan) throws(FileError) in try result.write(bytes) } }
        if !quiet, !output.isStandardOutput {
            let size = parts.reduce(0) { $0 + $1.count }
            Console.print("\(output.path): \(size) bytes (\(hex(size))) from \(parts.count) files")
        }
        try Console.commit([result])
    }

    private static func covers(_ table: PartitionTable, _ partition: Partition) -> Bool {
        table.partitions.contains {
            $0.name == partition.name && $0.offset == partition.offset
                && (partition.size == nil || $0.size == partition.size)
        }
    }
}
