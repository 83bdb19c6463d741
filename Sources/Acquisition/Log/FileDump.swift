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
    var unfinished: [(end: UInt64?, why: String)] = []

    /// Its name where the log tells one, and not only the command.
    var title: String { name == command?.command ? "" : name }

    /// As a picture of memory from address 0 on.
    var picture: LogPicture {
        var picture = LogPicture()
        picture.memory = memory
        picture.damaged = gaps
        picture.command = command
        return picture
    }
}

/// The files of which a log has such dumps.
struct FileDumps {
    private(set) var files: [FileDump] = []
    private var index = 0

    /// What comes now is of a file.
    ///
    /// - Parameters:
    ///   - name: nil where nothing tells it: more of the last one, as far as anybody knows.
    ///   - command: that printed it, where it was seen.
    mutating func begin(_ name: String?, command: ShellLine?) {
        // Files of the same name are the same, unless commands tell them apart.
        let source = command?.source
        if let name,
            let known = files.firstIndex(where: {
                $0.name == name && (source == nil || $0.command == nil || $0.command?.source == source)
            })
        {
            index = known
        } else if name != nil || files.isEmpty {
            index = files.count
            files.append(FileDump(name: name ?? "", command: command))
        }
    }

    /// The one that lines are added to. `begin` has made it.
    var current: FileDump {
        get { files.indices.contains(index) ? files[index] : FileDump(name: "") }
        _modify {
            if !files.indices.contains(index) { begin(nil, command: nil) }
            yield &files[index]
        }
    }
}
