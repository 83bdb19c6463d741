internal import FlashBytes

extension RecordedSession {
    /// Which of several pictures is the image: the largest, or the last of those at least half as large.
    static func main(of sizes: [Int]) -> Int {
        let most = sizes.max() ?? 0
        return sizes.lastIndex { $0 > 0 && $0 * 2 >= most } ?? sizes.count - 1
    }

    /// Something that a log shows: memory in some state, or a file.
    struct Shown {
        var picture: LogPicture
        /// Nil for what has addresses.
        var file: FileDump?

        /// Its name, or the command that printed it; empty where the log tells neither.
        var name: String {
            if let name = file?.name ?? picture.command?.command { return name }
            return picture.memory.segments.first.map { "memory at \(hex($0.lowerBound))" } ?? ""
        }

        /// What shows a part of a file by itself, from which place on; nil if nothing tells that.
        private var part: (file: String, start: UInt64, size: UInt64)? {
            guard let part = picture.command?.filePart(hasAddresses: file == nil), picture.words.isEmpty,
                picture.damaged.isEmpty, file?.gaps.isEmpty ?? true, file?.unfinished.isEmpty ?? true,
                case let segments = picture.memory.segments, segments.count == 1, segments[0].lowerBound == 0
            else { return nil }
            return (part.file, UInt64(part.start), segments[0].upperBound)
        }

        /// With the parts of a file that meet, of `dd skip=0 count=1`, `dd skip=1 count=1` and so on, as one.
        static func joined(_ shown: [Shown]) -> [Shown] {
            var found: [(index: Int, file: String, start: UInt64, size: UInt64)] = []
            for (index, each) in shown.enumerated() {
                if let part = each.part { found.append((index, part.file, part.start, part.size)) }
            }
            guard found.count > 1, let file = found.first?.file, found.allSatisfy({ $0.file == file }) else {
                return shown
            }
            found.sort { $0.start < $1.start }
            var whole = FileDump(name: file, command: ShellLine(command: Array("cat \(file)".utf8)[...]))
            var end: UInt64 = 0
            for part in found {
                // The same once more is a copy of it.
                guard part.start == end else { return shown }
                end += part.size
                whole.memory.add(shown[part.index].picture.memory.read(0..<part.size), at: part.start)
            }
            whole.isCounted = true
            let used = Set(found.map(\.index))
            let others = shown.indices.filter { !used.contains($0) && !shown[$0].picture.isEmpty }.map { shown[$0] }
            return others + [Shown(picture: whole.picture, file: whole)]
        }
    }
}
