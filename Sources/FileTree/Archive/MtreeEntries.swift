internal import CArchive

/// One line of a manifest.
struct MtreeEntry {
    var path: FilePathBytes
    var inode: Inode
    var linkCount: UInt32
    var digest: [UInt8]?
}

/// The entries of a manifest, as libarchive understands them.
enum MtreeEntries {
    /// All entries in the order of the manifest.
    static func read(_ text: [UInt8]) throws(MtreeError) -> [MtreeEntry] {
        let archive = unsafe archive_read_new()
        defer { unsafe archive_read_free(archive) }
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(text.count, 1), alignment: 16)
        defer { unsafe memory.deallocate() }
        unsafe memory.copyBytes(from: text)
        unsafe archive_read_support_format_mtree(archive)
        guard unsafe archive_read_open_memory(archive, memory.baseAddress, text.count) == ARCHIVE_OK else {
            throw unsafe error(archive)
        }
        var entries: [MtreeEntry] = []
        while true {
            var entry: OpaquePointer?
            let status = unsafe archive_read_next_header(archive, &entry)
            if status == ARCHIVE_EOF { return entries }
            guard status == ARCHIVE_OK, let entry = unsafe entry else { throw unsafe error(archive) }
            entries.append(unsafe try parse(entry))
        }
    }

    private static func error(_ archive: OpaquePointer?) -> MtreeError {
        guard let text = unsafe archive_error_string(archive) else {
            return MtreeError(description: "this is no mtree manifest")
        }
        return MtreeError(description: "this is no usable mtree manifest: \(unsafe String(cString: text))")
    }

    private static func parse(_ entry: OpaquePointer) throws(MtreeError) -> MtreeEntry {
        guard let name = unsafe archive_entry_pathname(entry) else {
            throw MtreeError(description: "an entry of the manifest has no name")
        }
        let path = FilePathBytes(unsafe cStringBytes(name))
        if let bad = path.components.first(where: { !$0.isSafe }) {
            throw MtreeError(description: "\(path): an entry of a manifest cannot be called '\(bad)'")
        }
        var metadata = Metadata(
            permissions: UInt16(truncatingIfNeeded: unsafe archive_entry_perm(entry)) & 0o7777,
            owner: unsafe try number(archive_entry_uid(entry), path: path),
            group: unsafe try number(archive_entry_gid(entry), path: path),
            time: Int64(unsafe archive_entry_mtime(entry)))
        metadata.extendedAttributes = []
        let device = DeviceNumber(
            major: UInt32(truncatingIfNeeded: unsafe archive_entry_rdevmajor(entry)),
            minor: UInt32(truncatingIfNeeded: unsafe archive_entry_rdevminor(entry)))
        let payload: Inode.Payload
        switch FileKind(mode: UInt32(unsafe archive_entry_filetype(entry))) {
        case .directory: payload = .directory([])
        case .regular, nil:
            payload = .regular(ListedContents(size: UInt64(clamping: unsafe archive_entry_size(entry))))
        case .symbolicLink:
            guard let target = unsafe archive_entry_symlink(entry) else {
                throw MtreeError(description: "\(path): the manifest names no target of this symlink (link=)")
            }
            payload = .symbolicLink(unsafe cStringBytes(target))
        case .characterDevice: payload = .characterDevice(device)
        case .blockDevice: payload = .blockDevice(device)
        case .fifo: payload = .fifo
        case .socket: payload = .socket
        }
        let inode = Inode(
            number: unsafe archive_entry_ino_is_set(entry) != 0
                ? UInt32(exactly: unsafe archive_entry_ino64(entry)).map { InodeNumber(rawValue: $0) } : nil,
            metadata: metadata, payload: payload)
        return MtreeEntry(
            path: path, inode: inode, linkCount: UInt32(unsafe archive_entry_nlink(entry)),
            digest: unsafe digest(of: entry))
    }

    private static func number(_ value: Int64, path: FilePathBytes) throws(MtreeError) -> UInt32 {
        guard let number = UInt32(exactly: value) else {
            throw MtreeError(description: "\(path): \(value) is no owner or group number")
        }
        return number
    }

    /// libarchive gives zeros for a digest that is not there.
    private static func digest(of entry: OpaquePointer) -> [UInt8]? {
        guard let start = unsafe archive_entry_digest(entry, ARCHIVE_ENTRY_DIGEST_SHA256) else { return nil }
        let digest = unsafe Array(UnsafeBufferPointer(start: start, count: 32))
        return digest.contains { $0 != 0 } ? digest : nil
    }
}
