import FlashBytes
import Synchronization
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The files that are looked at, one after the other: those that were named, and those in folders that were named.
///
/// Of names only those are held that one folder has, and those of the folders above it.
final class ScanNames: Sendable {
    /// What names files.
    enum Source: Sendable {
        case path([UInt8])
        case standardInput
        /// A file with names.
        case list(String)
    }

    /// A file.
    struct Item: Sendable {
        var path: [UInt8]
        var status: HostFileStatus?
        /// Why it cannot be read.
        var problem: String?
    }

    /// A folder that is being walked.
    private struct Folder: Sendable {
        var path: [UInt8]
        var identity: FileIdentity
        /// Those that are left, the next one last.
        var names: [[UInt8]]
    }

    private struct State {
        /// Those that are left, the next one last.
        var sources: [Source]
        var list: NameList?
        var folders: [Folder] = []
        var failure: Failure?
    }

    private let state: Mutex<State>
    private let delimiter: UInt8
    private let passedOver: Set<FileIdentity>

    /// - Parameters:
    ///   - delimiter: what ends a name that is read.
    ///   - passedOver: files that are left out where a folder is walked.
    init(paths: [Source], delimiter: UInt8, passedOver: Set<FileIdentity>) throws {
        self.delimiter = delimiter
        self.passedOver = passedOver
        state = Mutex(State(sources: paths.reversed()))
        // A list that is not there is an error before anything is done.
        for case .list(let path) in paths where unsafe access(path, R_OK) != 0 {
            throw FileError(action: "open", path: path, errno: Errno(rawValue: errno))
        }
    }

    /// The files that a scan writes: they are in no folder that it walks.
    static func outputs(state path: String?) -> Set<FileIdentity> {
        let output = try? HostFileStatus(of: 1)
        let state = path.flatMap { try? HostFileStatus(of: Array($0.utf8), followingLinks: true) }
        return Set([output, state].compactMap { $0?.kind == .regular ? $0?.identity : nil })
    }

    /// The next file; nil at the end. While one thread waits for a name, the others wait with it.
    func next() throws -> Item? {
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            do {
                while true {
                    if let item = step(&state) { return item }
                    guard let path = try named(&state) else { return nil }
                    if let item = visit(path, isNamed: true, in: &state) { return item }
                }
            } catch {
                let failure = error as? Failure ?? Failure("\(error)")
                state.failure = failure
                throw failure
            }
        }
    }

    /// The next name of those that were given.
    private func named(_ state: inout State) throws -> [UInt8]? {
        while true {
            if let list = state.list {
                if let name = try list.next() { return name }
                state.list = nil
            }
            switch state.sources.popLast() {
            case nil: return nil
            case .path(let path): return path
            case .standardInput:
                state.list = NameList(.standardInput, delimiter: delimiter, name: "standard input", isOwned: false)
            case .list(let path):
                do {
                    let file = try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec])
                    state.list = NameList(file, delimiter: delimiter, name: path, isOwned: true)
                } catch {
                    throw FileError(action: "open", path: path, errno: error as? Errno ?? .ioError)
                }
            }
        }
    }

    /// The next file of the folders that are open; nil when there is none left.
    private func step(_ state: inout State) -> Item? {
        while let last = state.folders.indices.last {
            guard let name = state.folders[last].names.popLast() else {
                state.folders.removeLast()
                continue
            }
            let folder = state.folders[last].path
            let path = folder + (folder.last == 0x2f ? [] : [0x2f]) + name
            if let item = visit(path, isNamed: false, in: &state) { return item }
        }
        return nil
    }

    /// A file, or something that cannot be read; a folder is opened, and what is passed over is nil as well.
    private func visit(_ path: [UInt8], isNamed: Bool, in state: inout State) -> Item? {
        let status: HostFileStatus
        do {
            status = try HostFileStatus(of: path, followingLinks: isNamed)
        } catch {
            return Item(path: path, problem: "cannot open: \(error)")
        }
        switch status.kind {
        case .regular:
            return isNamed || !passedOver.contains(status.identity) ? Item(path: path, status: status) : nil
        case .directory: return open(path, identity: status.identity, in: &state)
        case .symbolicLink: return nil
        case .fifo, .socket, .device:
            guard isNamed else { return nil }
            return Item(path: path, problem: "is a \(status.kind.word), and only regular files are read")
        }
    }

    private func open(_ path: [UInt8], identity: FileIdentity, in state: inout State) -> Item? {
        // A mount of a folder within itself.
        if state.folders.contains(where: { $0.identity == identity }) {
            return Item(path: path, problem: "is the same folder as one that it is in")
        }
        do {
            let descriptor = try SystemCall.open(path, flags: O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC)
            var names: [[UInt8]] = []
            try DirectoryNames.forEach(takingOver: descriptor) { name, _ in names.append(name) }
            names.sort { $1.lexicographicallyPrecedes($0) }
            state.folders.append(Folder(path: path, identity: identity, names: names))
            return nil
        } catch {
            return Item(path: path, problem: "cannot open: \(error)")
        }
    }
}

extension HostFileStatus.Kind {
    /// In words.
    fileprivate var word: String {
        switch self {
        case .regular: "file"
        case .directory: "folder"
        case .symbolicLink: "symlink"
        case .fifo: "FIFO"
        case .socket: "socket"
        case .device: "device"
        }
    }
}

/// Names from a file or a pipe, as they come.
private final class NameList: Sendable {
    private struct State {
        var waiting: [UInt8] = []
        /// Where the next name begins in `waiting`.
        var start = 0
        var isAtEnd = false
    }

    private let file: FileDescriptor
    private let delimiter: UInt8
    private let name: String
    private let isOwned: Bool
    private let state = Mutex(State())

    /// No path is longer (bytes).
    private static let longest = 1 << 16

    init(_ file: FileDescriptor, delimiter: UInt8, name: String, isOwned: Bool) {
        (self.file, self.delimiter, self.name, self.isOwned) = (file, delimiter, name, isOwned)
    }

    deinit { if isOwned { try? file.close() } }

    /// The next name that is not empty; nil at the end.
    func next() throws -> [UInt8]? {
        try state.withLock { state in
            while true {
                if let end = state.waiting[state.start...].firstIndex(of: delimiter) {
                    let found = Array(state.waiting[state.start..<end])
                    state.start = end + 1
                    if !found.isEmpty { return try checked(found) }
                    continue
                }
                state.waiting.removeSubrange(..<state.start)
                state.start = 0
                if state.isAtEnd {
                    let rest = state.waiting
                    state.waiting = []
                    return rest.isEmpty ? nil : try checked(rest)
                }
                guard state.waiting.count <= Self.longest else {
                    throw Failure("\(name): holds no names: there is one of more than \(Self.longest) bytes")
                }
                try fill(&state)
            }
        }
    }

    private func fill(_ state: inout State) throws {
        var buffer = [UInt8](repeating: 0, count: 1 << 15)
        do {
            let count = try unsafe buffer.withUnsafeMutableBytes { unsafe try file.read(into: $0) }
            state.waiting += buffer.prefix(count)
            state.isAtEnd = count == 0
        } catch {
            throw FileError(action: "read", path: name, errno: error as? Errno ?? .ioError)
        }
    }

    private func checked(_ found: [UInt8]) throws -> [UInt8] {
        // The system would take what stands in front of it.
        if found.contains(0) { throw Failure("\(name): there is a NUL in a name; -0 reads names that end with one") }
        return found
    }
}
