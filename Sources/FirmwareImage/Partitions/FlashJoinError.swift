internal import FlashBytes

/// Why the files of partitions do not become a flash.
package enum FlashJoinError: Error, Hashable, CustomStringConvertible {
    /// Where the partitions lie is a guess; a sentence without full stop.
    case guess(String)
    /// No table was given, and none is in the directory.
    case noTable(directory: String)
    /// The table in the directory cannot be read; what is wrong in it.
    case unreadableTable(path: String, problem: String)
    /// There is no table in the file.
    case emptyTable(path: String)
    /// The table in the directory lacks a partition of the one that was given.
    case otherTable(path: String, partition: String)
    /// By their names both files are the partition, and they differ.
    case ambiguous(path: String, other: String, partition: String)
    /// No file is a partition by its name; the name of a partition.
    case noFile(directory: String, example: String?)
    /// A file has not the size of its partition (bytes).
    case wrongSize(path: String, partition: String, found: Int, wanted: Int)
    /// A partition ends behind the end of the flash (bytes).
    case beyondFlash(path: String, partition: String, end: Int, flash: Int)

    package var description: String {
        switch self {
        case .guess(let doubt): doubt
        case .noTable(let directory): "\(directory): there is no file '\(PartitionFileName.table)' in it"
        case .unreadableTable(let path, let problem): "\(path): \(Printable.text(problem))"
        case .emptyTable(let path): "\(path): no partition table in it"
        case .otherTable(let path, let partition):
            "\(path): differs from the table that was given: '\(Printable.text(partition))'"
        case .ambiguous(let path, let other, let partition):
            "\(path) and \(other) both are '\(Printable.text(partition))' by their names, and differ; leave one of them"
        case .noFile(let directory, let example):
            "\(directory): no file in it is a partition of the table by its name, as mtd0, mtd0.bin, mtdblock0 or "
                + (example.map { PartitionFileName.plain($0) } ?? "boot") + ".bin"
        case .wrongSize(let path, let partition, let found, let wanted):
            "\(path): \(found) bytes, but '\(Printable.text(partition))' has \(wanted): "
                + (found > wanted ? "\(found - wanted) too many" : "\(wanted - found) too few")
        case .beyondFlash(let path, let partition, let end, let flash):
            "\(path): '\(Printable.text(partition))' ends at \(hex(end)), but the flash at \(hex(flash))"
        }
    }
}
