internal import FlashBytes

/// What dumps without addresses show of one file: those of the same name are copies of it.
struct FileDump {
    /// As the log tells it: the name in uuencode or of an array, the command that printed it; empty where nothing does.
    var name: String
    /// The command that printed it, where it was seen.
    var command: ShellLine?
    var memory = SparseMemory()
    /// Lines that are damaged.
    var gaps: [Range<UInt64>] = []
    /// Whether the last line has counted as many bytes as there are.
    var isCounted = false
    /// Dumps of which the log does not show the end: where they stop (nil if nobody knows), and what is missing.
    var unfinished: [DumpDoubt] = []

    /// What came before it and may have changed the file, and how many of these there were.
    var change: (count: Int, what: String) = (0, "")
    /// What came before an age of it.
    private var causes: [(age: UInt8, what: String)] = []
    /// Whether it goes on from one log to the next between two lines, where others may be missing.
    var isJoined = false
    /// Lines that are damaged in copies of it that are not used.
    private var damagedElsewhere = 0

    init(name: String, command: ShellLine? = nil) { (self.name, self.command) = (name, command) }

    /// How many lines are damaged.
    var damagedLines: Int { gaps.count + damagedElsewhere }
    private var size: UInt64 { memory.segments.last?.upperBound ?? 0 }
    /// Whether nothing speaks against it.
    private var isWhole: Bool { gaps.isEmpty && unfinished.isEmpty && size > 0 }

    /// Whether both are of the same file: of one name, unless commands tell them apart.
    func isOfSame(as other: FileDump) -> Bool {
        name == other.name && (command == nil || other.command == nil || command?.source == other.command?.source)
    }

    /// What copies of a file show: where some are whole, those alone; of these the ones that are blocks of a flash.
    static func merged(_ copies: [FileDump]) -> FileDump {
        let whole = copies.filter(\.isWhole)
        let blocks = whole.filter { $0.size % 512 == 0 }
        let right = blocks.isEmpty ? whole : blocks
        let size = right.map(\.size).max()
        let used = size.map { size in right.filter { $0.size == size } } ?? copies
        var result = used[0]
        for copy in used.dropFirst() {
            if copy.change.count > result.change.count {
                result.change = copy.change
                result.memory.beginAge()
                result.causes.append((result.memory.age, copy.change.what))
            }
            result.memory.add(copy.memory, age: result.memory.age)
            result.gaps += copy.gaps
            result.unfinished += copy.unfinished
            result.isCounted = result.isCounted || copy.isCounted
            result.isJoined = result.isJoined && copy.isJoined
        }
        result.damagedElsewhere = size == nil ? 0 : copies.reduce(0) { $0 + $1.gaps.count }
        for copy in copies where size != nil && !copy.isWhole {
            if let address = result.firstDifference(from: copy) {
                result.unfinished.append(.said("a damaged copy of it shows something else at \(hex(address))"))
            }
        }
        for other in Set(whole.map(\.size)) where other != size {
            result.unfinished.append(.said("another copy of it in the log has \(other) bytes"))
        }
        return result
    }

    /// Where a copy of which lines are damaged shows something else, up to the first of them.
    private func firstDifference(from copy: FileDump) -> UInt64? {
        guard let known = copy.memory.segments.first, known.lowerBound == 0 else { return nil }
        let end = min(known.upperBound, copy.gaps.map(\.lowerBound).min() ?? .max, size)
        let (own, other) = (memory.read(0..<end), copy.memory.read(0..<end))
        return own == other ? nil : own.indices.first { own[$0] != other[$0] }.map(UInt64.init)
    }

    /// Its name where the log tells one, and not only the command.
    var title: String { name == command?.command ? "" : name }

    /// As a picture of memory from address 0 on.
    var picture: LogPicture {
        var picture = LogPicture()
        picture.memory = memory
        picture.damaged = gaps
        picture.causes = causes
        picture.command = command
        return picture
    }
}

/// The files of which a log has such dumps.
struct FileDumps {
    private var dumps: [FileDump] = []
    /// What may have changed files last, and how many of these there were.
    private var change: (count: Int, what: String) = (0, "")

    /// Files may hold something else from here on.
    mutating func mayChange(_ what: String) { change = (change.count + 1, what) }

    /// What comes now is of a file.
    ///
    /// - Parameters:
    ///   - name: nil where nothing tells it: more of the last one, as far as anybody knows.
    ///   - command: that printed it, where it was seen.
    mutating func begin(_ name: String?, command: ShellLine?) {
        guard name != nil || dumps.isEmpty else { return }
        dumps.append(FileDump(name: name ?? "", command: command))
        dumps[dumps.count - 1].change = change
    }

    /// The one that lines are added to. `begin` has made it.
    var current: FileDump {
        get { dumps.last ?? FileDump(name: "") }
        _modify {
            if dumps.isEmpty { begin(nil, command: nil) }
            yield &dumps[dumps.count - 1]
        }
    }

    /// All of them, each once: dumps of the same are copies of it.
    var files: [FileDump] {
        var copies: [[FileDump]] = []
        // Only those of one name can be the same.
        var known: [String: [Int]] = [:]
        for dump in dumps {
            let sameName = known[dump.name] ?? []
            if let index = sameName.first(where: { copies[$0].contains { $0.isOfSame(as: dump) } }) {
                copies[index].append(dump)
            } else {
                known[dump.name, default: []].append(copies.count)
                copies.append([dump])
            }
        }
        return copies.map(FileDump.merged)
    }
}
