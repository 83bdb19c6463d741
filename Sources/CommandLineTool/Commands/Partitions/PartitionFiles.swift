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

/// A flash as a directory with one file for each part.
enum PartitionFiles {
    /// The file with the table.
    static let tableName = "partitions"

    /// The name of a partition's file: letters, digits and a few signs, with the number in front, so that the order
    /// shows and no name leads out of the directory.
    static func fileName(_ index: Int, partition: Partition) -> String {
        (index < 10 ? "0" : "") + "\(index)-" + plainName(partition.name) + ".bin"
    }

    /// A partition's name in letters, digits and a few signs, no longer than names of files may be.
    static func plainName(_ name: String) -> String {
        String(
            name.unicodeScalars.prefix(200).map { scalar -> Character in
                let isPlain =
                    scalar.isASCII
                    && (Character(scalar).isLetter || Character(scalar).isNumber
                        || "-_.+".unicodeScalars.contains(scalar))
                return isPlain ? Character(scalar) : "_"
            })
    }

    /// Writes one file for each piece of the flash, and the table.
    ///
    /// - Returns: what is still to be put in its place.
    static func split(
        _ file: FileBytes, table: PartitionTable, into directory: String, replacing: Bool
    ) throws -> OutputDirectory {
        // Nothing behind the end of the dump is written.
        let pieces = table.pieces(flashSize: file.count).compactMap { piece -> Partition? in
            let end = min(piece.end ?? file.count, file.count)
            guard piece.offset < end else { return nil }
            return Partition(name: piece.name, offset: piece.offset, size: end - piece.offset)
        }
        let files = try Directory.begin(directory, mayExist: replacing, replacing: replacing)
        for (index, piece) in pieces.enumerated() {
            let result = try files.file(fileName(index, partition: piece))
            try ByteRegion(file: file, range: piece.offset..<piece.offset + (piece.size ?? 0)).withBytes {
                (bytes: RawSpan) throws(FileError) in try result.write(bytes)
            }
        }
        var all = table
        all.partitions = pieces
        try files.file(tableName).write(Array((all.lines.joined(separator: "\n") + "\n").utf8))
        return files
    }

    /// The names in a directory, sorted; nothing of hidden ones.
    static func names(in directory: String) throws -> [String] {
        guard let stream = unsafe opendir(directory) else {
            throw FileError(action: "open", path: directory, errno: Errno(rawValue: errno))
        }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                if errno != 0 { throw FileError(action: "read", path: directory, errno: Errno(rawValue: errno)) }
                return names.sorted()
            }
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
    }
}
