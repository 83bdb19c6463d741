internal import CArchive
internal import FlashBytes

/// What is in a packed file that lies in memory: an archive, or a single compressed file.
@safe package struct PackedContents: Sendable {
    /// A file in it.
    package struct Member: Sendable {
        /// As the archive has it; empty for a single compressed file.
        package var path: [UInt8]
        package var bytes: [UInt8]

        /// - Parameter path: empty for a single compressed file.
        package init(path: [UInt8], bytes: [UInt8]) {
            self.path = path
            self.bytes = bytes
        }
    }

    /// Why it cannot be looked into.
    package enum Failure: Error, Sendable, Hashable {
        case damaged(String)
        case encrypted
        /// It has more than that many bytes.
        case tooLarge(Int)

        /// As the end of a sentence that names the file.
        package var description: String {
            switch self {
            case .damaged(let why): "is packed, and cannot be unpacked (\(why))"
            case .encrypted: "is encrypted"
            case .tooLarge(let limit): "is packed, and holds more than \(limit >> 20) MiB"
            }
        }
    }

    /// The plain files, in their order.
    package private(set) var members: [Member] = []
    private let packed: [UInt8]
    /// How much of the file it takes; what stands behind that belongs to something else (bytes).
    package let consumed: Int

    /// What packed files begin with, and where.
    private static let signatures: [(at: Int, bytes: [UInt8])] = [
        (0, [0x1f, 0x8b, 0x08]), (0, Array("BZh".utf8)), (0, [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]),
        (0, [0x28, 0xb5, 0x2f, 0xfd]), (0, [0x04, 0x22, 0x4d, 0x18]), (0, Array("LZIP\u{1}".utf8)), (0, [0x1f, 0x9d]),
        (0, [0x50, 0x4b, 0x03, 0x04]), (0, [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]), (257, Array("ustar".utf8)),
        (0, Array("070701".utf8)), (0, Array("070702".utf8)), (0, Array("070707".utf8)),
        (0, [0x5d, 0x00, 0x00, 0x80, 0x00, 0xff, 0xff]), (0, [0x5d, 0x00, 0x00, 0x00, 0x04, 0xff, 0xff]),
    ]

    /// Whether bytes begin as a packed file does.
    package static func isPacked(_ bytes: [UInt8]) -> Bool {
        // Asked of each file and of each former state of it: not generic, and by the first byte.
        signatures.contains { signature in
            bytes.count >= signature.at + signature.bytes.count && bytes[signature.at] == signature.bytes.first
                && bytes[signature.at..<signature.at + signature.bytes.count].elementsEqual(signature.bytes)
        }
    }

    /// Unpacks it.
    ///
    /// - Parameters:
    ///   - limit: of all that is in it (bytes).
    ///   - hasTail: whether something else may stand behind a compressed file, and is no damage.
    package init(_ packed: [UInt8], limit: Int, hasTail: Bool = false) throws(Failure) {
        self.packed = packed
        let reader = try PackedContentsReader(packed)
        members = try UTF8Locale.with { () throws(Failure) in
            try Self.members(of: reader, limit: limit, hasTail: hasTail)
        }
        consumed = reader.consumed
        if members.isEmpty, reader.isEmptyStream { throw .damaged("nothing is in it") }
    }

    private static func members(
        of reader: PackedContentsReader, limit: Int, hasTail: Bool
    ) throws(Failure) -> [Member] {
        var left = limit
        var members: [Member] = []
        while let entry = try unsafe reader.next() {
            guard unsafe reader.isFile(entry) else { continue }
            guard let bytes = try reader.data(most: left, hasTail: hasTail) else { throw .tooLarge(limit) }
            left -= bytes.count
            members.append(Member(path: unsafe reader.path(entry), bytes: bytes))
        }
        return members
    }

    /// The archive as it was before it was compressed; nil for what has its directory elsewhere, and for a single file.
    ///
    /// - Parameter limit: of what comes out (bytes).
    package func archive(limit: Int) -> [UInt8]? {
        guard let reader = try? PackedContentsReader(packed), reader.hasEntry() else { return nil }
        guard [ARCHIVE_FORMAT_TAR, ARCHIVE_FORMAT_CPIO].contains(reader.form & ARCHIVE_FORMAT_BASE_MASK) else {
            return nil
        }
        if reader.filters.isEmpty { return packed }
        guard let bare = try? PackedContentsReader(packed, isArchive: false), bare.hasEntry() else { return nil }
        return (try? bare.data(most: limit)) ?? nil
    }

    /// The file with another archive in it, compressed in the same way; nil where libarchive cannot do that.
    package func recompressed(_ archive: [UInt8]) -> [UInt8]? {
        guard let reader = try? PackedContentsReader(packed, isArchive: false) else { return nil }
        // What nothing has compressed is no entry of its own.
        guard let entry = try? unsafe reader.next() else { return reader.filters.isEmpty ? archive : nil }
        guard
            let writer = PackedContentsWriter(
                form: ARCHIVE_FORMAT_RAW, filters: reader.filters, size: archive.count),
            unsafe writer.add(entry, data: archive, isFile: true)
        else { return nil }
        return writer.finish()
    }

    /// The same file with other bytes in some of its members, packed in the same way.
    ///
    /// - Parameter replacing: by the index of the member.
    /// - Returns: nil where libarchive cannot write this form.
    package func repacked(replacing bytes: [Int: [UInt8]]) -> [UInt8]? {
        UTF8Locale.with { rewritten(replacing: bytes) }
    }

    private func rewritten(replacing bytes: [Int: [UInt8]]) -> [UInt8]? {
        guard let reader = try? PackedContentsReader(packed), let first = try? unsafe reader.next() else { return nil }
        guard let writer = PackedContentsWriter(form: reader.form, filters: reader.filters, size: packed.count) else {
            return nil
        }
        var entry: OpaquePointer? = unsafe first
        var index = 0
        while let current = unsafe entry {
            let isFile = unsafe reader.isFile(current)
            var data: [UInt8] = []
            if isFile {
                guard index < members.count else { return nil }
                data = bytes[index] ?? members[index].bytes
                index += 1
            }
            guard unsafe writer.add(current, data: data, isFile: isFile) else { return nil }
            guard let next = try? unsafe reader.next() else {
                unsafe entry = nil
                continue
            }
            unsafe entry = next
        }
        guard index == members.count else { return nil }
        return writer.finish()
    }
}

/// Reads one, entry by entry.
@safe private final class PackedContentsReader {
    private let archive: OpaquePointer
    private let bytes: UnsafeMutableRawBufferPointer

    /// - Parameter isArchive: whether the files in an archive are wanted, and not the archive.
    init(_ packed: [UInt8], isArchive: Bool = true) throws(PackedContents.Failure) {
        guard let archive = unsafe archive_read_new() else { throw .damaged("not enough memory") }
        unsafe self.archive = archive
        unsafe bytes = .allocate(byteCount: max(1, packed.count), alignment: 16)
        unsafe bytes.copyBytes(from: packed)
        if isArchive {
            unsafe archive_read_support_format_tar(archive)
            unsafe archive_read_support_format_cpio(archive)
            unsafe archive_read_support_format_zip(archive)
            unsafe archive_read_support_format_7zip(archive)
        }
        unsafe archive_read_support_format_raw(archive)
        unsafe archive_read_support_format_empty(archive)
        // Those that libarchive does itself: for others it starts programs.
        unsafe archive_read_support_filter_gzip(archive)
        unsafe archive_read_support_filter_bzip2(archive)
        unsafe archive_read_support_filter_xz(archive)
        unsafe archive_read_support_filter_lzma(archive)
        unsafe archive_read_support_filter_zstd(archive)
        unsafe archive_read_support_filter_lz4(archive)
        unsafe archive_read_support_filter_lzip(archive)
        unsafe archive_read_support_filter_compress(archive)
        guard unsafe archive_read_open_memory(archive, bytes.baseAddress, packed.count) == ARCHIVE_OK else {
            throw .damaged(message)
        }
    }

    deinit {
        unsafe archive_read_free(archive)
        unsafe bytes.deallocate()
    }

    private var message: String {
        unsafe archive_error_string(archive).map { unsafe String(cString: $0) } ?? "no reason given"
    }

    /// The next entry; nil at the end.
    func next() throws(PackedContents.Failure) -> OpaquePointer? {
        var entry: OpaquePointer?
        let status = unsafe archive_read_next_header(archive, &entry)
        if status == ARCHIVE_EOF { return nil }
        guard status == ARCHIVE_OK || status == ARCHIVE_WARN, let entry = unsafe entry else { throw .damaged(message) }
        if unsafe archive_entry_is_encrypted(entry) != 0 { throw .encrypted }
        // Bare bytes that no filter has unpacked are no packed file.
        if form == ARCHIVE_FORMAT_RAW, filters.isEmpty { throw .damaged("it is of no known form") }
        return unsafe entry
    }

    /// Goes to the first entry.
    func hasEntry() -> Bool {
        guard let _ = try? unsafe next() else { return false }
        return true
    }

    func isFile(_ entry: OpaquePointer) -> Bool {
        unsafe form == ARCHIVE_FORMAT_RAW
            || UInt32(archive_entry_filetype(entry)) == 0o100000 && archive_entry_hardlink(entry) == nil
    }

    func path(_ entry: OpaquePointer) -> [UInt8] {
        if form == ARCHIVE_FORMAT_RAW { return [] }
        guard let path = unsafe archive_entry_pathname(entry) else { return [] }
        return unsafe cStringBytes(path)
    }

    /// All data of the entry; nil if there is more than that.
    func data(most: Int, hasTail: Bool = false) throws(PackedContents.Failure) -> [UInt8]? {
        var data: [UInt8] = []
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { unsafe piece.deallocate() }
        while true {
            let count = unsafe archive_read_data(archive, piece.baseAddress, piece.count)
            if count == 0 { return data }
            guard count > 0 else {
                if hasTail, form == ARCHIVE_FORMAT_RAW, !data.isEmpty { return data }
                if unsafe archive_read_has_encrypted_entries(archive) > 0 { throw .encrypted }
                throw .damaged(message)
            }
            guard data.count + count <= most else { return nil }
            unsafe data += piece.prefix(count)
        }
    }

    var form: CInt { unsafe archive_format(archive) }
    /// What was read of the file; of an archive whose directory is at its end, all of it (bytes).
    var consumed: Int {
        let isIndexed = form & ARCHIVE_FORMAT_BASE_MASK == ARCHIVE_FORMAT_ZIP || form == ARCHIVE_FORMAT_7ZIP
        return unsafe isIndexed ? bytes.count : Int(clamping: archive_filter_bytes(archive, -1))
    }
    var isEmptyStream: Bool { form == ARCHIVE_FORMAT_EMPTY }

    /// The codes of the filters, the outermost last; without that for none.
    var filters: [CInt] {
        let count = unsafe archive_filter_count(archive)
        return (0..<max(0, count)).map { unsafe archive_filter_code(archive, $0) }.filter { $0 != ARCHIVE_FILTER_NONE }
    }
}

/// Writes one into memory.
@safe private final class PackedContentsWriter {
    private let archive: OpaquePointer
    private let sink: UnsafeMutablePointer<[UInt8]>
    /// Whether it is a single compressed file, which has no name.
    private let isRaw: Bool

    init?(form: CInt, filters: [CInt], size: Int) {
        isRaw = form == ARCHIVE_FORMAT_RAW
        guard let archive = unsafe archive_write_new() else { return nil }
        unsafe self.archive = archive
        unsafe sink = .allocate(capacity: 1)
        unsafe sink.initialize(to: [])
        let status =
            form == ARCHIVE_FORMAT_RAW
            ? unsafe archive_write_set_format_raw(archive) : unsafe archive_write_set_format(archive, form)
        guard status == ARCHIVE_OK else { return nil }
        for filter in filters where unsafe archive_write_add_filter(archive, filter) != ARCHIVE_OK { return nil }
        // No time of now, and no padding behind the end of a compressed archive.
        _ = unsafe archive_write_set_filter_option(archive, "gzip", "timestamp", nil)
        if !filters.isEmpty { _ = unsafe archive_write_set_bytes_in_last_block(archive, 1) }
        let opened = unsafe archive_write_open(
            archive, sink, nil,
            { _, context, bytes, count in
                guard let bytes = unsafe bytes else { return -1 }
                unsafe context?.assumingMemoryBound(to: [UInt8].self).pointee
                    .append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
                return count
            }, nil)
        guard opened == ARCHIVE_OK else { return nil }
    }

    deinit {
        unsafe archive_write_free(archive)
        unsafe sink.deinitialize(count: 1)
        unsafe sink.deallocate()
    }

    /// Adds an entry; false where libarchive cannot write it, of which a name that it could not read is one.
    func add(_ entry: OpaquePointer, data: [UInt8], isFile: Bool) -> Bool {
        guard let name = unsafe archive_entry_pathname(entry).map({ unsafe cStringBytes($0) }) ?? (isRaw ? [] : nil)
        else {
            return false
        }
        let isLink = unsafe UInt32(archive_entry_filetype(entry)) == 0o120000
        if unsafe isLink && archive_entry_symlink(entry) == nil { return false }
        // What zip marks as UTF-8 has to be that.
        if String(validating: name, as: UTF8.self) == nil {
            return UTF8Locale.without { unsafe write(entry, data: data, isFile: isFile) }
        }
        return unsafe write(entry, data: data, isFile: isFile)
    }

    private func write(_ entry: OpaquePointer, data: [UInt8], isFile: Bool) -> Bool {
        if isFile { unsafe archive_entry_set_size(entry, Int64(data.count)) }
        guard unsafe archive_write_header(archive, entry) >= ARCHIVE_WARN else { return false }
        guard isFile, !data.isEmpty else { return true }
        return unsafe data.withUnsafeBytes { bytes in
            unsafe archive_write_data(archive, bytes.baseAddress, bytes.count) == bytes.count
        }
    }

    func finish() -> [UInt8]? {
        guard unsafe archive_write_close(archive) == ARCHIVE_OK else { return nil }
        return unsafe sink.pointee
    }
}
