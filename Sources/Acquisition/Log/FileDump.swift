/// What dumps without addresses show of one file: those of the same name are copies of it.
struct FileDump {
    /// As the log tells it: the name in uuencode or of an array, the command that printed it; empty where nothing does.
    var name: String
    var memory = SparseMemory()
    /// Lines that are damaged.
    var gaps: [Range<UInt64>] = []
    /// Whether the last line has counted as many bytes as there are.
    var isCounted = false
    /// Dumps of which the log does not show the end: where they stop (nil if nobody knows), and what is missing.
    var unfinished: [(end: UInt64?, why: String)] = []

    /// As a picture of memory from address 0 on.
    var picture: LogPicture {
        var picture = LogPicture()
        picture.memory = memory
        picture.damaged = gaps
        return picture
    }
}

/// The files of which a log has such dumps.
struct FileDumps {
    private(set) var files: [FileDump] = []
    private var index = 0

    /// What comes now is of a file.
    ///
    /// - Parameter name: nil where nothing tells it: more of the last one, as far as anybody knows.
    mutating func begin(_ name: String?) {
        if let name, let known = files.firstIndex(where: { $0.name == name }) {
            index = known
        } else if name != nil || files.isEmpty {
            index = files.count
            files.append(FileDump(name: name ?? ""))
        }
    }

    /// The one that lines are added to. `begin` has made it.
    var current: FileDump {
        get { files.indices.contains(index) ? files[index] : FileDump(name: "") }
        _modify {
            if !files.indices.contains(index) { begin(nil) }
            yield &files[index]
        }
    }
}
