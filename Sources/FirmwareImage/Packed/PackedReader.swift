internal import CArchive
internal import FlashBytes

/// One packed file while libarchive reads it, from memory.
@safe final class PackedReader {
    private let archive: OpaquePointer
    private let source: UnsafeMutablePointer<Source>

    /// What libarchive is given piece by piece, so that it shows how much a stream took.
    @safe
    private struct Source {
        let bytes: UnsafeRawBufferPointer
        var position = 0
    }

    /// The size of a piece (bytes).
    private static let piece = 4096

    /// A piece of what comes out (bytes).
    private static let block = 1 << 16

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
                form == .zip
                ? unsafe archive_read_support_format_zip(archive) : unsafe archive_read_support_format_tar(archive)
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
        case .gzip: status = unsafe archive_read_support_filter_gzip(archive)
        case .bzip2: status = unsafe archive_read_support_filter_bzip2(archive)
        case .xz: status = unsafe archive_read_support_filter_xz(archive)
        case .lzma: status = unsafe archive_read_support_filter_lzma(archive)
        case .lzip: status = unsafe archive_read_support_filter_lzip(archive)
        case .zstd: status = unsafe archive_read_support_filter_zstd(archive)
        case .lz4: status = unsafe archive_read_support_filter_lz4(archive)
        case .compress: status = unsafe archive_read_support_filter_compress(archive)
        case .zip, .tar: return false
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
    func next() -> Entry {
        var entry: OpaquePointer?
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

    /// Reads the entry into a spool, up to `limits`.
    func read(into spool: ByteSpool, _ limits: PackedLimits) throws(PackedFailure) -> Ending {
        var buffer = [UInt8](repeating: 0, count: Self.block)
        var limits = limits
        while true {
            let got = unsafe buffer.withUnsafeMutableBytes {
                unsafe archive_read_data(archive, $0.baseAddress, $0.count)
            }
            if got == 0 { return .whole }
            guard got > 0 else { return .damaged }
            if try spool.take(buffer, got, &limits) { return .enough }
        }
    }
}

extension ByteSpool {
    /// Takes in a piece of what comes out of a packed file, up to `limits`; of what is packed once more all is wanted.
    ///
    /// - Returns: whether it is enough.
    func take(_ piece: [UInt8], _ count: Int, _ limits: inout PackedLimits) throws(PackedFailure) -> Bool {
        if self.count == 0, count > 0, PackedForm(unsafe piece.span.bytes.extracting(0..<count)) != nil {
            limits.enough = nil
        }
        let enough = limits.enough ?? .max
        let wanted = min(count, enough - self.count)
        guard self.count + wanted <= limits.largest else { throw .tooLarge(limit: limits.largest) }
        do {
            unsafe try piece.span.bytes.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) throws(FileError) in
                unsafe try append(UnsafeRawBufferPointer(rebasing: bytes[..<wanted]))
            }
        } catch {
            throw .file(error)
        }
        return self.count == enough
    }
}
