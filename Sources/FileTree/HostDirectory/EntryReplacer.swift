internal import FlashBytes
internal import SystemPackage

/// Why one entry could not be created.
enum EntryFailure: Error {
    /// We have written an entry of that name.
    case taken
    /// A directory that is not empty is in its place.
    case directoryInTheWay
    /// What was read is in its place: the image itself, say.
    case inputInTheWay
    case system(Errno)

    static func wrap<Result>(_ body: () throws(Errno) -> Result) throws(EntryFailure) -> Result {
        do { return try body() } catch { throw .system(error) }
    }
}

/// Creates entries; where asked, in place of what was there before, but never of what we created ourselves.
struct EntryReplacer {
    /// Whether anything may be replaced.
    let isOn: Bool
    /// What we created, when something may be replaced: on some hosts `File` and `file` are one name.
    private var ours: Set<HostIdentity> = []

    init(isOn: Bool) { self.isOn = isOn }

    mutating func createFile(
        _ name: FileName, in directory: OpenDirectory, permissions: UInt16
    ) throws(EntryFailure) -> OpenFile {
        try place(name, in: directory) { () throws(Errno) in
            try directory.createFile(name, permissions: permissions)
        }
    }

    mutating func create(
        _ name: FileName, in directory: OpenDirectory, body: () throws(Errno) -> Void
    ) throws(EntryFailure) {
        try place(name, in: directory, create: body)
    }

    /// A new directory, or the one that is there.
    mutating func makeDirectory(_ name: FileName, in directory: OpenDirectory) throws(EntryFailure) -> OpenDirectory {
        if isOn, let status = try? directory.status(name), status.kind == .directory {
            guard ours.insert(status.identity).inserted else { throw .taken }
            return try EntryFailure.wrap { () throws(Errno) in
                // One that forbids even us to look in gets its permissions at the end.
                if status.metadata.permissions & 0o700 != 0o700 {
                    try? directory.setPermissions(name, permissions: status.metadata.permissions | 0o700)
                }
                return try directory.openDirectory(name)
            }
        }
        return try place(name, in: directory) { () throws(Errno) in
            try directory.makeDirectory(name)
            return try directory.openDirectory(name)
        }
    }

    private mutating func place<Result>(
        _ name: FileName, in directory: OpenDirectory, create: () throws(Errno) -> Result
    ) throws(EntryFailure) -> Result {
        let result: Result
        do throws(Errno) {
            result = try create()
        } catch {
            guard error == .fileExists else { throw .system(error) }
            guard isOn else { throw .taken }
            try clear(name, in: directory)
            result = try EntryFailure.wrap(create)
        }
        if isOn, let status = try? directory.status(name) { ours.insert(status.identity) }
        return result
    }

    /// Takes away what is behind a name, unless it is ours or a directory with something in it.
    private func clear(_ name: FileName, in directory: OpenDirectory) throws(EntryFailure) {
        let status = try EntryFailure.wrap { () throws(Errno) in try directory.status(name) }
        if ours.contains(status.identity) { throw .taken }
        if status.kind == .regular, InputFiles.contains(FileIdentity(status.identity)) { throw .inputInTheWay }
        do throws(Errno) {
            if status.kind == .directory {
                try directory.removeDirectory(name)
            } else {
                try directory.unlink(name)
            }
        } catch {
            throw error == .directoryNotEmpty || error == .fileExists ? .directoryInTheWay : .system(error)
        }
    }
}
