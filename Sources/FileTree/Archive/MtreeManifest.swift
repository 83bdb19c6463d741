/// All metadata of a tree as an mtree manifest: text, one line a name, that BSD's tools and libarchive read.
///
/// What mtree has no keyword for stands in comment lines, each before the entry that it is about:
///
///     #image KEY=VALUE …            where the tree came from
///     #unpacked owner=yes …         what a directory beside the manifest was given
///     #times PATH atime=N ctime=N   where they differ from the modification time
///     #xattr PATH NAME=BASE64       an extended attribute
///     #socket PATH                  the entry is a socket (libarchive knows none, so it is called a FIFO)
///     #unset PATH KEYWORD …         what the host did not take: owner, times, mode=OCTAL (which it has), xattr=NAME
///     #missing PATH                 the directory does not hold this entry
///     #uncompressed PATH            the image stores the file without compression, and so does one made of it
///
/// Paths and names are written as mtree does: printable ASCII as it is, everything else as `\ooo`.
package struct MtreeManifest: Sendable {
    /// What became of a tree in a directory of the host.
    package struct Unpacked: Sendable, Hashable {
        /// Whether owners were set.
        package var setsOwners: Bool
        /// Whether extended attributes were set.
        package var setsExtendedAttributes: Bool
        /// The entries that are not in the directory.
        package var missing: Set<EntryKey>
        /// What the host did not take.
        package var notSet: [InodeID: NotSet]

        /// What an unpacking has set, given one by one.
        package init(
            setsOwners: Bool = false, setsExtendedAttributes: Bool = false, missing: Set<EntryKey> = [],
            notSet: [InodeID: NotSet] = [:]
        ) {
            self.setsOwners = setsOwners
            self.setsExtendedAttributes = setsExtendedAttributes
            self.missing = missing
            self.notSet = notSet
        }

        /// What an unpacking has set, by its report.
        package init(_ report: HostDirectoryWriterReport) {
            self.init(
                setsOwners: report.setsOwners, setsExtendedAttributes: report.setsExtendedAttributes,
                missing: report.missing, notSet: report.notSet)
        }
    }

    /// Names and metadata. In a manifest that was read, contents have their size only and cannot be read.
    package var tree: FileTree
    /// The SHA-256 of contents, as far as known.
    package var digests: [InodeID: [UInt8]]
    /// Where the tree came from, as words without blanks: `sha256`, `endian`, `erasesize`.
    package var source: [String: String]
    /// nil when no directory belongs to the manifest.
    package var unpacked: Unpacked?
    /// What made it; for people.
    package var maker = "jffs2"

    /// A manifest of a tree; see the properties.
    package init(
        tree: FileTree, digests: [InodeID: [UInt8]] = [:], source: [String: String] = [:], unpacked: Unpacked? = nil
    ) {
        self.tree = tree
        self.digests = digests
        self.source = source
        self.unpacked = unpacked
    }
}
