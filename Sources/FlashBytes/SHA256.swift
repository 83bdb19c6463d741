internal import CArchive

/// SHA-256 of bytes that come in pieces.
///
/// libarchive has the digest, as fast as the machine can, but hands it out in one place only: as a keyword of the
/// mtree manifests that it writes. So this writes a manifest of one file into memory and reads the digest from there,
/// which saves a further library.
@safe package final class SHA256 {
    private let writer: OpaquePointer?
    private let text: UnsafeMutableRawBufferPointer
    private let used: UnsafeMutablePointer<Int>
    private var isSound = true

    /// The kind of an entry, as in `stat`.
    private static let regularFile: UInt32 = 0o100000

    /// The digest of nothing so far.
    package init() {
        unsafe text = .allocate(byteCount: 1024, alignment: 16)
        unsafe used = .allocate(capacity: 1)
        unsafe used.initialize(to: 0)
        unsafe writer = archive_write_new()
        let entry = unsafe archive_entry_new()
        defer { unsafe archive_entry_free(entry) }
        unsafe archive_entry_copy_pathname(entry, "x")
        unsafe archive_entry_set_filetype(entry, Self.regularFile)
        unsafe archive_entry_set_size(entry, .max)
        isSound =
            unsafe archive_write_set_format_mtree(writer) == ARCHIVE_OK
            && archive_write_set_format_option(writer, "mtree", "all", nil) == ARCHIVE_OK
            && archive_write_set_format_option(writer, "mtree", "sha256", "1") == ARCHIVE_OK
            && archive_write_set_bytes_per_block(writer, 0) == ARCHIVE_OK
            && archive_write_open_memory(writer, text.baseAddress, text.count, used) == ARCHIVE_OK
            && archive_write_header(writer, entry) == ARCHIVE_OK
    }

    deinit {
        unsafe archive_write_free(writer)
        unsafe text.deallocate()
        unsafe used.deallocate()
    }

    /// Takes in the next bytes.
    package func update(_ bytes: RawSpan) {
        unsafe bytes.withUnsafeBytes { unsafe update($0) }
    }

    package func update(_ bytes: UnsafeRawBufferPointer) {
        guard isSound, bytes.count > 0 else { return }
        isSound = unsafe archive_write_data(writer, bytes.baseAddress, bytes.count) == bytes.count
    }

    /// The 32 bytes of the digest; nil when libarchive was built without it. To be called once.
    package func finish() -> [UInt8]? {
        guard isSound, unsafe archive_write_close(writer) == ARCHIVE_OK else { return nil }
        let manifest = unsafe UnsafeRawBufferPointer(text).prefix(used.pointee)
        let keyword = Array("sha256digest=".utf8)
        var line = unsafe manifest[...]
        while unsafe line.count >= keyword.count + 64 {
            if unsafe line.starts(with: keyword) {
                return unsafe bytes(hexadecimal: line.dropFirst(keyword.count).prefix(64))
            }
            unsafe line = line.dropFirst()
        }
        return nil
    }

    /// The digest of bytes that are in memory.
    package static func digest(_ bytes: RawSpan) -> [UInt8]? {
        let digest = SHA256()
        digest.update(bytes)
        return digest.finish()
    }
}
