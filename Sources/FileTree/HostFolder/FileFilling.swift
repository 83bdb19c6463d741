internal import FlashBytes
internal import SystemPackage

/// The work of one regular file, done apart from the walk through the tree: content, then metadata.
struct FileFilling: Sendable {
    /// Its place among all files that are filled.
    let number: Int
    let inode: InodeID
    let path: FilePathBytes
    let file: OpenFile
    let contents: any FileContents
    let metadata: Metadata
    let configuration: FolderWriter.Configuration

    struct Outcome: Sendable {
        let filling: FileFilling
        var findings: [FolderFinding.Problem] = []
        var notSet = NotSet()
        var digest: [UInt8]?
        var contentBytes: UInt64 = 0
        /// The host cannot go on: disk full, say.
        var failure: Errno?
    }

    /// Holes count for the digest with each byte, so beyond this many of them the digest is left out: a hostile image
    /// declares 4 GiB in 68 bytes.
    private static let holeLimit: UInt64 = 64 << 20
    private static let pieceSize = 256 << 10

    func run() -> Outcome {
        var outcome = Outcome(filling: self)
        do throws(Errno) {
            try write(&outcome)
            try MetadataSetter(configuration: configuration).set(
                metadata, on: file.descriptor, &outcome.notSet, &outcome.findings)
        } catch {
            outcome.failure = error
        }
        return outcome
    }

    private func write(_ outcome: inout Outcome) throws(Errno) {
        let size = contents.size
        var digest: SHA256?
        var damage: [ContentDamage] = []
        do {
            let reader = try contents.makeReader()
            let ranges = try reader.dataRanges()
            let data = ranges.reduce(0 as UInt64) { $0 &+ UInt64($1.count) }
            if configuration.computesDigests, size &- data <= Self.holeLimit { digest = SHA256() }
            let buffer = PieceBuffer(capacity: Int(min(UInt64(Self.pieceSize), max(size, 1))))
            var position: UInt64 = 0
            for range in ranges {
                buffer.digestZeros(range.lowerBound &- position, into: digest)
                position = range.lowerBound
                while position < range.upperBound {
                    let count = Int(min(UInt64(buffer.capacity), range.upperBound - position))
                    damage += try buffer.fill(from: reader, at: position, count: count)
                    try buffer.write(count, to: file, at: position)
                    buffer.digest(count, into: digest)
                    position += UInt64(count)
                    outcome.contentBytes += UInt64(count)
                }
            }
            buffer.digestZeros(size &- position, into: digest)
        } catch let error as ContentsError {
            outcome.findings.append(.unreadable(error))
            digest = nil
        } catch {
            throw error as? Errno ?? .ioError
        }
        try file.setSize(size)
        if !damage.isEmpty { outcome.findings.append(.damaged(damage)) }
        outcome.digest = digest?.finish()
    }
}

/// The memory through which one file's content goes.
@safe private final class PieceBuffer {
    private let memory: UnsafeMutableRawBufferPointer
    let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
        unsafe memory = .allocate(byteCount: capacity, alignment: 16)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit { unsafe memory.deallocate() }

    private func piece(_ count: Int) -> UnsafeMutableRawBufferPointer {
        unsafe UnsafeMutableRawBufferPointer(rebasing: memory[..<count])
    }

    func fill(from reader: any ContentReader, at offset: UInt64, count: Int) throws(ContentsError) -> [ContentDamage] {
        var span = unsafe MutableRawSpan(_unsafeBytes: piece(count))
        return try reader.read(into: &span, at: offset)
    }

    func write(_ count: Int, to file: OpenFile, at offset: UInt64) throws(Errno) {
        unsafe try file.write(UnsafeRawBufferPointer(piece(count)), at: offset)
    }

    func digest(_ count: Int, into digest: SHA256?) {
        unsafe digest?.update(UnsafeRawBufferPointer(piece(count)))
    }

    func digestZeros(_ count: UInt64, into digest: SHA256?) {
        guard let digest, count > 0 else { return }
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0)
        var rest = count
        while rest > 0 {
            let step = Int(min(rest, UInt64(capacity)))
            self.digest(step, into: digest)
            rest -= UInt64(step)
        }
    }
}

/// Sets owner, extended attributes, permissions and times, in the order in which one does not undo the other.
struct MetadataSetter {
    let configuration: FolderWriter.Configuration

    /// On a file or folder that is held open.
    ///
    /// - Throws: what stops the whole work; anything else becomes a finding.
    func set(
        _ metadata: Metadata, on descriptor: CInt, _ notSet: inout NotSet, _ findings: inout [FolderFinding.Problem]
    ) throws(Errno) {
        try setOwnerAndAttributes(metadata, &notSet, &findings) { () throws(Errno) in
            try HostMetadata.setOwner(descriptor, metadata.owner, metadata.group)
        } attribute: { attribute throws(Errno) in
            try HostExtendedAttributes.set(attribute, on: descriptor)
        }
        let isSet = try attempt("permissions", &findings) { () throws(Errno) in
            try HostMetadata.setPermissions(descriptor, metadata.permissions & 0o7777)
        }
        notePermissions(metadata, isSet, &notSet) { () throws(Errno) in try HostMetadata.status(descriptor) }
        notSet.times = try !attempt("times", &findings) { () throws(Errno) in
            try HostMetadata.setTimes(
                descriptor, access: metadata.accessTime, modification: metadata.modificationTime)
        }
    }

    /// On a symlink, device, FIFO or socket.
    func set(
        _ metadata: Metadata, on name: FileName, in folder: OpenFolder, kind: FileKind, _ notSet: inout NotSet,
        _ findings: inout [FolderFinding.Problem]
    ) throws(Errno) {
        try setOwnerAndAttributes(metadata, &notSet, &findings) { () throws(Errno) in
            try folder.setOwner(name, metadata.owner, metadata.group)
        } attribute: { attribute throws(Errno) in
            try HostExtendedAttributes.set(attribute, on: name, in: folder)
        }
        if kind != .symbolicLink {
            let isSet = try attempt("permissions", &findings) { () throws(Errno) in
                try folder.setPermissions(name, metadata.permissions & 0o7777)
            }
            notePermissions(metadata, isSet, &notSet) { () throws(Errno) in try folder.status(name) }
        }
        notSet.times = try !attempt("times", &findings) { () throws(Errno) in
            try folder.setTimes(name, access: metadata.accessTime, modification: metadata.modificationTime)
        }
    }

    private func setOwnerAndAttributes(
        _ metadata: Metadata, _ notSet: inout NotSet, _ findings: inout [FolderFinding.Problem],
        owner: () throws(Errno) -> Void, attribute: (ExtendedAttribute) throws(Errno) -> Void
    ) throws(Errno) {
        if configuration.isPrivileged {
            notSet.owner = try !attempt("owner", &findings, owner)
        }
        guard configuration.setsExtendedAttributes else { return }
        for one in metadata.extendedAttributes {
            let isSet = try attempt("extended attribute \(printable(one.name))", &findings) { () throws(Errno) in
                try attribute(one)
            }
            if !isSet { notSet.extendedAttributes.append(one.name) }
        }
    }

    /// A system may drop set-uid and set-gid without a word (the group is not the user's, say).
    private func notePermissions(
        _ metadata: Metadata, _ isSet: Bool, _ notSet: inout NotSet, _ status: () throws(Errno) -> HostStatus
    ) {
        guard !isSet || metadata.permissions & 0o7000 != 0, let found = try? status() else { return }
        if found.metadata.permissions != metadata.permissions & 0o7777 {
            notSet.permissions = found.metadata.permissions
        }
    }

    /// Says whether it worked.
    @discardableResult
    private func attempt(
        _ what: String, _ findings: inout [FolderFinding.Problem], _ body: () throws(Errno) -> Void
    ) throws(Errno) -> Bool {
        do throws(Errno) {
            try body()
            return true
        } catch {
            if error.stopsWriting { throw error }
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
            .tooManyOpenFilesInSystem, .noMemory, .staleNFSFileHandle:
            true
        default: false
        }
    }
}
