internal import Synchronization
internal import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The names under which outputs grow beside their places: `.NAME.jffs2-0123456789abcdef.tmp`.
///
/// Whoever writes there holds a lock on it, so that what nobody holds is left over from a program that was killed.
package enum TemporaryNames {
    private static let suffix = ".tmp"
    private static let digits = 16
    /// So much of a name is kept that the whole is none that is too long (bytes).
    private static let longestPart = 200

    private static func prefix(of name: [UInt8]) -> [UInt8] {
        [0x2e] + name.prefix(longestPart) + Array(".jffs2-".utf8)
    }

    /// A new name beside `name`.
    package static func make(for name: [UInt8]) -> [UInt8] {
        let number = String(UInt64.random(in: .min ... .max), radix: 16)
        let zeros = String(repeating: "0", count: digits - number.count)
        return prefix(of: name) + Array((zeros + number + suffix).utf8)
    }

    /// Whether `candidate` may be a name beside `name`.
    package static func matches(_ candidate: [UInt8], name: [UInt8]) -> Bool {
        let prefix = prefix(of: name)
        guard candidate.count == prefix.count + digits + suffix.utf8.count, candidate.starts(with: prefix),
            candidate.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
        else { return false }
        return candidate[prefix.count..<prefix.count + digits].allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
        }
    }

    /// Marks what was just created as in use as long as it is open. Where the file system has no locks, nobody else takes
    /// it for left over either.
    package static func lock(_ descriptor: CInt) { _ = flock(descriptor, LOCK_EX | LOCK_NB) }

    /// Whether nobody uses what is open here.
    package static func isLeftOver(_ descriptor: CInt) -> Bool { flock(descriptor, LOCK_EX | LOCK_NB) == 0 }

    /// Takes away the files and flat directories beside `name` that a program has left there that was killed.
    static func removeLeftOver(beside name: String, in directory: String) {
        let wanted = Array(name.utf8)
        try? DirectoryNames.forEach(in: directory) { candidate, _ in
            guard matches(candidate, name: wanted) else { return }
            remove(directory + "/" + String(decoding: candidate, as: UTF8.self))
        }
    }

    private static func remove(_ path: String) {
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC
        guard let descriptor = try? SystemCall.open(path, flags: flags) else { return }
        defer { try? SystemCall.close(descriptor) }
        guard isLeftOver(descriptor) else { return }
        if unsafe unlink(path) == 0 { return }
        removeFlatDirectory(path)
    }

    /// Takes away a directory with files in it.
    static func removeFlatDirectory(_ path: String) {
        try? DirectoryNames.forEach(in: path) { name, _ in
            unsafe unlink(path + "/" + String(decoding: name, as: UTF8.self))
        }
        unsafe rmdir(path)
    }

    // MARK: - What a signal takes away

    private static let capacity = 64
    private static let lock = Mutex<Void>(())
    /// Paths as C strings; nil where there is none. Written under the lock; a signal's handler only reads them.
    nonisolated(unsafe) private static let paths: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = {
        let paths = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: capacity)
        unsafe paths.initialize(repeating: nil, count: capacity)
        return unsafe paths
    }()

    static func prepare() { _ = unsafe paths }

    /// Remembers a file that goes with the program if a signal ends it.
    static func add(_ path: String) {
        lock.withLock { _ in
            for index in 0..<capacity where unsafe paths[index] == nil {
                unsafe paths[index] = strdup(path)
                return
            }
        }
    }

    /// Forgets a file.
    static func forget(_ path: String) {
        lock.withLock { _ in
            for index in 0..<capacity {
                guard let known = unsafe paths[index], unsafe strcmp(known, path) == 0 else { continue }
                // Never freed: a handler may be reading it.
                unsafe paths[index] = nil
            }
        }
    }

    /// Takes all of them away; called by the handler of a signal.
    static func removeAll() {
        for index in 0..<capacity {
            if let path = unsafe paths[index] { unsafe unlink(path) }
        }
    }
}
