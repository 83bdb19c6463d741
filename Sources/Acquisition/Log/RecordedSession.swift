package import FirmwareImage
package import FlashBytes

/// Memory that recorded sessions show: terminals' logs, dump.py's, our own transcripts.
package struct RecordedSession: Sendable {
    /// Which addresses the bytes are from.
    package private(set) var range: Range<UInt64> = 0..<0
    /// Gaps are filled with 0xFF.
    package private(set) var bytes: [UInt8] = []
    /// What no log shows.
    package private(set) var gaps: [Range<UInt64>] = []
    /// Addresses at which logs differ and no majority decides.
    package private(set) var contradictions: [UInt64] = []
    /// Addresses at which a majority decided.
    package private(set) var outvoted = 0
    /// Ranges whose crc32 stands in a log, and whether it agrees.
    package internal(set) var checked: [(range: Range<UInt64>, holds: Bool)] = []
    /// Lines that begin like a row, but are damaged.
    package private(set) var damagedLines = 0
    /// Rows that lie alone somewhere else.
    package private(set) var strayRows = 0
    /// The first partition table in the logs, with those inside its partitions.
    package private(set) var tables: [PartitionTable] = []
    /// Whether the byte order of words was guessed, as nothing tells it.
    package private(set) var isOrderGuessed = false
    /// Which order was guessed then.
    package private(set) var isBigEndian = false
    /// Other memory that the logs show, each an image of its own.
    package private(set) var others: [Range<UInt64>] = []
    /// Other states in which the log shows memory, each an image of its own.
    package private(set) var states: [State] = []
    /// How many more of them there are.
    package private(set) var furtherStates = 0
    /// What else speaks against the image, as sentences.
    package internal(set) var doubts: [String] = []

    /// What a user should know about the image, and is nothing against it, as sentences.
    package internal(set) var notes: [String] = []

    /// What counts against the image unless a sum proves it.
    var possible: [String] = []

    /// Memory before or after something else was put there.
    package struct State: Sendable {
        /// From the first to the last byte that was shown.
        package var range: Range<UInt64>
        /// What was not shown is 0xFF.
        package var bytes: [UInt8]
        /// The command that came between.
        package var cause: String
        /// Whether it was shown before the image, not after it.
        package var isEarlier: Bool
        /// What tells that it is another file, where the log tells names: that of it, or the command that printed it.
        package var file: String?
        /// What speaks against it, as sentences.
        package var doubts: [String] = []
    }
    private static let mostStates = 16
    /// Which of several files of a log the image is: its name, or the command that printed it.
    package private(set) var file: String?

    /// Whether each byte lies in a range whose sum holds.
    package var isVerified: Bool {
        var left = RangeList([range])
        for sum in checked where sum.holds { left.subtract(sum.range) }
        return !bytes.isEmpty && left.isEmpty
    }

    /// Reads logs that are in memory.
    ///
    /// - Parameters:
    ///   - logs: the contents of the files, in the order in which they were recorded.
    ///   - wanted: the range to be put together; nil takes the largest connected one.
    /// - Throws: `nothingInLog` when there is neither a row nor a partition table.
    package init(logs: [[UInt8]], range wanted: Range<UInt64>?, isFlash: Bool = false) throws(AcquisitionError) {
        let reader = LogReader()
        for log in logs { reader.read(log) }
        try self.init(reader: reader, wanted: wanted, isFlash: isFlash)
    }

    /// A recorded session as it is given.
    package enum Source: Sendable {
        /// A file, read piece by piece.
        case file(path: String)
        /// What was taken out of a packed file, or came through a pipe.
        case bytes(FileBytes)
    }

    /// Reads logs, in the order in which they were recorded.
    ///
    /// - Parameters:
    ///   - isFlash: whether the range is one of the flash: what `sf read` and the like have put into memory counts.
    package init(
        sources: [Source], range wanted: Range<UInt64>?, isFlash: Bool = false
    ) throws(AcquisitionError) {
        let reader = LogReader()
        for source in sources {
            switch source {
            case .file(let path):
                do throws(FileError) { try reader.read(path: path) } catch { throw .file(error) }
            case .bytes(let bytes): reader.read(bytes)
            }
        }
        try self.init(reader: reader, wanted: wanted, isFlash: isFlash)
    }

    private init(
        reader: LogReader, wanted: Range<UInt64>?, isFlash: Bool
    ) throws(AcquisitionError) {
        reader.finish()
        let log = reader.log
        // Records may go on from one log to the next.
        log.closeRecords()
        let files = (log.text.files + log.coded.files).filter { !$0.memory.isEmpty || !$0.gaps.isEmpty }
        damagedLines = log.damagedLines + files.reduce(0) { $0 + $1.damagedLines }
        // A table that cannot be is no reason not to take the rows.
        tables = (try? PartitionText.tables(in: String(latin1: log.otherText))) ?? []
        if let blocks = reader.blocks, !blocks.image.isEmpty {
            take(blocks, wanted: wanted)
            return
        }
        isBigEndian = log.isBigEndian
        var pictures = log.older + [log.picture]
        var guessed: Set<Int> = []
        let digests = pictures.flatMap(\.digests).filter { $0.range == nil }
        for index in pictures.indices where LogOrder.resolve(&pictures[index], log: log, digests: digests) {
            guessed.insert(index)
        }
        if isFlash {
            let flash = LogPicture.flash(of: pictures)
            guard flash.size(in: wanted) > 0 else {
                throw .nothingInLog(
                    "no rows are in the log of what 'sf read' or the like has loaded from that part of the flash")
            }
            guessed = guessed.isEmpty ? [] : [0]
            pictures = [flash]
        }
        let joined = isFlash || wanted != nil ? nil : LogPicture.joined(pictures)
        if let joined {
            guessed = guessed.isEmpty ? [] : [joined.count - 1]
            pictures = joined
        }
        var shown =
            pictures.map { Shown(picture: $0) } + (isFlash ? [] : files.map { Shown(picture: $0.picture, file: $0) })
        if wanted == nil, !isFlash, joined == nil, guessed.isEmpty, log.unfinished.isEmpty {
            shown = Shown.joined(shown)
        }
        guard shown.contains(where: { !$0.picture.memory.isEmpty || $0.file != nil }) else {
            if !tables.isEmpty { return }
            throw .nothingInLog(
                "no row of memory is in the log, in none of the forms that are known, and no partition table")
        }
        // A look at memory that was dumped before is no dump.
        let main = Self.main(of: shown.map { $0.picture.size(in: wanted) })
        let isJoined = joined != nil && main == pictures.count - 1
        try take(
            shown[main], log: log, digests: wanted == nil ? digests : [], wanted: wanted, isFlash: isFlash || isJoined)
        // Addresses in memory say nothing about parts.
        if isJoined {
            doubts += log.unfinished.compactMap {
                if case .stops(_, let missing) = $0 { "a part of the dump stops without \(missing)" } else { nil }
            }
        }
        isOrderGuessed = guessed.contains(main)
        try takeOthers(shown, main: main, log: log, digests: digests, wanted: wanted)
    }

    /// What else the log shows.
    private mutating func takeOthers(
        _ shown: [Shown], main: Int, log: LogInterpreter, digests: [LogDigest], wanted: Range<UInt64>?
    ) throws(AcquisitionError) {
        for (index, other) in shown.enumerated() where index != main {
            if other.file != nil || shown[main].file != nil {
                try addState(other, isEarlier: index < main, log: log, digests: digests, wanted: wanted)
            } else {
                try compare(other.picture, isEarlier: index < main, main: shown[main].picture)
            }
        }
        let left = lookedAt.reduce(0, +)
        if left * 2 >= bytes.count {
            doubts.append(
                "the log shows \(lookedAt.count) more files or parts, \(left) bytes altogether, which are not in the image"
            )
        }
        if states.contains(where: { $0.file != nil }) { file = shown[main].name }
    }

    private mutating func take(
        _ shown: Shown, log: LogInterpreter, digests: [LogDigest], wanted: Range<UInt64>?, isFlash: Bool
    ) throws(AcquisitionError) {
        try take(shown.picture, wanted: wanted)
        if let file = shown.file {
            doubtEnd(file.unfinished)
            doubtBlocks(file.command, isCounted: file.isCounted)
        } else {
            doubtLoads(shown.picture)
            doubtBehindLoads(shown.picture.loads)
            doubtSubjects(shown.picture, isAll: wanted == nil)
            doubtEnd(log.unfinished)
            if wanted == nil, let command = shown.picture.command, command.printsRows, !command.skips,
                command.count == nil, doubts.isEmpty
            {
                doubtBlocks(command, isCounted: false)
            }
            doubtDigits(log, isFlash: isFlash)
            for digest in shown.picture.digests { check(digest) }
        }
        if shown.picture.command != nil || shown.file != nil { doubts += log.readErrors }
        check(digests, command: shown.picture.command, name: shown.file?.title ?? "")
        if wanted == nil {
            if doubts.count < 1000 { doubts += log.answers.doubts }
            checkSize(command: shown.picture.command, name: shown.file?.title ?? "")
            checkSubstitution(shown.picture.command)
            doubtOrder(shown.picture.command)
            checkCount(shown.picture.command, file: shown.file, digests: digests)
        }
        if !isVerified { doubts += possible }
    }

    /// A file that is not the image is a state, except for a small one: text that somebody looked at.
    private mutating func addState(
        _ other: Shown, isEarlier: Bool, log: LogInterpreter, digests: [LogDigest], wanted: Range<UInt64>?
    ) throws(AcquisitionError) {
        guard other.picture.size(in: wanted) >= Self.smallestFile else {
            if other.picture.command != nil { lookedAt.append(other.picture.size(in: wanted)) }
            return
        }
        var session = RecordedSession()
        try session.take(other, log: log, digests: digests, wanted: wanted, isFlash: false)
        if session.bytes == bytes { return }
        guard states.count < Self.mostStates else {
            furtherStates += 1
            return
        }
        if !session.gaps.isEmpty { session.doubts.append("lines of it are damaged") }
        if !session.contradictions.isEmpty { session.doubts.append("its copies differ") }
        states.append(
            State(
                range: session.range, bytes: session.bytes, cause: "", isEarlier: isEarlier, file: other.name,
                doubts: session.doubts))
    }
    private static let smallestFile = 4096
    /// Sizes of files that are too small to be an image (bytes).
    private var lookedAt: [Int] = []

    /// One that shows nothing.
    private init() {}

    /// What our own transcript says about each block.
    private mutating func take(_ blocks: RecordedBlocks, wanted: Range<UInt64>?) {
        range = wanted ?? blocks.range
        bytes = blocks.image.read(range)
        var left = RangeList([range])
        for segment in blocks.image.segments { left.subtract(segment) }
        gaps = left.ranges
        checked = blocks.sums.filter { range.contains($0.lowerBound) && $0.upperBound <= range.upperBound }.map {
            ($0, true)
        }
    }

    private mutating func take(
        _ picture: LogPicture, wanted: Range<UInt64>?
    ) throws(AcquisitionError) {
        var memory = picture.memory
        // Rows of a file belong to it wherever they are.
        let (segments, strays) =
            picture.command == nil ? connected(memory.segments, expected: picture.expected) : (memory.segments, [])
        fillBlank(&memory, segments: segments, sums: picture.sums)
        let extents = try Self.extents(of: segments, picture)
        guard let best = wanted ?? extents.max(by: { $0.count < $1.count }) else { return }
        range = best
        others = extents.filter { !$0.overlaps(best) }
        bytes = memory.read(range)
        var left = RangeList([range])
        for segment in memory.segments
        where wanted != nil || segments.contains(where: { $0.overlaps(segment) }) || !picture.sums.isEmpty {
            left.subtract(segment)
        }
        gaps = left.ranges
        let disputed = memory.disputed(in: range)
        contradictions = disputed.undecided
        outvoted = disputed.outvoted.count
        doubtOtherwise(memory, outvoted: disputed.outvoted, causes: picture.causes)
        for row in strays where Self.mayBelong(row, to: range) {
            doubts.append(
                "a row with the address \(hex(row.lowerBound)) stands alone: if it belongs to the image, its address is "
                    + "damaged and a row is missing")
        }
        for sum in picture.sums where sum.end >= sum.start && sum.end < .max {
            let part = sum.start..<sum.end + 1
            // A sum of more than the image is checked as well where the log shows all of that.
            guard part.overlaps(range), !gaps.contains(where: { $0.overlaps(part) }),
                memory.segments.contains(where: { $0.clamped(to: part) == part })
            else { continue }
            checked.append((part, CRC32.zlib(unsafe memory.read(part).span.bytes) == sum.sum))
        }
    }

    func slice(_ part: Range<UInt64>) -> [UInt8] {
        Array(bytes[Int(part.lowerBound - range.lowerBound)..<Int(part.upperBound - range.lowerBound)])
    }

    /// A row whose address is damaged stands alone, where no command has asked for one.
    private mutating func connected(
        _ segments: [Range<UInt64>], expected: [Range<UInt64>]
    ) -> (kept: [Range<UInt64>], strays: [Range<UInt64>]) {
        guard segments.count > 1 else { return (segments, []) }
        let kept = segments.filter { segment in
            segment.count > 32 || expected.contains { $0.overlaps(segment) && $0.count <= 1 << 20 }
        }
        if kept.isEmpty { return (segments, []) }
        strayRows += segments.count - kept.count
        return (kept, segments.filter { !kept.contains($0) })
    }

    /// Blank blocks are not shown where the sum says that they are blank.
    private func fillBlank(
        _ memory: inout SparseMemory, segments: [Range<UInt64>], sums: [ChecksumLine]
    ) {
        for sum in sums where sum.end >= sum.start && sum.end - sum.start < 1 << 24 {
            let part = sum.start..<sum.end + 1
            guard !segments.contains(where: { $0.overlaps(part) }) else { continue }
            let blank = [UInt8](repeating: 0xff, count: part.count)
            if CRC32.zlib(unsafe blank.span.bytes) == sum.sum { memory.add(blank, at: part.lowerBound) }
        }
    }

    /// The runs of rows without a gap of more than 1 MiB, as far as rows, commands and damaged rows say that they go.
    private static func extents(
        of segments: [Range<UInt64>], _ picture: LogPicture
    ) throws(AcquisitionError) -> [Range<UInt64>] {
        var parts = segments
        for range in picture.expected where segments.contains(where: { $0.overlaps(range) }) {
            // An interrupted command, or a look at much more than there is, says nothing.
            if range.count <= 1 << 28 { parts.append(range) }
        }
        // A damaged row counts where it continues what is there.
        for row in picture.damaged.sorted(by: { $0.lowerBound < $1.lowerBound }) + picture.damaged.reversed()
        where parts.contains(where: { $0.lowerBound <= row.upperBound && $0.upperBound >= row.lowerBound }) {
            parts.append(row)
        }
        var extents: [Range<UInt64>] = []
        for part in parts.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = extents.last, part.lowerBound <= last.upperBound &+ (1 << 20) {
                extents[extents.count - 1] = last.lowerBound..<max(last.upperBound, part.upperBound)
            } else {
                extents.append(part)
            }
        }
        guard (extents.map(\.count).max() ?? 0) <= 1 << 31 else {
            throw .nothingInLog("the rows of the log span more than 2 GiB")
        }
        return extents
    }

    /// Another state of the memory is an image of its own if it was shown as a whole, not only looked at.
    private mutating func compare(
        _ other: LogPicture, isEarlier: Bool, main: LogPicture
    ) throws(AcquisitionError) {
        let cause = isEarlier ? other.replacedBy : main.replacedBy
        let isOtherFile = other.command?.source != main.command?.source
        let segments = other.memory.segments
        for extent in try Self.extents(of: segments, LogPicture()) {
            let parts = segments.filter { extent.overlaps($0) }
            let size = parts.reduce(0) { $0 + $1.count }
            if isOtherFile, size < Self.smallestFile { lookedAt.append(size) }
            if !isOtherFile, let own = main.loads.last?.flashOffset, let offset = other.loads.last?.flashOffset,
                own != offset, extent.overlaps(range),
                parts.allSatisfy({ $0.clamped(to: range) == $0 && slice($0) == other.memory.read($0) })
            {
                doubts.append(
                    "the log shows the same bytes of the flash at \(hex(offset)) too, which are not in the image")
            }
            let isSame = range.lowerBound <= extent.lowerBound && extent.upperBound <= range.upperBound
            guard
                isOtherFile
                    ? size >= Self.smallestFile
                    : extent.overlaps(range) ? size * 2 >= range.count || !isEarlier && size > 4096 : size > 4096,
                !isSame || parts.contains(where: { slice($0) != other.memory.read($0) })
            else { continue }
            if !isEarlier, !extent.overlaps(range) {
                others.append(extent)
                continue
            }
            let bytes = other.memory.read(extent)
            if states.contains(where: { $0.range == extent && $0.bytes == bytes }) { continue }
            guard states.count < Self.mostStates else {
                furtherStates += 1
                continue
            }
            states.append(
                State(
                    range: extent, bytes: bytes, cause: cause, isEarlier: isEarlier,
                    file: isOtherFile ? Shown(picture: other).name : nil))
        }
    }
}
