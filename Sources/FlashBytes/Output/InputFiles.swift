internal import Synchronization
internal import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The files that a program has read, so that none of them is lost to an output: whatever their names, since links and
/// spellings lead to the same file.
package enum InputFiles {
    private struct State {
        var isRecording = false
        var includesDirectories = false
        var known: Set<FileIdentity> = []
    }

    private static let state = Mutex(State())

    /// Notes inputs from now on. A program calls this once; in other programs that use this library, outputs may replace
    /// whatever was read.
    ///
    /// - Parameter includingDirectories: whether the files in directories that are read count, too.
    package static func record(includingDirectories: Bool = true) {
        state.withLock { state in
            state.isRecording = true
            state.includesDirectories = includingDirectories
        }
    }

    /// Whether two names lead to the same file.
    package static func areSame(_ first: String, second: String) -> Bool {
        var (left, right) = (stat(), stat())
        guard unsafe stat(first, &left) == 0, unsafe stat(second, &right) == 0, let identity = FileIdentity(left) else {
            return false
        }
        return identity == FileIdentity(right)
    }

    /// Notes the file that is open.
    package static func note(_ descriptor: CInt) {
        guard state.withLock({ $0.isRecording }) else { return }
        var status = stat()
        if unsafe fstat(descriptor, &status) == 0, let identity = FileIdentity(status) { note(identity) }
    }

    /// Notes the file of this name; `-` is standard input.
    package static func note(path: String) {
        if path == "-" { return note(0 as CInt) }
        var status = stat()
        if unsafe stat(path, &status) == 0, let identity = FileIdentity(status) { note(identity) }
    }

    /// Notes a file in a directory.
    package static func noteInDirectory(_ identity: FileIdentity) {
        state.withLock { if $0.isRecording, $0.includesDirectories { $0.known.insert(identity) } }
    }

    private static func note(_ identity: FileIdentity) {
        state.withLock { if $0.isRecording { $0.known.insert(identity) } }
    }

    /// Whether a file was noted.
    package static func contains(_ identity: FileIdentity) -> Bool { state.withLock { $0.known.contains(identity) } }
}

/// A file or a flash, whatever it is called.
package struct FileIdentity: Hashable, Sendable {
    private enum Kind: Hashable, Sendable {
        case file, blockDevice, characterDevice
    }

    private let kind: Kind
    private let device: UInt64
    private let inode: UInt64

    private init(kind: Kind, device: UInt64, inode: UInt64) {
        self.kind = kind
        self.device = device
        self.inode = inode
    }

    package init(device: UInt64, inode: UInt64) { self.init(kind: .file, device: device, inode: inode) }

    /// Nil for what holds nothing that could be lost, such as a pipe or a terminal.
    init?(_ status: stat) {
        let device = UInt64(truncatingIfNeeded: status.st_rdev)
        switch status.st_mode & S_IFMT {
        case S_IFREG:
            self.init(device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(status.st_ino))
        // A disk, or a flash through Linux's mtdblock or as mtd itself.
        case S_IFBLK: self.init(kind: .blockDevice, device: device, inode: 0)
        case S_IFCHR where Self.isFlash(device): self.init(kind: .characterDevice, device: device, inode: 0)
        default: return nil
        }
    }

    private static func isFlash(_ number: UInt64) -> Bool {
        // MTD_CHAR_MAJOR; a small major number is in bits 8 to 19 on Linux.
        number >> 8 & 0xfff == 90
    }
}

extension FileError {
    private static let replacingAnInput = "replace an input"

    /// An output would take the place of what was read.
    init(replacingInput path: String) { self.init(action: Self.replacingAnInput, path: path, errno: .fileExists) }

    /// Whether an output would have taken the place of what was read.
    package var isInput: Bool { action == Self.replacingAnInput }
}
