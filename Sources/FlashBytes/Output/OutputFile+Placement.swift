internal import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

extension OutputFile {
    /// How far a file is on its way into its place.
    struct Placement {
        /// Whether it is there.
        var isPlaced = false
        /// Whether the descriptor is closed.
        var isClosed = false
        /// What holds the former file meanwhile.
        var backup: String?
    }
}

extension OutputFile: PendingOutput {
    package var isRevocable: Bool { isNew }

    package func sync() throws(FileError) {
        try attempt("sync") { () throws(Errno) in try SystemCall.sync(descriptor) }
    }

    package func place(isAlone: Bool) throws(FileError) {
        guard isNew else {
            try flushSpool()
            if descriptor != 1 {
                placement.isClosed = true
                try attempt("write") { () throws(Errno) in try SystemCall.close(descriptor) }
            }
            return
        }
        try attempt("rename into place") { () throws(Errno) in
            try closeWritten()
            if place.existing == nil {
                try placeNew()
            } else {
                let temporary = try named()
                try keepFormer(isAlone: isAlone)
                try SystemCall.retrying { unsafe rename(temporary, place.path) }
                TemporaryNames.forget(temporary)
                temporaryPath = nil
            }
            placement.isPlaced = true
            try SystemCall.sync(directory: place.directory)
        }
    }

    /// Puts the file where nothing is; whatever has come there since is not ours to replace.
    private func placeNew() throws(Errno) {
        guard let temporary = temporaryPath else { return try giveName(place.path) }
        if unsafe link(temporary, place.path) == 0 { return removeTemporaryName() }
        let problem = Errno(rawValue: errno)
        guard [.notPermitted, .notSupported, .tooManyLinks].contains(problem) else { throw problem }
        // No links on this file system.
        var status = stat()
        if unsafe lstat(place.path, &status) == 0 { throw .fileExists }
        try SystemCall.retrying { unsafe rename(temporary, place.path) }
        TemporaryNames.forget(temporary)
        temporaryPath = nil
    }

    /// Gives a file without a name one.
    private func giveName(_ path: String) throws(Errno) {
        try SystemCall.retrying {
            unsafe linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, path, AT_SYMLINK_FOLLOW)
        }
    }

    package func verify() throws(FileError) {
        guard role == .changedInput, isNew else { return }
        let now = try FileBytes(path: place.path, mappingThreshold: 0)
        let isSame = try written()?.withBytes { written in
            now.withBytes { !written.differs(from: $0, in: 0..<max(written.byteCount, $0.byteCount)) }
        }
        if isSame != true { throw FileError(action: "read back", path: path, errno: .ioError) }
    }

    package func takeBack() {
        removeTemporaryName()
        if let backup = placement.backup {
            if unsafe rename(backup, place.path) != 0 { return }
            // Both were names of one file: then rename does nothing.
            unsafe unlink(backup)
            TemporaryNames.forget(backup)
            placement.backup = nil
        } else if placement.isPlaced {
            unsafe unlink(place.path)
        }
        placement.isPlaced = false
    }

    package func finish() {
        guard let backup = placement.backup else { return }
        unsafe unlink(backup)
        TemporaryNames.forget(backup)
        placement.backup = nil
    }

    /// The temporary name; a file without one gets it.
    private func named() throws(Errno) -> String {
        if let temporaryPath { return temporaryPath }
        let path = place.temporaryPath()
        try giveName(path)
        TemporaryNames.lock(descriptor)
        TemporaryNames.add(path)
        temporaryPath = path
        return path
    }

    /// Closes one descriptor of the file, which may tell of trouble; another keeps the lock on its name.
    private func closeWritten() throws(Errno) {
        let copy = try SystemCall.retrying { fcntl(descriptor, F_DUPFD_CLOEXEC, 3) }
        try SystemCall.close(copy)
    }

    /// Gives the file that is going to be replaced another name.
    private func keepFormer(isAlone: Bool) throws(Errno) {
        guard place.existing != nil else { return }
        let isInput = role == .changedInput
        let backup = isInput ? place.path + "~" : place.temporaryPath()
        if unsafe link(place.path, backup) == 0 {
            placement.backup = backup
            return
        }
        let problem = Errno(rawValue: errno)
        // What an interrupted run has left may be the only copy.
        if problem == .fileExists { throw problem }
        // No links on this file system. One file alone is replaced at once.
        if isAlone, !isInput { return }
        try SystemCall.retrying { unsafe rename(place.path, backup) }
        placement.backup = backup
    }

    private func attempt(_ action: String, body: () throws(Errno) -> Void) throws(FileError) {
        do throws(Errno) {
            try body()
        } catch {
            throw FileError(action: action, path: path, errno: error)
        }
    }
}
