internal import FirmwareImage
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
    mutating func doubtEnd(_ unfinished: [DumpDoubt]) {
        for doubt in unfinished {
            switch doubt {
            case .said(let sentence): doubts.append(sentence)
            case .mayLack(let sentence): if !possible.contains(sentence) { possible.append(sentence) }
            case .stops(let end, let missing):
                if end == range.upperBound { doubts.append("the dump stops at \(hex(end)) without \(missing)") }
            }
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
    mutating func doubtBlocks(_ command: ShellLine?, isCounted: Bool) {
        if !isCounted, range.lowerBound == 0, bytes.count % 512 != 0, command?.isFlash ?? true {
            doubts.append(
                "\(bytes.count) bytes are no whole blocks of a flash: lines are missing, or the dump is not of one")
        }
    }

    /// The same of words without addresses.
    mutating func doubtOrder(_ command: ShellLine?) {
        if let command, ["hexdump", "hd"].contains(command.printer), command.hasFormat {
            doubtBlocks(command, isCounted: false)
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

    /// What the log says about files: a digest that holds proves the image; one of the same file that does not contradicts
    /// it, and so does each one if nothing tells which file the image is.
    ///
    /// - Parameter command: that printed the image, where it was seen.
    mutating func check(_ digests: [LogDigest], command: ShellLine?, name: String = "") {
        guard gaps.isEmpty, !bytes.isEmpty else { return }
        var told: Set<String> = []
        var against: [String] = []
        var isProved = false
        for digest in digests where digest.range == nil {
            let isAbout =
                Self.isAbout(digest, command: command, name: name) || isPutTogether(digest, command: command)
            if let doubt = checkPart(digest, command: command), told.insert(doubt).inserted { doubts.append(doubt) }
            guard let holds = digest.holds(for: bytes) else {
                let doubt = "the log shows a \(digest.name) of the image, which is not checked here"
                if isAbout, told.insert(doubt).inserted { against.append(doubt) }
                continue
            }
            if holds {
                if digest.isProof { checked.append((range, true)) }
                isProved = isProved || digest.isProof && isAbout
                continue
            }
            guard isAbout else { continue }
            let file = digest.path.isEmpty ? digest.command?.command ?? "" : digest.path
            let doubt = "the image does not have the \(digest.name) that the log shows of \(file)"
            if told.insert(doubt).inserted { against.append(doubt) }
        }
        // The same file may have been looked at before it was changed.
        if !isProved { doubts += against }
    }

    /// The digest of the beginning of the same file, or of another part: `dd bs=512 count=1 if=/dev/mtd2 | md5sum`.
    ///
    /// - Returns: what speaks against the image, as a sentence.
    private mutating func checkPart(_ digest: LogDigest, command: ShellLine?) -> String? {
        guard let command, digest.isProof, digest.path.isEmpty, range.lowerBound == 0, let asked = digest.command,
            let part = asked.part, part.upperBound <= bytes.count, part.count < bytes.count,
            asked.sharesFile(with: command),
            command.part.map({ $0.lowerBound == 0 }) ?? true,
            let holds = digest.holds(for: Array(bytes[part]))
        else { return nil }
        if holds {
            checked.append((UInt64(part.lowerBound)..<UInt64(part.upperBound), true))
            return nil
        }
        return "the image does not have the \(digest.name) that the log shows of '\(asked.command)'"
    }

    /// Whether the image is all of a flash, in parts, and the digest that of the flash.
    private func isPutTogether(_ digest: LogDigest, command: ShellLine?) -> Bool {
        guard let command, digest.isProof, !digest.path.isEmpty, range.lowerBound == 0 else { return false }
        guard command.prints(digest.path) else { return false }
        if let size = partitionSize(of: command) { return size == bytes.count }
        // More than one command has printed it, one part after the other.
        return command.count.map { $0 < bytes.count } ?? false
    }

    private static func isAbout(_ digest: LogDigest, command: ShellLine?, name: String) -> Bool {
        if !digest.path.isEmpty, ShellLine.name(digest.path) == ShellLine.name(name) { return true }
        guard let command else { return digest.isProof && name.isEmpty }
        if digest.path.isEmpty { return digest.command.map(command.isAboutSame) ?? false }
        return command.isWhole(of: digest.path)
    }

    /// A command that says how much is to be printed may have printed less, where no line of its own ends a dump: what it
    /// reads may be shorter.
    mutating func checkCount(_ command: ShellLine?, file: FileDump?, digests: [LogDigest]) {
        let isTold = digests.contains {
            $0.holds(for: bytes) ?? false && Self.isAbout($0, command: command, name: file?.title ?? "")
        }
        if isTold || isVerified { return }
        if file?.isJoined ?? false, file?.isCounted == false, command.flatMap(partitionSize) != bytes.count {
            doubts.append(
                "its lines go on from one log to the next, and nothing tells whether others are missing between them")
        }
        if let command, let count = command.copiedCount, count > bytes.count, file?.isCounted != true {
            doubts.append(
                "'\(command.command)' prints a copy that was to have \(count) bytes, and the log shows \(bytes.count)")
        }
        guard let command, let count = command.count, count > bytes.count, file?.isCounted != true,
            file == nil ? ["xxd", "nanddump"].contains(command.printer) : command.printer != "uuencode",
            partitionSize(of: command) != bytes.count
        else { return }
        doubts.append("'\(command.command)' asks for \(count) bytes, and the log shows \(bytes.count)")
    }

    /// How large the flash is that a command prints, as the log's tables tell.
    private func partitionSize(of command: ShellLine) -> Int? {
        for table in tables {
            for partition in table.partitions {
                guard let number = partition.number, let size = partition.size,
                    command.prints("/dev/mtd\(number)")
                else { continue }
                return Int(exactly: size)
            }
        }
        return nil
    }

    /// `/proc/mtd` tells how large the file of a flash is.
    ///
    /// - Parameter name: that of the file, where the dump tells one.
    mutating func checkSize(command: ShellLine?, name: String) {
        for table in tables {
            for (index, partition) in table.partitions.enumerated() {
                // The kernel counts those of its table.
                guard let number = partition.number ?? (table == tables.first ? index : nil), let size = partition.size,
                    size != bytes.count
                else { continue }
                if let command, command.isWhole(of: "/dev/mtd\(number)") {
                    // `nanddump` may add spare areas.
                    guard partition.number != nil && !command.isOfNAND || size > bytes.count else { continue }
                } else {
                    guard ShellLine.name(name) == "mtd\(number)", size > bytes.count, command?.count == nil,
                        !(command?.skips ?? false)
                    else { continue }
                }
                doubts.append("the log says that mtd\(number) has \(size) bytes, and shows \(bytes.count)")
                return
            }
        }
    }

    /// Which partition it is that a command prints, nothing tells where the shell finds out its name.
    mutating func checkSubstitution(_ command: ShellLine?) {
        guard let command, command.hasSubstitution else { return }
        let partitions = tables.flatMap(\.partitions)
        guard !partitions.isEmpty, !partitions.contains(where: { $0.size == bytes.count }) else { return }
        doubts.append("no partition that the log tells of has \(bytes.count) bytes, as '\(command.command)' shows")
    }

    /// What was shown behind the end of a load is what was in memory before.
    mutating func doubtBehindLoads(_ loads: [LogLoad]) {
        for (index, load) in loads.enumerated()
        where load.isSizeKnown && load.isOfStorage && !(load.isPatch && (load.isTold || !load.isShort)) {
            let start = load.range.lowerBound
            if range.lowerBound < start, start < range.upperBound,
                !loads.contains(where: { !$0.isOtherFile && $0.range.contains(start - 1) })
            {
                doubts.append(
                    "'\(load.what)' has put bytes to \(hex(start)): what the log shows in front of that was in memory before"
                )
            }
            // Where one brings less than was asked for, what others have put there before is no part of it.
            let others = load.isShort ? loads[(index + 1)...] : loads[...]
            let end = load.range.upperBound
            guard range.lowerBound <= load.range.lowerBound, end < range.upperBound, end > range.lowerBound,
                !others.contains(where: { !$0.isOtherFile && $0.range.contains(end) })
            else { continue }
            doubts.append(
                "'\(load.what)' has put \(load.range.count) bytes there: what the log shows from \(hex(end)) on was in memory "
                    + "before")
        }
    }

    /// What is shown otherwise at one time than at others, which is no noise.
    mutating func doubtOtherwise(_ memory: SparseMemory, outvoted: [UInt64], causes: [(age: UInt8, what: String)]) {
        let otherwise = memory.otherwise(outvoted)
        if let first = otherwise.first {
            doubts.append(
                "\(hex(first)) and \(otherwise.count - 1) more bytes are shown otherwise at one time than most times, which is "
                    + "no noise: memory has changed, or these are two images (then read each log alone)")
        }
        let changed = memory.changed(in: range)
        for age in Set(changed.map(\.age)).sorted() {
            let bytes = changed.filter { $0.age == age }
            guard let first = bytes.first else { continue }
            let cause = causes.first { $0.age == age }.map { "'\($0.what)'" } ?? "another command"
            doubts.append(
                "behind \(cause) \(bytes.count) bytes from \(hex(first.address)) on are shown otherwise than before: the later "
                    + "ones are taken")
        }
    }

    /// Whether a row lies near the image, or would continue it if one digit of its address were another, or not there.
    static func mayBelong(_ row: Range<UInt64>, to image: Range<UInt64>) -> Bool {
        let size = UInt64(row.count)
        let near: UInt64 = 1 << 20
        if row.upperBound <= image.lowerBound
            ? image.lowerBound - row.upperBound < near : row.lowerBound < image.upperBound &+ near
        {
            return true
        }
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
