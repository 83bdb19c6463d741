internal import CArchive
internal import FlashBytes

/// One packed file while libarchive reads it, from memory.
@safe final class PackedReader {
    private let archive: OpaquePointer
    private let source: UnsafeMutablePointer<Source>
    /// The entry that `next` went to, which belongs to the archive.
    private var entry: OpaquePointer?

    /// What libarchive is given piece by piece, so that it shows how much a stream took.
    @safe
    private struct Source {
        let bytes: UnsafeRawBufferPointer
        var position = 0
    }

    /// The size of a piece (bytes).
    private static let piece = 4096

    /// - Parameter bytes: must stay where they are while the reader is used.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard let archive = unsafe archive_read_new() else { return nil }
        unsafe self.archive = archive
        unsafe source = .allocate(capacity: 1)
        unsafe source.initialize(to: Source(bytes: bytes))
    }

    deinit {
        unsafe archive_read_free(archive)
        unsafe source.deallocate()
    }

    /// How many bytes libarchive has asked for.
    var consumed: Int { unsafe source.pointee.position }

    /// What went wrong last.
    var message: String {
        guard let text = unsafe archive_error_string(archive) else { return "no reason given" }
        return unsafe String(cString: text)
    }

    /// Opens it as what it is.
    func open(_ form: PackedForm) throws(PackedFailure) {
        if form.isArchive {
            let known =
                switch form {
                case .zip: unsafe archive_read_support_format_zip(archive)
                case .cpio: unsafe archive_read_support_format_cpio(archive)
                default: unsafe archive_read_support_format_tar(archive)
                }
            let bytes = unsafe source.pointee.bytes
            guard known == ARCHIVE_OK else { throw .unsupported(form) }
            let status = unsafe archive_read_open_memory(archive, bytes.baseAddress, bytes.count)
            guard status == ARCHIVE_OK else { throw .damaged(message, end: consumed) }
            return
        }
        // It would start another program for what it was built without.
        guard support(form) else { throw .unsupported(form) }
        unsafe archive_read_support_format_raw(archive)
        unsafe archive_read_support_format_empty(archive)
        let status = unsafe archive_read_open2(
            archive, source, nil,
            { _, context, block in
                guard let source = unsafe context?.assumingMemoryBound(to: Source.self), let block = unsafe block else {
                    return -1
                }
                let bytes = unsafe source.pointee.bytes
                let start = unsafe source.pointee.position
                let count = min(PackedReader.piece, bytes.count - start)
                unsafe block.pointee = unsafe bytes.baseAddress.map { unsafe $0 + start }
                unsafe source.pointee.position = start + count
                return count
            }, nil, nil)
        guard status == ARCHIVE_OK else { throw .damaged(message, end: consumed) }
        guard unsafe archive_filter_count(archive) > 1 else { throw .damaged("it is no \(form) stream", end: 0) }
    }

    private func support(_ form: PackedForm) -> Bool {
        let status: CInt
        switch form {
        case .bzip2: status = unsafe archive_read_support_filter_bzip2(archive)
        case .lzip: status = unsafe archive_read_support_filter_lzip(archive)
        case .zstd: status = unsafe archive_read_support_filter_zstd(archive)
        case .lz4: status = unsafe archive_read_support_filter_lz4(archive)
        case .compress: status = unsafe archive_read_support_filter_compress(archive)
        case .gzip, .xz, .lzma, .zip, .tar, .cpio: return false
        }
        return status == ARCHIVE_OK
    }

    /// The next entry.
    enum Entry {
        /// A plain file, with its path.
        case file(String)
        /// A directory, a link, a device.
        case other
        case end
        case damaged
    }

    /// Goes to the next entry.
    func next() -> Entry { UTF8Locale.with { nextEntry() } }

    private func nextEntry() -> Entry {
        let status = unsafe archive_read_next_header(archive, &entry)
        if status == ARCHIVE_EOF { return .end }
        guard status == ARCHIVE_OK || status == ARCHIVE_WARN else { return .damaged }
        let isFile = unsafe UInt32(archive_entry_filetype(entry)) == 0o100000 && archive_entry_hardlink(entry) == nil
        guard isFile else { return .other }
        return .file(unsafe archive_entry_pathname(entry).map { unsafe String(cString: $0) } ?? "")
    }

    /// How the reading of an entry ended.
    enum Ending {
        case whole
        /// Enough was read.
        case enough
        case damaged
    }

    /// How large the entry is, as the archive says (bytes); nil where it does not.
    var size: Int? {
        guard let entry = unsafe entry, unsafe archive_entry_size_is_set(entry) != 0 else { return nil }
        return Int(clamping: unsafe archive_entry_size(entry))
    }

    /// Reads the entry into a spool, up to `limits`.
    func read(into spool: ByteSpool, _ limits: PackedLimits) throws(PackedFailure) -> Ending {
        var limits = limits
        while true {
            var start: UnsafeRawPointer?
            var count = 0
            var offset: Int64 = 0
            // Block by block: of what `archive_read_data` has gathered, damage takes all.
            let status = unsafe archive_read_data_block(archive, &start, &count, &offset)
            guard status == ARCHIVE_OK || status == ARCHIVE_EOF else { return .damaged }
            // A hole in front of the block, which tar leaves out; at its end a file may have one, too.
            if try spool.fill(with: 0, upTo: Int(clamping: offset), within: &limits) { return .enough }
            if status == ARCHIVE_EOF { return .whole }
            guard let start = unsafe start, count > 0 else { continue }
            guard offset == spool.count else { return .damaged }
            let block = unsafe UnsafeRawBufferPointer(start: start, count: count)
            if unsafe try spool.take(block, limits: &limits) { return .enough }
        }
    }
}

extension ByteSpool {
    /// Takes in the first bytes of a buffer, up to `limits`.
    ///
    /// - Returns: whether it is enough.
    func take(_ buffer: [UInt8], count: Int, limits: inout PackedLimits) throws(PackedFailure) -> Bool {
        let span = unsafe buffer.span.bytes.extracting(0..<count)
        return unsafe try span.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) throws(PackedFailure) in
            unsafe try take(bytes, limits: &limits)
        }
    }

    /// Takes in a piece of what comes out of a packed file, up to `limits`; of what is packed once more all is wanted.
    ///
    /// - Returns: whether it is enough.
    func take(_ piece: UnsafeRawBufferPointer, limits: inout PackedLimits) throws(PackedFailure) -> Bool {
        if count == 0, unsafe !piece.isEmpty, PackedForm(unsafe piece.bytes) != nil { limits.enough = nil }
        let enough = limits.enough ?? .max
        let wanted = min(piece.count, enough - count)
        guard count + wanted <= limits.largest else { throw .tooLarge(limit: limits.largest) }
        do {
            unsafe try append(UnsafeRawBufferPointer(rebasing: piece[..<wanted]))
        } catch {
            throw .file(error)
        }
        return count == enough
    }

    /// Takes in one and the same byte up to an offset, as far as `limits` go.
    ///
    /// - Returns: whether it is enough.
    fileprivate func fill(
        with byte: UInt8, upTo end: Int, within limits: inout PackedLimits
    ) throws(PackedFailure) -> Bool {
        guard count < end else { return false }
        let zeros = [UInt8](repeating: byte, count: 1 << 16)
        while count < end {
            if try take(zeros, count: min(zeros.count, end - count), limits: &limits) { return true }
        }
        return false
    }
}
