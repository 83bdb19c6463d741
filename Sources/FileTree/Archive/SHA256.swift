internal import CArchive

/// SHA-256 of bytes that come in pieces.
///
/// libarchive has the digest, as fast as the machine can, but hands it out in one place only: as a keyword of the
/// mtree manifests that it writes. So this writes a manifest of one file into memory and reads the digest from there,
/// which saves a further library.
@safe public final class SHA256 {
    private let writer: OpaquePointer?
    private let text: UnsafeMutableRawBufferPointer
    private let used: UnsafeMutablePointer<Int>
    private var isSound = true

    public init() {
        unsafe text = .allocate(byteCount: 1024, alignment: 16)
        unsafe used = .allocate(capacity: 1)
        unsafe used.initialize(to: 0)
        unsafe writer = archive_write_new()
        let entry = unsafe archive_entry_new()
        defer { unsafe archive_entry_free(entry) }
        unsafe archive_entry_copy_pathname(entry, "x")
        unsafe archive_entry_set_filetype(entry, UInt32(FileKind.regular.rawValue))
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
    public func update(_ bytes: RawSpan) {
        unsafe bytes.withUnsafeBytes { unsafe update($0) }
    }

    func update(_ bytes: UnsafeRawBufferPointer) {
        guard isSound, bytes.count > 0 else { return }
        isSound = unsafe archive_write_data(writer, bytes.baseAddress, bytes.count) == bytes.count
    }

    /// The 32 bytes of the digest; nil when libarchive was built without it. To be called once.
    public func finish() -> [UInt8]? {
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
    public static func digest(_ bytes: RawSpan) -> [UInt8]? {
        let digest = SHA256()
        digest.update(bytes)
        return digest.finish()
    }
}

/// The bytes that hexadecimal digits stand for; nil when there is anything else or half a byte.
public func bytes(hexadecimal digits: some Collection<UInt8>) -> [UInt8]? {
    var bytes: [UInt8] = []
    var high: UInt8?
    for digit in digits {
        let value: UInt8
        switch digit {
        case 0x30...0x39: value = digit - 0x30
        case 0x41...0x46: value = digit - 0x41 + 10
        case 0x61...0x66: value = digit - 0x61 + 10
        default: return nil
        }
        if let first = high {
            bytes.append(first << 4 | value)
            high = nil
        } else {
            high = value
        }
    }
    return high == nil ? bytes : nil
}

/// Lower-case hexadecimal digits.
public func hexadecimal(_ bytes: some Collection<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}
