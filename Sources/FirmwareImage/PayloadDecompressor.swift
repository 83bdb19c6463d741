internal import CArchive
internal import FlashBytes

/// Decompresses the data of an image: gzip, bzip2, lzma, lz4 and zstd, through libarchive.
public enum PayloadDecompressor {
    /// What cannot be decompressed.
    public enum Failure: Error, Hashable, CustomStringConvertible {
        /// A number of `ih_comp`.
        case unsupported(name: String)
        case damaged(String)
        case tooLarge(limit: Int)

        public var description: String {
            switch self {
            case .unsupported(let name): "data compressed with \(name) cannot be decompressed here"
            case .damaged(let message): "the data cannot be decompressed: \(message)"
            case .tooLarge(let limit):
                "the data decompresses to more than \(SizeExpression.readable(limit)), which no flash holds"
            }
        }
    }

    /// More than this is refused (bytes).
    public static let usualLimit = 1 << 30

    /// The decompressed bytes.
    ///
    /// - Parameters:
    ///   - bytes: one stream; what follows it is ignored.
    ///   - compression: a name of `HeaderField.compression`.
    ///   - limit: the largest size that is taken (bytes).
    public static func decompress(
        _ bytes: RawSpan, _ compression: String, limit: Int = usualLimit
    ) throws(Failure) -> [UInt8] {
        guard let archive = unsafe archive_read_new() else { throw .damaged("out of memory") }
        defer { unsafe archive_read_free(archive) }
        let known: Bool
        switch compression {
        case "gzip": known = unsafe archive_read_support_filter_gzip(archive) == ARCHIVE_OK
        case "bzip2": known = unsafe archive_read_support_filter_bzip2(archive) == ARCHIVE_OK
        case "lzma": known = unsafe archive_read_support_filter_lzma(archive) == ARCHIVE_OK
        case "lz4": known = unsafe archive_read_support_filter_lz4(archive) == ARCHIVE_OK
        case "zstd": known = unsafe archive_read_support_filter_zstd(archive) == ARCHIVE_OK
        default: known = false
        }
        guard known else { throw .unsupported(name: compression) }
        unsafe archive_read_support_format_raw(archive)
        unsafe archive_read_support_format_empty(archive)
        return try unsafe bytes.withUnsafeBytes { (input: UnsafeRawBufferPointer) throws(Failure) in
            guard unsafe archive_read_open_memory(archive, input.baseAddress, input.count) == ARCHIVE_OK else {
                throw unsafe .damaged(message(archive))
            }
            guard unsafe archive_filter_count(archive) > 1 else { throw .damaged("it is no \(compression) stream") }
            var entry: OpaquePointer?
            let status = unsafe archive_read_next_header(archive, &entry)
            if status == ARCHIVE_EOF { return [] }
            guard status == ARCHIVE_OK else { throw unsafe .damaged(message(archive)) }
            return try unsafe readAll(archive, limit)
        }
    }

    @unsafe
    private static func readAll(_ archive: OpaquePointer, _ limit: Int) throws(Failure) -> [UInt8] {
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let got = unsafe buffer.withUnsafeMutableBytes {
                unsafe archive_read_data(archive, $0.baseAddress, $0.count)
            }
            guard got >= 0 else { throw unsafe .damaged(message(archive)) }
            if got == 0 { return output }
            guard output.count + got <= limit else { throw .tooLarge(limit: limit) }
            output += buffer[..<got]
        }
    }

    @unsafe
    private static func message(_ archive: OpaquePointer) -> String {
        guard let text = unsafe archive_error_string(archive) else { return "no reason given" }
        return unsafe String(cString: text)
    }
}
