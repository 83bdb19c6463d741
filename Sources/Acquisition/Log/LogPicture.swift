/// What one state of the memory was shown to be.
struct LogPicture {
    var memory = SparseMemory()
    /// What the commands say should be shown.
    var expected: [Range<UInt64>] = []
    /// Rows that are damaged, but whose address can be read.
    var damaged: [Range<UInt64>] = []
    var sums: [ChecksumLine] = []
    var digests: [LogDigest] = []
    /// What other commands are about, and say against it.
    var subjects: [LogSubject] = []
    /// Rows of words whose text does not tell the order.
    var words: [Words] = []
    /// What came before an age of the memory, and may have changed all of it.
    var causes: [(age: UInt8, what: String)] = []
    /// What fills the last word where a file ends within it.
    var cuts: [Range<UInt64>] = []
    /// Of a file, votes of texts for words whose last byte is shown first, by size of word.
    var reversed: [Int: Int] = [:]
    /// What was put into memory before, and where.
    var loads: [LogLoad] = []
    /// The command of a shell that printed it.
    var command: ShellLine?
    /// The command that made this state an old one.
    var replacedBy = ""

    /// A row of words.
    struct Words {
        var address: UInt64
        /// Bytes in a word.
        var unit: Int
        /// The bytes as its digits show them.
        var digits: [UInt8]
        /// The age of the memory in which it was shown.
        var age: UInt8
        /// Whether it has a text.
        var hasText = false

        var range: Range<UInt64> { address..<max(address, address &+ UInt64(digits.count)) }
    }

    var isEmpty: Bool { memory.isEmpty && words.isEmpty }

    /// How many bytes of a range it shows; of everything without one.
    func size(in range: Range<UInt64>?) -> Int {
        memory.segments.reduce(0) { $0 + (range.map($1.clamped(to:)) ?? $1).count }
    }

    /// The part that a load has made old, taken out.
    ///
    /// - Parameter shown: the first row that is shown after the load.
    mutating func replaced(by load: LogLoad, shown: Range<UInt64>) -> LogPicture? {
        let range = load.isSizeKnown ? load.range : run(near: shown, in: load.range)
        var old = LogPicture()
        old.memory = memory.take(range)
        old.words = takeWords(range)
        old.cuts = cuts.filter(range.overlaps)
        cuts.removeAll(where: range.overlaps)
        old.loads = loads
        old.causes = causes
        old.replacedBy = load.what
        old.command = command
        old.reversed = reversed
        if load.isOtherFile { (command, reversed) = (load.file, [:]) }
        old.sums = sums.filter { range.contains($0.start) }
        old.digests = digests.filter { $0.range.map { range.contains($0.lowerBound) } ?? false }
        old.subjects = subjects.filter { $0.range.overlaps(range) }
        old.damaged = damaged.filter { $0.overlaps(range) }
        old.expected = expected.filter { $0.overlaps(range) && $0.count <= range.count }
        sums.removeAll { $0.start < range.upperBound && $0.end >= range.lowerBound }
        digests.removeAll { $0.range?.overlaps(range) ?? false }
        subjects.removeAll { $0.range.overlaps(range) }
        damaged.removeAll { $0.overlaps(range) }
        // A few bytes that change do not make the rows around them complete.
        expected.removeAll { range.lowerBound <= $0.lowerBound && $0.upperBound <= range.upperBound }
        loads.removeAll {
            load.range.lowerBound <= $0.range.lowerBound && $0.range.upperBound <= load.range.upperBound
        }
        loads.append(load)
        return old.isEmpty ? nil : old
    }

    /// Whether a byte was shown.
    func shows(_ address: UInt64) -> Bool {
        memory.byte(at: address) != nil || words.contains { $0.range.contains(address) }
    }

    /// Words of which a part lies in a range, taken out of their rows.
    private mutating func takeWords(_ range: Range<UInt64>) -> [Words] {
        let rows = words.filter { $0.range.overlaps(range) }
        guard !rows.isEmpty else { return [] }
        words.removeAll { $0.range.overlaps(range) }
        var taken: [Words] = []
        for row in rows {
            for start in stride(from: 0, to: row.digits.count, by: row.unit) {
                var word = row
                word.address += UInt64(start)
                word.digits = Array(row.digits[start..<min(start + row.unit, row.digits.count)])
                if word.range.overlaps(range) { taken.append(word) } else { words.append(word) }
            }
        }
        return taken
    }

    /// Something may have changed all of it.
    ///
    /// - Parameter what: the command, or what the device says.
    mutating func mayChange(_ what: String) {
        guard !isEmpty else { return }
        memory.beginAge()
        causes.append((memory.age, what))
    }

    /// What was shown in one go around a row: a load that does not say how long it is has replaced no more than that.
    private func run(near shown: Range<UInt64>, in range: Range<UInt64>) -> Range<UInt64> {
        let near: UInt64 = 1 << 20
        let rows = words.lazy.map { $0.address..<($0.address &+ UInt64($0.digits.count)) }.filter { !$0.isEmpty }
        var run = shown
        for part in (memory.segments + rows).sorted(by: { $0.lowerBound < $1.lowerBound })
        where part.overlaps(range) && part.lowerBound <= run.upperBound &+ near {
            if part.upperBound &+ near < run.lowerBound { continue }
            run = min(run.lowerBound, part.lowerBound)..<max(run.upperBound, part.upperBound)
        }
        return run.clamped(to: range)
    }

    /// What states of memory show of the flash from which they were loaded, at its offsets.
    static func flash(of pictures: [LogPicture]) -> LogPicture {
        var flash = LogPicture()
        for picture in pictures {
            for (index, load) in picture.loads.enumerated() {
                guard let offset = load.flashOffset else { continue }
                var parts = RangeList([load.range])
                for later in picture.loads[(index + 1)...] where !later.isOtherFile { parts.subtract(later.range) }
                func whole(_ range: Range<UInt64>) -> Range<UInt64>? {
                    place(range).flatMap { $0.count == range.count ? $0 : nil }
                }
                func place(_ range: Range<UInt64>) -> Range<UInt64>? {
                    let part = range.clamped(to: load.range)
                    guard !part.isEmpty, parts.ranges.contains(where: { $0.overlaps(part) }) else { return nil }
                    let (start, isOver) = offset.addingReportingOverflow(part.lowerBound - load.range.lowerBound)
                    guard !isOver, start <= UInt64.max - UInt64(part.count) else { return nil }
                    return start..<start + UInt64(part.count)
                }
                for part in parts.ranges {
                    for segment in picture.memory.segments where segment.overlaps(part) {
                        let shown = segment.clamped(to: part)
                        if let target = place(shown) {
                            flash.memory.add(picture.memory, part: shown, at: target.lowerBound)
                        }
                    }
                }
                flash.causes += picture.causes
                flash.sums += picture.sums.compactMap { sum in
                    guard sum.end >= sum.start, sum.end < .max, let target = whole(sum.start..<sum.end + 1) else {
                        return nil
                    }
                    var moved = sum
                    (moved.start, moved.end) = (target.lowerBound, target.upperBound - 1)
                    return moved
                }
                flash.digests += picture.digests.compactMap { digest in
                    guard let target = digest.range.flatMap(whole) else { return nil }
                    var moved = digest
                    moved.range = target
                    return moved
                }
                flash.subjects += picture.subjects.compactMap { subject in
                    guard let target = whole(subject.range) else { return nil }
                    var moved = subject
                    moved.range = target
                    return moved
                }
                flash.damaged += picture.damaged.compactMap(place)
                flash.expected += picture.expected.compactMap(place)
                if load.failure != nil, let target = place(load.range) {
                    flash.loads.append(LogLoad(range: target, what: load.what, failure: load.failure))
                }
            }
        }
        return flash
    }
}

/// A command that puts something into memory.
struct LogLoad: Hashable {
    var range: Range<UInt64>
    /// Its words.
    var what: String
    /// Whether it says how much it loads.
    var isSizeKnown = true
    /// Whether the answer says that it has loaded less than was asked for, or how much there was.
    var isShort = false
    /// Whether nothing but the answer says how much it has loaded.
    var isTold = false
    /// Whether it lies in the midst of memory that was shown before: a part of that is changed on purpose.
    var isPatch = false
    /// Where in the flash it comes from, if the command says that.
    var flashOffset: UInt64?
    /// The line in which it says that it has failed.
    var failure: String?
    /// Whether nothing is loaded, but another file is shown than before, or memory.
    var isOtherFile = false
    /// The command of a shell that shows it; nil for memory.
    var file: ShellLine?

    /// Whether it comes from a flash or another storage.
    var isOfStorage: Bool {
        [
            "sf ", "nand ", "onenand ", "fatload ", "ext4load ", "ext2load ", "load ", "mmc ", "usb ", "sunxi_flash ",
            "nboot ", "ubi ", "mtd ", "tftp ", "tftpboot ", "loady ", "loadb ", "loadx ", "nfs ",
            "dhcp ", "bootp ", "fsload ", "ubifsload ", "sqfsload ", "ide ", "sata ", "scsi ", "nvme ", "virtio ",
        ]
        .contains { what.hasPrefix($0) }
    }

    /// Whether a line tells that a program, or all of the device, was stopped.
    static func isAbort(_ line: ArraySlice<UInt8>) -> Bool {
        guard let last = line.last, line.count < 100 else { return false }
        // What is typed stands behind what was printed.
        if last == 0x43, line.dropLast().last == 0x5e { return true }
        guard let first = line.first, "KTSBAHIURLOP^[".utf8.contains(first) else { return false }
        if line.starts(with: "^C".utf8) { return true }
        var text = String(decoding: line, as: UTF8.self)[...]
        // [1]+  Killed                  xxd /dev/mtd2
        if first == 0x5b, let close = text.firstIndex(of: "]") {
            text = text[text.index(after: close)...].drop { $0 == "+" || $0 == "-" || $0 == " " }
        }
        if let sign = signals.first(where: text.hasPrefix) {
            let rest = text.dropFirst(sign.count)
            return rest.isEmpty || rest.hasPrefix(" (") || rest.hasPrefix("  ")
        }
        return isRestart(line)
    }

    /// Whether the device begins anew.
    static func isRestart(_ line: ArraySlice<UInt8>) -> Bool {
        let text = String(decoding: line.prefix(100), as: UTF8.self)
        return banners.contains(where: text.hasPrefix)
    }
    private static let signals = [
        "Killed", "Terminated", "Segmentation fault", "Bus error", "Aborted", "Hangup", "Illegal instruction",
        "Alarm clock",
        "Quit", "Broken pipe",
    ]
    private static let banners = [
        "U-Boot SPL ", "U-Boot TPL ", "U-Boot 1", "U-Boot 2", "Linux version ", "Booting Linux ", "Resetting ",
        "Rebooting",
        "Restarting system", "Out of memory", "Power off",
    ]

    /// Whether a program says that it could not read on: `dd: error reading '/dev/mtd2': Input/output error`.
    static func isReadError(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.count < 200, line.count > 8, line.contains(0x20) else { return false }
        let text = String(decoding: line, as: UTF8.self).lowercased()
        // What nanddump counts.
        for sign in ["ecc failed: ", "number of bad blocks: "] where text.hasPrefix(sign) {
            return UInt64(text.dropFirst(sign.count)).map { $0 > 0 } ?? false
        }
        return [
            "input/output error", "read error", "error reading", "uncorrectable", "no space left", "write error",
            "error writing",
            "file too large", "cannot allocate", "out of memory",
        ].contains {
            text.contains($0) && !text.contains("0 \($0)")
        }
    }

    /// From where in the flash a load says that it reads: `SF: 4096 bytes @ 0x80000 Read: OK`.
    static func offset(_ line: ArraySlice<UInt8>) -> UInt64? {
        guard line.count < 200, line.contains(0x40) else { return nil }
        let words = String(decoding: line, as: UTF8.self).split(separator: " ")
        guard words.first == "SF:", let at = words.firstIndex(of: "@"), at + 1 < words.count else { return nil }
        return ChecksumLine.number(words[at + 1])
    }

    /// How much has been loaded, by the answer: `SF: 2048 bytes @ 0x0 Read: OK`, ` 2048 bytes read: OK`,
    /// `4 blocks read: OK`. Nil for any other line.
    static func loaded(_ line: ArraySlice<UInt8>) -> UInt64? {
        guard line.count < 200, line.contains(0x20) else { return nil }
        let words = String(decoding: line, as: UTF8.self).lowercased().split(whereSeparator: { " ,\t".contains($0) })
        // Bytes transferred = 512 (200 hex)
        if words.count > 3, words[0] == "bytes", words[1] == "transferred", words[2] == "=" { return count(words[3]) }
        // ## Total Size      = 0x00000200 = 512 Bytes
        if words.count > 6, words[0] == "##", words[1] == "total", words[2] == "size" { return count(words[6]) }
        // ### JFFS2 load complete: 512 bytes loaded to 0x82000000
        if words.count > 6, words[0] == "###", words[3] == "complete:", words[5] == "bytes" { return count(words[4]) }
        // Uncompressed size: 512 = 0x200
        if words.count > 2, words[0] == "uncompressed", words[1] == "size:" { return count(words[2]) }
        // Read 512 bytes from volume rootfs to 82000000
        if words.count > 4, words[0] == "read", words[2] == "bytes", words[3] == "from" { return count(words[1]) }
        // Reading 512 byte(s) at offset 0x00000000
        if words.count > 4, words[0] == "reading", words[2] == "byte(s)" { return count(words[1]) }
        // 512 bytes read in 12 ms (41 KiB/s)
        if words.count > 3, words[1] == "bytes", words[2] == "read", words[3] == "in" {
            return count(words[0])
        }
        guard let read = words.lastIndex(where: { $0 == "read:" }),
            let unit = words[..<read].lastIndex(where: { ["bytes", "blocks"].contains($0) }), unit > 0,
            let count = count(words[unit - 1])
        else { return nil }
        return words[unit] == "blocks" ? count * 512 : count
    }

    private static func count(_ word: Substring) -> UInt64? { UInt64(word).flatMap { $0 < 1 << 31 ? $0 : nil } }

    /// Whether a line of a load's answer says that it has failed: `SF: 8192 bytes @ 0x0 Read: ERROR -5`.
    static func isFailure(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.count < 300 else { return false }
        let text = String(decoding: line, as: UTF8.self).lowercased()
        if ["no error", "0 error", "errors: 0", "errors 0", "without error"].contains(where: text.contains) {
            return false
        }
        let signs = [
            "error", "fail", "unable to", "unknown command", "usage:", "timeout", "timed out", "abort", "not found",
            "no spi flash", "no nand", "no device", "bad device", "no card", "card did not respond", "no mmc",
            "no storage", "no usb", "retry count exceeded", "invalid", "past the end",
        ]
        return signs.contains(where: text.contains)
    }
}
