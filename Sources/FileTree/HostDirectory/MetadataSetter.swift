internal import SystemPackage

/// Sets owner, extended attributes, permissions and times, in the order in which one does not undo the other.
struct MetadataSetter {
    let configuration: HostDirectoryWriter.Configuration

    /// On a file or directory that is held open.
    ///
    /// - Parameter created: what it has already, if that is known.
    /// - Throws: what stops the whole work; anything else becomes a finding.
    func set(
        _ metadata: Metadata, on descriptor: CInt, created: CreatedMetadata? = nil, notSet: inout NotSet,
        into findings: inout [DirectoryFinding.Problem]
    ) throws(Errno) {
        try setOwnerAndAttributes(metadata, notSet: &notSet, into: &findings) { () throws(Errno) in
            if let created, created.owner == metadata.owner, created.group == metadata.group { return }
            try HostMetadata.setOwner(descriptor, owner: metadata.owner, group: metadata.group)
        } attribute: { attribute throws(Errno) in
            try HostExtendedAttributes.set(attribute, on: descriptor)
        }
        let permissions = settablePermissions(metadata)
        let isSet = try attempt("permissions", into: &findings) { () throws(Errno) in
            if created?.permissions == permissions { return }
            try HostMetadata.setPermissions(descriptor, permissions: permissions)
        }
        notePermissions(metadata, isSet: isSet, notSet: &notSet) { () throws(Errno) in
            try HostMetadata.status(descriptor)
        }
        notSet.times = try !attempt("times", into: &findings) { () throws(Errno) in
            try HostMetadata.setTimes(
                descriptor, access: metadata.accessTime, modification: metadata.modificationTime)
        }
    }

    /// On a symlink, device, FIFO or socket.
    func set(
        _ metadata: Metadata, on name: FileName, in directory: OpenDirectory, kind: FileKind, notSet: inout NotSet,
        into findings: inout [DirectoryFinding.Problem]
    ) throws(Errno) {
        try setOwnerAndAttributes(metadata, notSet: &notSet, into: &findings) { () throws(Errno) in
            try directory.setOwner(name, owner: metadata.owner, group: metadata.group)
        } attribute: { attribute throws(Errno) in
            try HostExtendedAttributes.set(attribute, on: name, in: directory)
        }
        if kind != .symbolicLink {
            let isSet = try attempt("permissions", into: &findings) { () throws(Errno) in
                try directory.setPermissions(name, permissions: settablePermissions(metadata))
            }
            notePermissions(metadata, isSet: isSet, notSet: &notSet) { () throws(Errno) in try directory.status(name) }
        }
        notSet.times = try !attempt("times", into: &findings) { () throws(Errno) in
            try directory.setTimes(name, access: metadata.accessTime, modification: metadata.modificationTime)
        }
    }

    private func setOwnerAndAttributes(
        _ metadata: Metadata, notSet: inout NotSet, into findings: inout [DirectoryFinding.Problem],
        owner: () throws(Errno) -> Void, attribute: (ExtendedAttribute) throws(Errno) -> Void
    ) throws(Errno) {
        if configuration.isPrivileged {
            notSet.owner = try !attempt("owner", into: &findings, body: owner)
        }
        guard configuration.setsExtendedAttributes else { return }
        for one in metadata.extendedAttributes {
            let isSet = try attempt("extended attribute \(printable(one.name))", into: &findings) { () throws(Errno) in
                try attribute(one)
            }
            if !isSet { notSet.extendedAttributes.append(one.name) }
        }
    }

    private func settablePermissions(_ metadata: Metadata) -> UInt16 {
        metadata.permissions & (configuration.setsSetID ? 0o7777 : 0o7777 & ~Metadata.setID)
    }

    /// A system may drop set-uid and set-gid without a word (the group is not the user's, say).
    private func notePermissions(
        _ metadata: Metadata, isSet: Bool, notSet: inout NotSet, status: () throws(Errno) -> HostStatus
    ) {
        guard !isSet || metadata.permissions & 0o7000 != 0, let found = try? status() else { return }
        if found.metadata.permissions != metadata.permissions & 0o7777 {
            notSet.permissions = found.metadata.permissions
        }
    }

    /// Says whether it worked.
    @discardableResult
    private func attempt(
        _ what: String, into findings: inout [DirectoryFinding.Problem], body: () throws(Errno) -> Void
    ) throws(Errno) -> Bool {
        do throws(Errno) {
            try body()
            return true
        } catch {
            // File systems say that there is no room, too, when one attribute is too large or an owner's quota is used up.
            // All content is written by then, and a disk that is full stops the next file.
            if error.stopsWriting, error != .noSpace, error != .diskQuotaExceeded { throw error }
            findings.append(.notSet(what, error))
            return false
        }
    }
}

extension Errno {
    /// Whether nothing more can be written, rather than one file not.
    var stopsWriting: Bool {
        switch self {
        case .noSpace, .diskQuotaExceeded, .readOnlyFileSystem, .ioError, .tooManyOpenFiles,
            .tooManyOpenFilesInSystem, .noMemory, .staleNFSFileHandle, .interrupted:
            true
        default: false
        }
    }
}
