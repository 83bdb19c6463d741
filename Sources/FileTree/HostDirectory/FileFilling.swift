internal import FlashBytes
internal import SystemPackage

/// The work of one regular file, done apart from the walk through the tree: content, then metadata.
struct FileFilling: Sendable {
    /// Its place among all files that are filled.
    let number: Int
    let inode: InodeID
    let path: FilePathBytes
    let file: OpenFile
    let contents: any FileContents
    let metadata: Metadata
    /// What the file was created with, if that is known.
    let created: CreatedMetadata?
    let configuration: HostDirectoryWriter.Configuration

    struct Outcome: Sendable {
        let filling: FileFilling
        var findings: [DirectoryFinding.Problem] = []
        var notSet = NotSet()
        var digest: [UInt8]?
        var contentBytes: UInt64 = 0
        /// The host cannot go on: disk full, say.
        var failure: Errno?
    }

    /// Holes count for the digest with each byte, so beyond this many of them the digest is left out: a hostile image
    /// declares 4 GiB in 68 bytes.
    private static let holeLimit: UInt64 = 64 << 20
    private static let pieceSize = 256 << 10

    func run() -> Outcome {
        var outcome = Outcome(filling: self)
        do throws(Errno) {
            try write(&outcome)
            try MetadataSetter(configuration: configuration).set(
                metadata, on: file.descriptor, created: created, notSet: &outcome.notSet, into: &outcome.findings)
            try file.finish()
        } catch {
            outcome.failure = error
        }
        return outcome
    }

    private func write(_ outcome: inout Outcome) throws(Errno) {
        let size = contents.size
        var end: UInt64 = 0
        var digest: SHA256?
        var damage: [ContentDamage] = []
        do {
            let reader = try contents.makeReader()
            let ranges = try reader.dataRanges()
            let data = ranges.reduce(0 as UInt64) { $0 &+ UInt64($1.count) }
            if configuration.computesDigests, size &- data <= Self.holeLimit { digest = SHA256() }
            let buffer = PieceBuffer(capacity: Int(min(UInt64(Self.pieceSize), max(size, 1))))
            var position: UInt64 = 0
            for range in ranges {
                buffer.digestZeros(range.lowerBound &- position, into: digest)
                position = range.lowerBound
                while position < range.upperBound {
                    if Termination.isRequested, !configuration.replacesExisting { throw Errno.interrupted }
                    let count = Int(min(UInt64(buffer.capacity), range.upperBound - position))
                    damage += try buffer.fill(from: reader, at: position, count: count)
                    try buffer.write(count, to: file, at: position)
                    buffer.digest(count, into: digest)
                    position += UInt64(count)
                    end = position
                    outcome.contentBytes += UInt64(count)
                }
            }
            buffer.digestZeros(size &- position, into: digest)
        } catch let error as ContentsError {
            outcome.findings.append(.unreadable(error))
            digest = nil
        } catch {
            throw error as? Errno ?? .ioError
        }
        if end != size { try file.setSize(size) }
        if !damage.isEmpty { outcome.findings.append(.damaged(damage)) }
        outcome.digest = digest?.finish()
    }
}
