internal import CArchive

/// A message digest of bytes that come in pieces.
///
/// libarchive has the digests, as fast as the machine can, but hands it out in one place only: as a keyword of the
/// mtree manifests that it writes. So this writes a manifest of one file into memory and reads the digest from there,
/// which saves a further library.
@safe package final class MessageDigest {
    /// As libarchive names it.
    package enum Algorithm: String, Sendable { case md5, sha1, sha256, sha384, sha512 }

    private let algorithm: Algorithm
    private let writer: OpaquePointer?
    private let text: UnsafeMutableRawBufferPointer
    private let used: UnsafeMutablePointer<Int>
    private var isSound = true

    /// The kind of an entry, as in `stat`.
    private static let regularFile: UInt32 = 0o100000

    /// The digest of nothing so far.
    package init(_ algorithm: Algorithm) {
        self.algorithm = algorithm
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
            && archive_write_set_format_option(writer, "mtree", algorithm.rawValue, "1") == ARCHIVE_OK
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

    /// The bytes of the digest; nil when libarchive was built without it. To be called once.
    package func finish() -> [UInt8]? {
        guard isSound, unsafe archive_write_close(writer) == ARCHIVE_OK else { return nil }
        let manifest = unsafe UnsafeRawBufferPointer(text).prefix(used.pointee)
        let keyword = Array("\(algorithm.rawValue)digest=".utf8)
        var line = unsafe manifest[...]
        while unsafe line.count > keyword.count {
            if unsafe line.starts(with: keyword) {
                let digits = unsafe line.dropFirst(keyword.count).prefix {
                    (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
                }
                return unsafe bytes(hexadecimal: digits)
            }
            unsafe line = line.dropFirst()
        }
        return nil
    }

    /// The digest of bytes that are in memory.
    package static func of(_ bytes: RawSpan, algorithm: Algorithm) -> [UInt8]? {
        let digest = MessageDigest(algorithm)
        digest.update(bytes)
        return digest.finish()
    }
}
