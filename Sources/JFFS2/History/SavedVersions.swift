import FileTree
import FlashBytes

/// Finds the versions of a file after which something of its content was overwritten or cut off: with the last one, all that
/// was ever in the file is in these.
///
/// What was written in one go is one version: until a byte is written again that was written since, or there is a pause. What
/// only grew is in the last one.
struct SavedVersions {
    /// What the file holds.
    private var content: [UInt8] = []
    /// In which go each piece of 4 bytes was written; 0 for never.
    private var writings: [UInt32] = []
    private var writing: UInt32 = 1
    /// Whether the content is still followed: of a very large one, or a sparse one, only times and sizes are looked at.
    private var isFollowed = true
    private var total = 0

    /// The largest file of which the bytes are compared.
    private static let largest = 32 << 20
    /// Writes that are further apart are not one (seconds).
    private static let pause: UInt32 = 2

    /// The numbers of the versions, ascending, the last one of the file among them.
    static func versions(
        of file: FileHistory, in history: FlashHistory, image: RawSpan, by decompressor: Decompressor
    ) -> [UInt32] {
        var state = SavedVersions()
        var saved: [UInt32] = []
        var previous: (version: UInt32, raw: RawInode)?
        for version in file.versions {
            let raw = history.raw(of: version)
            guard raw.mode & 0o170000 == 0o100000 else {
                previous = (version.version, raw)
                continue
            }
            let entry = history.log.entries[version.entry]
            let data = state.isFollowed ? entry.data(in: image, by: decompressor, most: NodeData.largest)?.good : nil
            if state.write(raw, data: data, after: previous?.raw), let previous, previous.raw.isize > 0 {
                saved.append(previous.version)
            }
            previous = (version.version, raw)
        }
        if let previous { saved.append(previous.version) }
        return saved
    }

    /// Writes a version; says whether something of the content before is lost by it.
    private mutating func write(_ raw: RawInode, data: [UInt8]?, after previous: RawInode?) -> Bool {
        let isCut = previous.map { raw.isize < $0.isize } ?? false
        let isLater = previous.map { raw.mtime > $0.mtime &+ Self.pause || raw.mtime < $0.mtime } ?? false
        var isLost = isCut
        let count = Int(raw.coveredSize)
        if count > 0 {
            let change = overwrite(at: Int(raw.offset), with: data ?? [], count: count)
            isLost = isLost || change.isAgain || change.isDifferent && isLater
        }
        if isLost { writing += 1 }
        if isCut { cut(Int(raw.isize)) }
        if count > 0 { mark(Int(raw.offset), count: count) }
        return isLost
    }

    /// - Returns: whether any byte is another one than before, and whether any such was written in this go.
    private mutating func overwrite(
        at start: Int, with data: [UInt8], count: Int
    ) -> (isDifferent: Bool, isAgain: Bool) {
        total += data.count
        let end = start + max(data.count, min(count, max(0, content.count - start)))
        guard isFollowed, end <= min(Self.largest, 64 * total + (1 << 20)) else {
            isFollowed = false
            (content, writings) = ([], [])
            return (true, false)
        }
        // What lies behind was not there before, though the piece may be.
        let old = content.count
        if content.count < end { content.append(contentsOf: repeatElement(0, count: end - content.count)) }
        if writings.count < (end + 3) / 4 {
            writings.append(contentsOf: repeatElement(0, count: (end + 3) / 4 - writings.count))
        }
        var (isDifferent, isAgain) = (false, false)
        for place in start..<max(start, end) {
            let byte = place - start < data.count ? data[place - start] : 0
            if content[place] != byte {
                let last = place < old ? writings[place / 4] : 0
                isDifferent = isDifferent || last != 0
                isAgain = isAgain || last == writing
                content[place] = byte
            }
        }
        return (isDifferent, isAgain)
    }

    private mutating func cut(_ size: Int) {
        if content.count > size { content.removeLast(content.count - size) }
        let pieces = (size + 3) / 4
        if writings.count > pieces { writings.removeLast(writings.count - pieces) }
    }

    private mutating func mark(_ start: Int, count: Int) {
        guard isFollowed else { return }
        for piece in start / 4..<max(start / 4, min((start + count + 3) / 4, writings.count)) {
            writings[piece] = writing
        }
    }
}

extension FlashHistory {
    /// The versions of a file that hold, together, all content that it ever had, as far as its nodes tell; ascending, the last
    /// one is the last of the file.
    package func savedVersions(of file: FileHistory) -> [UInt32] {
        let decompressor = Decompressor()
        return log.fileSystem.image.withBytes { bytes in
            SavedVersions.versions(of: file, in: self, image: bytes, by: decompressor)
        }
    }
}
