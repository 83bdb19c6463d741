import FirmwareImage
import FlashBytes
import ImageFile

/// What lies in the partitions of a dump, in a few words each.
enum PartitionDescriptions {
    /// Each byte of the dump is looked at so many times at most: partitions of a bad table may overlap without end.
    private static let mostLooks = 4
    /// How many names are told of what a partition contains.
    private static let mostNames = 6

    /// A description for each partition, in their order; nil where nothing was looked at.
    static func all(_ file: FileBytes, table: PartitionTable) -> [String?] {
        let contents = table.contents(flashSize: file.count)
        var budget = file.count * mostLooks
        return table.partitions.enumerated().map { index, partition in
            if let inside = contents[index] {
                let names = inside.prefix(mostNames).map { "'\(table.partitions[$0].name)'" }
                let more = inside.count - names.count
                return "contains " + names.joined(separator: ", ") + (more > 0 ? " and \(more) more" : "")
            }
            guard table.doubt == nil, let end = partition.end else { return nil }
            let range = (partition.offset..<max(partition.offset, end)).clamped(to: 0..<file.count)
            guard range.count <= budget else { return nil }
            budget -= range.count
            return PartitionContents.describe(file, part: range)
        }
    }
}
