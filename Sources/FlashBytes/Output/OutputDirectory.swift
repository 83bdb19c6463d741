internal import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A directory of files that appears whole or not at all; or new files in an existing one, all of them or none.
package final class OutputDirectory {
    /// The directory as the user named it.
    package let path: String
    private let replacing: Bool
    /// Nil for a directory that exists.
    private let new: New?
    private var files: [OutputFile] = []
    private var isDone = false

    /// A new directory under its temporary name.
    private struct New {
        var place: String
        var parent: String
        var temporaryPath: String
        /// Keeps the lock.
        var descriptor: CInt
    }

    /// Begins the directory.
    ///
    /// - Parameters:
    ///   - mayExist: whether it may exist; if not, one is refused as `EEXIST`.
    ///   - replacing: whether files in an existing one may be replaced.
    package init(path: String, mayExist: Bool, replacing: Bool = false) throws(FileError) {
        self.path = path
        self.replacing = replacing
        var status = stat()
        if unsafe lstat(path, &status) == 0 {
            guard mayExist else { throw FileError(action: "create", path: path, errno: .fileExists) }
            guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
                throw FileError(action: "create", path: path, errno: .notDirectory)
            }
            new = nil
            return
        }
        // Until the directory is gone or in its place: no list of names has it.
        Termination.begin()
        do throws(FileError) {
            new = try Self.create(path)
        } catch {
            Termination.end()
            throw error
        }
    }

    private static func create(_ path: String) throws(FileError) -> New {
        var place = path
        while place.utf8.count > 1, place.hasSuffix("/") { place.removeLast() }
        let (parent, name) = OutputPlace.split(place)
        TemporaryNames.removeLeftOver(beside: name, in: parent)
        let temporary = parent + "/" + String(decoding: TemporaryNames.make(for: Array(name.utf8)), as: UTF8.self)
        do throws(Errno) {
            try SystemCall.retrying { unsafe mkdir(temporary, 0o777) }
            do throws(Errno) {
                let descriptor = try SystemCall.open(temporary, flags: O_RDONLY | O_DIRECTORY | O_CLOEXEC)
                TemporaryNames.lock(descriptor)
                return New(place: place, parent: parent, temporaryPath: temporary, descriptor: descriptor)
            } catch {
                unsafe rmdir(temporary)
                throw error
            }
        } catch {
            throw FileError(action: "create", path: path, errno: error)
        }
    }

    deinit {
        guard let new else { return }
        if !isDone {
            files = []
            TemporaryNames.removeFlatDirectory(new.temporaryPath)
        }
        try? SystemCall.close(new.descriptor)
        Termination.end()
    }

    /// Begins a file in the directory; `commit` puts it in its place.
    package func file(_ name: String) throws(FileError) -> OutputFile {
        let file = try OutputFile(path: (new?.temporaryPath ?? path) + "/" + name, replacing: new == nil && replacing)
        files.append(file)
        return file
    }

    /// Puts everything in its place.
    package func commit() throws(FileError) {
        try OutputSet.commit(outputs: new == nil ? files : [self])
        isDone = true
    }
}

extension OutputDirectory: PendingOutput {
    package var isRevocable: Bool { true }

    package func sync() throws(FileError) { for file in files { try file.sync() } }

    package func place(isAlone: Bool) throws(FileError) {
        guard let new else { return }
        for file in files { try file.place(isAlone: true) }
        do throws(Errno) {
            // An empty directory would be replaced without a word.
            var status = stat()
            if unsafe lstat(new.place, &status) == 0 { throw .fileExists }
            try SystemCall.retrying { unsafe rename(new.temporaryPath, new.place) }
            isDone = true
            try SystemCall.sync(directory: new.parent)
        } catch {
            throw FileError(action: "rename into place", path: path, errno: error)
        }
    }

    package func verify() throws(FileError) {}

    package func takeBack() {
        guard isDone, let new else { return }
        isDone = unsafe rename(new.place, new.temporaryPath) != 0
    }

    package func finish() {}
}
