/// The name that a user gave to the dump of a partition: `mtd0`, `mtd0.bin`, `mtdblock3_home.img`, `02-rootfs.bin`, `boot`.
package struct PartitionFileName {
    /// The file with the table, beside those of the partitions.
    package static let table = "partitions"

    /// As it stands in the directory.
    let name: String
    /// The number of the device, if it has one.
    private let number: Int?
    /// What else it says, in lower case; empty if nothing.
    private let title: String

    private static let endings = [
        ".bin", ".img", ".dump", ".dmp", ".raw", ".dd", ".dat", ".jffs2", ".squashfs", ".ro", ".backup",
    ]
    private static let prefixes = ["mtdblock", "mtd", "dump_", "dump-", "backup_", "backup-", "flash_", "part"]

    /// nil for what is no dump.
    init?(_ name: String) {
        self.name = name
        var rest = Substring(name.lowercased())
        if rest == Substring(Self.table) || rest.hasSuffix(".txt") || rest.hasSuffix(".log") {
            return nil
        }
        while let ending = Self.endings.first(where: { rest.hasSuffix($0) && rest.count > $0.count }) {
            rest = rest.dropLast(ending.count)
        }
        while let prefix = Self.prefixes.first(where: { rest.hasPrefix($0) }) { rest = rest.dropFirst(prefix.count) }
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        let behind = rest.dropFirst(digits.count)
        // Digits at the beginning of a name are a number only if something sets them apart.
        if let number = Int(digits),
            behind.isEmpty || behind == "ro" || behind.first.map({ "-_. ".contains($0) }) == true
        {
            self.number = number
            title = behind == "ro" ? "" : String(behind.drop { "-_. ".contains($0) })
        } else {
            number = nil
            // Without its prefix "mtd" a name may be another one: a partition can be called 'mtd'.
            title = String(rest)
        }
    }

    /// How well it fits a partition: 0 not at all.
    ///
    /// - Parameter number: of the partition's device, if that is known.
    func fit(_ partition: String, number: Int?) -> Int {
        let plain = Self.plain(partition).lowercased()
        let isNamedSo = !title.isEmpty && (title == plain || title == partition.lowercased())
        let isNumberedSo = self.number != nil && self.number == number
        if isNamedSo { return isNumberedSo ? 4 : self.number == nil ? 3 : 1 }
        // A number with another name is the user's own word for it.
        if isNumberedSo { return title.isEmpty ? 3 : 2 }
        return name.lowercased() == plain ? 3 : 0
    }

    /// The name of a piece's file: letters, digits and a few signs, with the number in front, so that the order shows and
    /// no name leads out of the directory.
    package static func numbered(_ index: Int, partition: Partition) -> String {
        (index < 10 ? "0" : "") + "\(index)-" + plain(partition.name) + ".bin"
    }

    /// A partition's name in letters, digits and a few signs, no longer than names of files may be.
    static func plain(_ name: String) -> String {
        String(
            name.unicodeScalars.prefix(200).map { scalar -> Character in
                let isPlain =
                    scalar.isASCII
                    && (Character(scalar).isLetter || Character(scalar).isNumber
                        || "-_.+".unicodeScalars.contains(scalar))
                return isPlain ? Character(scalar) : "_"
            })
    }
}
