import FileTree
import FlashBytes
import ImageFile
import JFFS2

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// `jffs2reader`: directories listed in that tool's form, and files written out; but what Linux shows, from any image that
/// `jffs2` opens.
enum JFFS2ReaderDropIn: DropInTool {
    private static let parser = GetoptParser(letters: "rd:f:tVh", names: ["help": "h", "version": "V"])

    static func run(_ arguments: [String]) throws {
        let given = parser.parsed(arguments)
        if let problem = given.problem { throw Failure("\(problem); see --help", status: .usage) }
        if given.has("h") { return printHelp(help) }
        if given.has("V") { return StandardStreams.print(DropIn.jffs2reader.versionLine) }
        // More operands are ignored, as ever.
        guard let path = given.operands.first else { throw Failure("which IMAGE? See --help", status: .usage) }
        let image = try ImageOpener.open(path: path)
        FindingReport.print(image, quiet: true, verbose: false)
        let (directory, file) = (given.value(of: "d"), given.value(of: "f"))
        if directory != nil || file == nil {
            let listing = JFFS2ReaderListing(
                image, isRecursive: given.has("r") || directory == nil, hasTimes: given.has("t"))
            try listing.print(directory ?? "/")
        }
        if let file { try write(file, of: image) }
    }

    static func exitStatus(_ status: Failure.Status, message: String) -> Int32 {
        status == .usage || status == .damaged ? 1 : 255
    }

    /// Writes a file to standard output.
    private static func write(_ path: String, of image: OpenedImage) throws {
        let tree = image.fileSystem.tree
        guard let id = tree.resolve(path) else { throw Failure("\(path): No such file or directory") }
        guard case .regular(let contents) = tree[id].payload else { throw Failure("\(path): Not a regular file") }
        let damage = try contents.writeToStandardOutput()
        for part in damage { StandardStreams.error("\(path): damaged: \(part)") }
        if !damage.isEmpty { throw Failure.damaged }
    }

    private static let help = """
        Usage: jffs2reader IMAGE [-d DIR] [-r] [-t] [-f FILE]
        Lists the files in a JFFS2 image, or writes one of them to standard output. This is jffs2.

          -d DIR   list this folder (default: all, with what is in folders)
          -r       and what is in its folders
          -t       with times
          -f FILE  write the bytes of FILE
          -V       print the version
          -h       print this

        Differences from the original: man jffs2reader(1) of jffs2. More: jffs2 help ls, jffs2 help cat.
        """
}

/// Directories as jffs2reader lists them.
struct JFFS2ReaderListing {
    private let tree: FileTree
    private let isRecursive: Bool
    private let hasTimes: Bool
    /// Of each directory, the names in the order in which its nodes brought them.
    private let order: [InodeNumber: [FileName]]

    /// - Parameters:
    ///   - isRecursive: whether what is in a directory follows it.
    ///   - hasTimes: whether lines have the time of the last change.
    init(_ image: OpenedImage, isRecursive: Bool, hasTimes: Bool) {
        tree = image.fileSystem.tree
        self.isRecursive = isRecursive
        self.hasTimes = hasTimes
        order = Self.order(FlashLog(image.fileSystem))
    }

    /// Prints what is in a directory.
    func print(_ path: String) throws {
        guard let start = tree.resolve(path), tree[start].kind == .directory else {
            throw Failure("\(path): No such file or directory")
        }
        // An explicit stack, as everywhere where images nest directories; what is open is not entered again.
        var stack = [Level(directory: start, path: path == "/" ? [] : Array(path.utf8), entries: entries(start))]
        while var level = stack.popLast() {
            guard let entry = level.entries.popLast() else { continue }
            stack.append(level)
            let path = level.path + [0x2f] + entry.name.bytes
            StandardStreams.write(line(entry.inode, path: path))
            if isRecursive, tree[entry.inode].kind == .directory,
                !stack.contains(where: { $0.directory == entry.inode })
            {
                stack.append(Level(directory: entry.inode, path: path, entries: entries(entry.inode)))
            }
        }
    }

    private struct Level {
        let directory: InodeID
        let path: [UInt8]
        /// What is still to be listed, the next one last.
        var entries: [DirectoryEntry]
    }

    /// What is in a directory, the first one last.
    private func entries(_ id: InodeID) -> [DirectoryEntry] {
        let entries = tree[id].entries
        let names = tree[id].number.flatMap { order[$0] } ?? []
        var places: [FileName: Int] = [:]
        for (place, name) in names.enumerated() { places[name] = place }
        return entries.enumerated().sorted {
            (places[$0.element.name] ?? .max, $0.offset) > (places[$1.element.name] ?? .max, $1.offset)
        }.map(\.element)
    }

    /// Reads the directories' nodes in the order of their versions: a name keeps the place that it got first, until it goes.
    private static func order(_ log: FlashLog) -> [InodeNumber: [FileName]] {
        var nodes: [InodeNumber: [(version: UInt32, name: FileName, isRemoval: Bool)]] = [:]
        log.fileSystem.image.withBytes { bytes in
            for entry in log.entries where entry.isReadable && entry.status != .obsolete && entry.status != .damaged {
                guard case .dirent(let dirent) = entry.content,
                    let name = try? bytes.bytes(in: dirent.nameRange(at: entry.offset))
                else { continue }
                nodes[dirent.parent, default: []].append((dirent.version, FileName(name), dirent.inode.rawValue == 0))
            }
        }
        return nodes.mapValues { nodes in
            var places: [FileName: Int] = [:]
            for (place, node) in nodes.sorted(by: { $0.version < $1.version }).enumerated() {
                if node.isRemoval { places[node.name] = nil } else { places[node.name] = places[node.name] ?? place }
            }
            return places.sorted { $0.value < $1.value }.map(\.key)
        }
    }

    /// Mode, a 1, owner, group, size or device, time, path, a sign of the kind, target.
    private func line(_ id: InodeID, path: [UInt8]) -> [UInt8] {
        let inode = tree[id]
        var text = Listing.modeString(inode) + " " + Column.left(1, width: 4) + " "
        text += Column.left(inode.metadata.owner, width: 8) + " " + Column.left(inode.metadata.group, width: 8) + " "
        switch inode.payload {
        case .characterDevice(let device), .blockDevice(let device):
            text += Column.right(device.major, width: 4) + ", " + Column.right(device.minor, width: 3) + " "
        default: text += Column.right(inode.size, width: 9) + " "
        }
        if hasTimes { text += time(inode.metadata.changeTime) + " " }
        var target: [UInt8] = []
        var sign: UInt8 = 0x20
        switch inode.payload {
        case .directory: sign = UInt8(ascii: "/")
        case .fifo: sign = UInt8(ascii: "|")
        case .socket: sign = UInt8(ascii: "=")
        case .symbolicLink(let bytes): target = Array(" -> ".utf8) + JFFS2ReaderDropIn.shown(bytes)
        default: break
        }
        return Array(text.utf8) + JFFS2ReaderDropIn.shown(path) + [sign] + target + [0x0a]
    }

    /// The time of the last half year as `Nov 14 22:13`, any other as `Nov 14 2023`, on this machine's clock.
    private func time(_ seconds: Int64) -> String {
        let age = CurrentTime.seconds - seconds
        let text = LocalTime.text(seconds)
        let day = text.dropFirst(4).prefix(6)
        let isRecent = age < 3600 * 24 * 365 / 2 && age > -15 * 60
        return "\(day) \(isRecent ? text.dropFirst(11).prefix(5) : text.dropFirst(20).prefix(4))"
    }
}

/// Times as C's ctime writes them.
enum LocalTime {
    /// `Tue Nov 14 17:13:20 2023`, by this machine's time zone; UTC where that is not known.
    static func text(_ seconds: Int64) -> String {
        var moment = time_t(seconds)
        var fields = unsafe tm()
        guard unsafe localtime_r(&moment, &fields) != nil else { return ClassicTime.text(seconds) }
        return unsafe ClassicTime.text(seconds + Int64(fields.tm_gmtoff))
    }
}

extension FileTree {
    /// The inode at a path as Linux finds it: links in it are followed, and stay in the tree.
    fileprivate func resolve(_ path: String) -> InodeID? {
        var rest = Array(FilePathBytes(path).components.reversed())
        var at = [FileTree.root]
        var followed = 0
        while let name = rest.popLast() {
            if name == "." { continue }
            if name == ".." {
                if at.count > 1 { at.removeLast() }
                continue
            }
            guard let here = at.last, let next = child(name, of: here) else { return nil }
            guard case .symbolicLink(let target) = self[next].payload else {
                at.append(next)
                continue
            }
            followed += 1
            // As many as Linux follows.
            guard followed <= 40 else { return nil }
            if target.first == 0x2f { at = [FileTree.root] }
            rest += FilePathBytes(target).components.reversed()
        }
        return at.last
    }
}
