internal import CArchive
package import FlashBytes
internal import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// An archive that cannot be used.
public struct ArchiveError: Error, Sendable, CustomStringConvertible {
    /// With the archive's name, as a sentence without capital and full stop.
    public let description: String
    /// Whether a manifest names a file outside of the current directory.
    public let leadsOutside: Bool

    init(description: String, leadsOutside: Bool = false) {
        self.description = description
        self.leadsOutside = leadsOutside
    }
}

/// Reads tar, cpio and zip archives, compressed or not, as a tree.
///
/// Contents go through a temporary file that has no name, since an archive can be read from front to back only.
public enum ArchiveReader {
    /// Reads an archive.
    ///
    /// Absolute paths count from the root of the tree; a path with `..` is refused. Directories that are not listed
    /// themselves are taken to be there, and of two entries of one name the later one counts.
    ///
    /// - Parameter path: the archive; `-` is standard input.
    public static func read(path: String) throws(ArchiveError) -> FileTree {
        let name = path == "-" ? "standard input" : path
        return try tree(of: try ArchiveStream(path: path, name: name), name: name)
    }

    private static func tree(of stream: ArchiveStream, name: String) throws(ArchiveError) -> FileTree {
        var builder = ArchiveTreeBuilder(name: name, spool: try Spool())
        try UTF8Locale.with { () throws(ArchiveError) in
            while let entry = unsafe try stream.next() { unsafe try builder.add(entry, stream: stream) }
        }
        return builder.finish()
    }

    /// Reads an archive that is in memory, as `read(path:)` does.
    ///
    /// - Parameter name: as it is called in messages.
    package static func read(_ bytes: FileBytes, name: String) throws(ArchiveError) -> FileTree {
        try bytes.withBytes { (bytes: RawSpan) throws(ArchiveError) in
            let outcome: Result<FileTree, ArchiveError> = unsafe bytes.withUnsafeBytes { memory in
                do throws(ArchiveError) {
                    return .success(try tree(of: unsafe try ArchiveStream(memory, name: name), name: name))
                } catch {
                    return .failure(error)
                }
            }
            return try outcome.get()
        }
    }

    /// Reads the tree of an mtree manifest that stands alone: content comes from the file that `contents=` names, or
    /// that has the entry's path, both seen from the current directory.
    ///
    /// - Parameter mayLeadOutside: whether these files may lie outside of that directory.
    /// - Throws: also for a file that the manifest gives a size and nobody a content, or whose size or SHA-256 is not that
    ///   of the manifest.
    public static func read(manifest path: String, mayLeadOutside: Bool = false) throws(ArchiveError) -> FileTree {
        let text: FileBytes
        do {
            text = try FileBytes(path: path)
        } catch {
            throw ArchiveError(description: error.description)
        }
        let name = path == "-" ? "standard input" : path
        let manifest: MtreeManifest
        let sources: MtreeSources
        do throws(MtreeError) {
            sources = try MtreeSources(
                reading: text.withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe Array($0) } })
            manifest = try MtreeManifest(reading: text)
        } catch {
            throw ArchiveError(description: "\(name): \(error)")
        }
        let files = try ListedFiles(mayLeadOutside: mayLeadOutside)
        var tree = manifest.tree
        var found: [(InodeID, any FileContents)] = []
        var seen: Set<InodeID> = []
        try tree.walk { (path, id) throws(ArchiveError) in
            guard case .regular(let listed) = tree[id].payload, seen.insert(id).inserted else { return }
            let source = sources.entries[path]
            let size = source?.hasSize == true ? listed.size : nil
            let file = source?.contents ?? path.bytes
            // An empty file needs no other one.
            if source?.contents == nil, size ?? 0 == 0, !files.contains(file) {
                return found.append((id, MemoryContents([])))
            }
            do throws(ArchiveError) {
                found.append((id, try files.contents(file, expected: .init(size: size, digest: manifest.digests[id]))))
            } catch {
                throw ArchiveError(description: "\(name): \(path): \(error)", leadsOutside: error.leadsOutside)
            }
        }
        for (id, contents) in found { tree[id].payload = .regular(contents) }
        return tree
    }
}

/// One archive while it is read.
@safe final class ArchiveStream {
    private let archive: OpaquePointer?
    private let name: String
    /// Nil for standard input, and for what is in memory.
    private let file: OpenFile?

    /// How much is read at once (bytes).
    private static let blockSize = 1 << 17

    init(path: String, name: String) throws(ArchiveError) {
        self.name = name
        unsafe archive = Self.open()
        InputFiles.note(path: path)
        if path == "-" {
            file = nil
        } else {
            do throws(Errno) {
                file = OpenFile(descriptor: try SystemCall.open(path, flags: O_RDONLY | O_CLOEXEC))
            } catch {
                throw ArchiveError(description: "\(name): cannot open: \(error)")
            }
        }
        let status = unsafe archive_read_open_fd(archive, file?.descriptor ?? 0, Self.blockSize)
        if status != ARCHIVE_OK { throw error() }
    }

    /// - Parameter memory: must stay as long as the stream is used.
    @unsafe init(_ memory: UnsafeRawBufferPointer, name: String) throws(ArchiveError) {
        self.name = name
        unsafe archive = Self.open()
        file = nil
        if unsafe archive_read_open_memory(archive, memory.baseAddress, memory.count) != ARCHIVE_OK { throw error() }
    }

    /// Reads all that is known.
    private static func open() -> OpaquePointer? {
        let archive = unsafe archive_read_new()
        // Not all: some would start other programs.
        unsafe archive_read_support_filter_gzip(archive)
        unsafe archive_read_support_filter_bzip2(archive)
        unsafe archive_read_support_filter_xz(archive)
        unsafe archive_read_support_filter_lzma(archive)
        unsafe archive_read_support_filter_lzip(archive)
        unsafe archive_read_support_filter_compress(archive)
        unsafe archive_read_support_filter_zstd(archive)
        unsafe archive_read_support_filter_lz4(archive)
        unsafe archive_read_support_format_tar(archive)
        unsafe archive_read_support_format_gnutar(archive)
        unsafe archive_read_support_format_cpio(archive)
        unsafe archive_read_support_format_zip(archive)
        return unsafe archive
    }

    deinit { unsafe archive_read_free(archive) }

    func next() throws(ArchiveError) -> OpaquePointer? {
        var entry: OpaquePointer?
        let status = unsafe archive_read_next_header(archive, &entry)
        if status == ARCHIVE_EOF { return nil }
        if status != ARCHIVE_OK, status != ARCHIVE_WARN { throw error() }
        return unsafe entry
    }

    /// Copies the content of the entry to the end of the spool; gives back where its parts are.
    func copy(to spool: Spool, size: inout UInt64) throws(ArchiveError) -> [SpooledContents.Part] {
        var parts: [SpooledContents.Part] = []
        while true {
            var block: UnsafeRawPointer?
            var count = 0
            var offset: Int64 = 0
            let status = unsafe archive_read_data_block(archive, &block, &count, &offset)
            if status == ARCHIVE_EOF { break }
            if status != ARCHIVE_OK, status != ARCHIVE_WARN { throw error() }
            guard count > 0, offset >= 0, let block = unsafe block else { continue }
            let place = unsafe try spool.append(UnsafeRawBufferPointer(start: block, count: count))
            let start = UInt64(offset)
            parts.append(SpooledContents.Part(range: start..<start + UInt64(count), place: place))
            size = max(size, start + UInt64(count))
        }
        return parts
    }

    func error() -> ArchiveError {
        guard let text = unsafe archive_error_string(archive) else {
            return ArchiveError(description: "\(name): this is no tar, cpio or zip archive")
        }
        return ArchiveError(description: "\(name): \(unsafe String(cString: text))")
    }
}

/// Puts the entries of an archive into a tree.
private struct ArchiveTreeBuilder {
    private var tree = GrowingFileTree()
    private let name: String
    private let spool: Spool

    init(name: String, spool: Spool) {
        self.name = name
        self.spool = spool
    }

    consuming func finish() -> FileTree { tree.finish() }

    mutating func add(_ entry: OpaquePointer, stream: ArchiveStream) throws(ArchiveError) {
        let path = unsafe try path(archive_entry_pathname(entry))
        var size = UInt64(clamping: unsafe archive_entry_size(entry))
        let parts = try stream.copy(to: spool, size: &size)
        if let target = unsafe archive_entry_hardlink(entry) {
            return unsafe try link(path, to: self.path(target), parts: parts, size: size)
        }
        var metadata = Metadata(
            permissions: UInt16(truncatingIfNeeded: unsafe archive_entry_perm(entry)) & 0o7777,
            owner: try number(unsafe archive_entry_uid(entry), path: path),
            group: try number(unsafe archive_entry_gid(entry), path: path),
            time: Int64(unsafe archive_entry_mtime(entry)))
        if unsafe archive_entry_atime_is_set(entry) != 0 {
            metadata.accessTime = Int64(unsafe archive_entry_atime(entry))
        }
        if unsafe archive_entry_ctime_is_set(entry) != 0 {
            metadata.changeTime = Int64(unsafe archive_entry_ctime(entry))
        }
        let lists: ArchiveAccessControl
        do throws(ArchiveAccessControl.UnknownName) {
            lists = unsafe try ArchiveAccessControl(entry)
        } catch {
            throw refuse(
                path,
                reason:
                    "nobody knows the number of \(error.description) in its access control list (tar --numeric-owner writes "
                    + "numbers)")
        }
        metadata.permissions = lists.permissions(metadata.permissions)
        metadata.extendedAttributes = unsafe attributes(entry, lists: lists.attributes)
        let payload = unsafe try payload(entry, path: path, parts: parts, size: size)
        try put(Inode(metadata: metadata, payload: payload), path: path)
    }

    private func payload(
        _ entry: OpaquePointer, path: FilePathBytes, parts: [SpooledContents.Part], size: UInt64
    ) throws(ArchiveError) -> Inode.Payload {
        let device = DeviceNumber(
            major: UInt32(truncatingIfNeeded: unsafe archive_entry_rdevmajor(entry)),
            minor: UInt32(truncatingIfNeeded: unsafe archive_entry_rdevminor(entry)))
        switch FileKind(mode: UInt32(unsafe archive_entry_filetype(entry))) {
        case .directory: return .directory([])
        case .regular: return .regular(SpooledContents(size: size, parts: parts, spool: spool))
        case .symbolicLink:
            guard let target = unsafe archive_entry_symlink(entry) else {
                throw refuse(path, reason: "the archive has no target of this symlink")
            }
            return .symbolicLink(unsafe cStringBytes(target))
        case .characterDevice: return .characterDevice(device)
        case .blockDevice: return .blockDevice(device)
        case .fifo: return .fifo
        case .socket: return .socket
        case nil: throw refuse(path, reason: "the archive does not say what kind of file this is")
        }
    }

    /// - Parameter lists: access control lists that the archive keeps elsewhere.
    private func attributes(_ entry: OpaquePointer, lists: [ExtendedAttribute]) -> [ExtendedAttribute] {
        var attributes: [ExtendedAttribute] = []
        _ = unsafe archive_entry_xattr_reset(entry)
        while true {
            var name: UnsafePointer<CChar>?
            var value: UnsafeRawPointer?
            var count = 0
            guard unsafe archive_entry_xattr_next(entry, &name, &value, &count) == ARCHIVE_OK,
                let name = unsafe name
            else { break }
            let bytes = unsafe Array(UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : count))
            attributes.append(ExtendedAttribute(name: unsafe cStringBytes(name), value: bytes))
        }
        attributes += lists.filter { list in !attributes.contains { $0.name == list.name } }
        return ArchiveAttributes.withoutEncodedCopies(attributes).sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }

    private func path(_ text: UnsafePointer<CChar>?) throws(ArchiveError) -> FilePathBytes {
        guard let text = unsafe text else { throw ArchiveError(description: "\(name): an entry has no name") }
        let path = FilePathBytes(unsafe cStringBytes(text))
        if path.components.contains(where: { !$0.isSafe }) {
            throw refuse(path, reason: "a path must not lead upwards")
        }
        return path
    }

    private func number(_ value: Int64, path: FilePathBytes) throws(ArchiveError) -> UInt32 {
        guard let number = UInt32(exactly: value) else {
            throw refuse(path, reason: "\(value) is no owner or group number")
        }
        return number
    }

    private func refuse(_ path: FilePathBytes, reason: String) -> ArchiveError {
        ArchiveError(description: "\(name): \(path): \(reason)")
    }

    private mutating func put(_ inode: Inode, path: FilePathBytes) throws(ArchiveError) {
        guard let last = path.components.last else {
            guard inode.kind == .directory else { throw refuse(path, reason: "the root is no folder") }
            return replaceDirectory(FileTree.root, inode: inode)
        }
        let parent = try parent(of: path)
        if inode.kind == .directory, let known = tree.child(last, of: parent), tree[known].kind == .directory {
            return replaceDirectory(known, inode: inode)
        }
        tree.add(inode, name: last, to: parent)
    }

    private mutating func replaceDirectory(_ id: InodeID, inode: Inode) {
        let entries = tree[id].entries
        tree[id] = inode
        tree[id].payload = .directory(entries)
    }

    /// A further name; some archives (cpio) store the content with the last one.
    private mutating func link(
        _ path: FilePathBytes, to target: FilePathBytes, parts: [SpooledContents.Part], size: UInt64
    ) throws(ArchiveError) {
        guard let id = tree.find(target.components), tree[id].kind != .directory, let last = path.components.last else {
            throw refuse(path, reason: "it is a hard link to \(target), which does not come before it in the archive")
        }
        if !parts.isEmpty, case .regular = tree[id].payload {
            tree[id].payload = .regular(SpooledContents(size: size, parts: parts, spool: spool))
        }
        tree.link(id, name: last, to: try parent(of: path))
    }

    private mutating func parent(of path: FilePathBytes) throws(ArchiveError) -> InodeID {
        var at = FileTree.root
        for name in path.components.dropLast() {
            if let next = tree.child(name, of: at) {
                guard tree[next].kind == .directory else { throw refuse(path, reason: "it lies in what is no folder") }
                at = next
            } else {
                let inode = Inode(metadata: Metadata(permissions: 0o755), payload: .directory([]))
                at = tree.add(inode, name: name, to: at)
            }
        }
        return at
    }
}

/// The bytes of a C string, without the NUL.
func cStringBytes(_ text: UnsafePointer<CChar>) -> [UInt8] {
    unsafe UnsafeRawBufferPointer(start: text, count: strlen(text)).map { $0 }
}
