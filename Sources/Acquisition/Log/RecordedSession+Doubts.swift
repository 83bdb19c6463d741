internal import FlashBytes

/// What in a log speaks for an image or against it, besides the rows.
extension RecordedSession {
    /// A load that has failed may have left in memory what was there before.
    mutating func doubtLoads(_ picture: LogPicture) {
        for load in picture.loads where load.range.overlaps(range) {
            if let failure = load.failure {
                doubts.append(
                    "'\(load.what)' in front of the rows says '\(failure)': memory may hold something else than was to be loaded"
                )
            }
        }
    }

    /// A dump may be longer than the log shows.
    mutating func doubtEnd(_ unfinished: [(end: UInt64?, why: String)]) {
        for (end, why) in unfinished {
            if end == nil { doubts.append(why) }
            if end == range.upperBound { doubts.append("the dump stops at \(hex(range.upperBound)) without \(why)") }
        }
    }

    /// A build prints leading zeros, or it prints none: among rows with them a number without one has lost a digit. One or
    /// two such rows are no proof of such a build.
    mutating func doubtDigits(_ log: LogInterpreter, isFlash: Bool) {
        let rows = log.unpaddedRows.filter { isFlash || range.contains($0) }
        guard log.showsLeadingZeros || rows.count < 3 else { return }
        for row in rows.prefix(5) {
            doubts.append("the row at \(hex(row)) has a number that may lack a digit: its bytes are a guess")
        }
        if rows.count > 5 { doubts.append("\(rows.count - 5) further rows have such numbers") }
    }

    /// Where lines have no addresses, only the size tells that one is missing.
    mutating func doubtBlocks(_ file: FileDump, dumps: [ShellDump]) {
        if !file.isCounted, range.lowerBound == 0, bytes.count % 512 != 0,
            (dumps.last { $0.command == file.name } ?? dumps.last)?.isFlash ?? true
        {
            doubts.append(
                "\(bytes.count) bytes are no whole blocks of a flash: lines are missing, or the dump is not of one")
        }
    }

    /// A digest of a range.
    mutating func check(_ digest: LogDigest) {
        guard let part = digest.range, part.lowerBound >= range.lowerBound, part.upperBound <= range.upperBound,
            !gaps.contains(where: { $0.overlaps(part) }), let holds = digest.holds(for: slice(part))
        else { return }
        if holds {
            checked.append((part, true))
        } else {
            doubts.append(
                "\(hex(part.lowerBound)) to \(hex(part.upperBound)) does not have the \(digest.name) that the log shows"
            )
        }
    }

    /// Digests of files: one that holds proves the image; else those of the file that was dumped as a whole contradict it.
    mutating func check(_ digests: [LogDigest], dumps: [ShellDump]) {
        guard gaps.isEmpty, !digests.isEmpty else { return }
        let results = digests.map { ($0, $0.holds(for: bytes)) }
        if results.contains(where: { $0.1 == true }) {
            checked.append((range, true))
            return
        }
        for (digest, holds) in results where holds == false {
            guard !dumps.isEmpty, dumps.allSatisfy({ $0.isWhole(digest.path) }) else { continue }
            doubts.append("the image does not have the \(digest.name) that the log shows of \(digest.path)")
        }
    }

    /// Where bytes of rows in succession are outvoted: noise damages a row here and there.
    static func otherState(_ outvoted: [UInt64]) -> UInt64? {
        var counts: [(row: UInt64, count: Int)] = []
        for address in outvoted {
            if let last = counts.last, last.row == address / 16 {
                counts[counts.count - 1].count += 1
            } else {
                counts.append((address / 16, 1))
            }
        }
        let rows = counts.filter { $0.count >= 4 }.map(\.row)
        return zip(rows, rows.dropFirst()).first { $0 + 1 == $1 }.map { $0.0 * 16 }
    }

    /// Whether a row would continue the image if one digit of its address were another, or not there.
    static func mayBelong(_ row: Range<UInt64>, to image: Range<UInt64>) -> Bool {
        let size = UInt64(row.count)
        let places = [image.upperBound] + (image.lowerBound >= size ? [image.lowerBound - size] : [])
        let found = Array(String(row.lowerBound, radix: 16))
        return places.contains { place in
            let right = Array(String(place, radix: 16))
            if found.count == right.count { return zip(found, right).count { $0 != $1 } == 1 }
            let (long, short) = found.count > right.count ? (found, right) : (right, found)
            guard long.count == short.count + 1 else { return false }
            return long.indices.contains { Array(long[..<$0] + long[($0 + 1)...]) == short }
        }
    }
}
