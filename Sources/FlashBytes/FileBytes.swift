internal import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The bytes of an input, held once and shared by all who read them.
///
/// A file of up to 64 MiB is copied into memory, a larger one is mapped (then the file must not shrink while it is
/// read). Never changes after it was made.
public final class FileBytes: Sendable {
    private enum Storage: Sendable {
        case array([UInt8])
        // Safe: mapped read-only and private, unmapped only in deinit, and handed out as a span that cannot escape.
        case mapping(Mapping)
    }

    @safe
    private struct Mapping: @unchecked Sendable {
        let base: UnsafeMutableRawPointer
        let count: Int
    }

    private let storage: Storage

    /// Files larger than this many bytes are mapped.
    public static let mappingThreshold = 64 << 20

    /// Takes bytes that are in memory already.
    public init(_ bytes: [UInt8]) { storage = .array(bytes) }

    deinit {
        if case .mapping(let mapping) = storage { unsafe munmap(mapping.base, mapping.count) }
    }

    /// How many bytes there are.
    public var count: Int {
        switch storage {
        case .array(let bytes): bytes.count
        case .mapping(let mapping): mapping.count
        }
    }

    /// Calls `body` with all bytes.
    public func withBytes<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch storage {
        case .array(let bytes): return try body(unsafe bytes.span.bytes)
        case .mapping(let mapping):
            return try body(unsafe RawSpan(_unsafeStart: UnsafeRawPointer(mapping.base), byteCount: mapping.count))
        }
    }

    /// Opens a regular file (or reads a pipe or a device to its end) for reading; `-` is standard input.
    ///
    /// - Parameter mappingThreshold: larger files are mapped, which is right for files that nobody else changes (bytes).
    /// - Throws: `FileError` with what the system said; a folder is refused as `EISDIR`.
    public convenience init(path: String, mappingThreshold: Int = FileBytes.mappingThreshold) throws(FileError) {
        var failed = "open"
        do {
            let isStandardInput = path == "-"
            let file =
                isStandardInput
                ? .standardInput : try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec])
            defer { if !isStandardInput { try? file.close() } }
            failed = "read"
            var status = stat()
            if unsafe fstat(file.rawValue, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
                if status.st_mode & S_IFMT == S_IFDIR { throw Errno.isDirectory }
                self.init(try Self.readAll(file, expected: 0))
                return
            }
            let size = try file.seek(offset: 0, from: .end)
            try file.seek(offset: 0, from: .start)
            if size > Int64(mappingThreshold) {
                self.init(mapping: try Self.map(file, Int(size)))
            } else {
                self.init(try Self.readAll(file, expected: Int(size)))
            }
        } catch let errno as Errno {
            throw FileError(failed, path, errno)
        } catch {
            throw FileError(failed, path, .ioError)
        }
    }

    /// Maps a file of so many bytes, which nobody else changes.
    convenience init(mapping file: FileDescriptor, count: Int) throws {
        if count == 0 {
            self.init([])
        } else {
            self.init(mapping: try Self.map(file, count))
        }
    }

    private init(mapping: Mapping) { storage = .mapping(mapping) }

    private static func map(_ file: FileDescriptor, _ size: Int) throws -> Mapping {
        guard let base = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE, file.rawValue, 0),
            unsafe base != MAP_FAILED
        else { throw Errno(rawValue: errno) }
        return unsafe Mapping(base: base, count: size)
    }

    private static func readAll(_ file: FileDescriptor, expected: Int) throws -> [UInt8] {
        // One byte more than expected, so that the end is seen without growing.
        var bytes = [UInt8](repeating: 0, count: expected + 1)
        var filled = 0
        while true {
            let got = try unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            }
            if got == 0 { break }
            filled += got
            if filled == bytes.count { bytes.append(contentsOf: repeatElement(0, count: max(filled, 1 << 16))) }
        }
        bytes.removeLast(bytes.count - filled)
        return bytes
    }
}
