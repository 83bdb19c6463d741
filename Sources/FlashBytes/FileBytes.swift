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
/// A file of up to 64 MiB is copied into memory, a larger one is mapped: then `checkInputs` tells in the end whether it could
/// be read. Never changes after it was made.
public final class FileBytes: Sendable {
    enum Storage: Sendable {
        case array([UInt8])
        // Safe: mapped read-only and private, unmapped only in deinit, and handed out as a span that cannot escape.
        case mapping(Mapping)
    }

    @safe
    struct Mapping: @unchecked Sendable {
        let base: UnsafeMutableRawPointer
        let count: Int
    }

    private let storage: Storage

    /// Files larger than this many bytes are mapped.
    public static let mappingThreshold = 64 << 20

    /// Takes bytes that are in memory already.
    public init(_ bytes: [UInt8]) { storage = .array(bytes) }

    deinit {
        guard case .mapping(let mapping) = storage else { return }
        unsafe MappedInputs.remove(mapping.base)
        unsafe munmap(mapping.base, mapping.count)
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

    /// How much is read of what does not say how much it holds: a pipe, a terminal, `/dev/zero`.
    public struct Limits: Sendable {
        /// More than this is refused as `EFBIG` (bytes). The usual value is more than any flash with JFFS2 holds.
        public var largest = 1 << 30
        /// Nothing behind this is read; nil to read to the end (bytes).
        public var enough: Int?
        /// Whether `enough` does not count, by the first bytes: when they are those of a compressed file, say.
        public var needsAll: @Sendable (RawSpan) -> Bool = { _ in false }

        /// All of it, up to 1 GiB.
        public init() {}
    }

    /// Opens a regular file, or reads a pipe or a device to its end; `-` is standard input from where it stands.
    ///
    /// - Parameters:
    ///   - mappingThreshold: larger files are mapped, which is right for files that nobody else changes (bytes).
    ///   - limits: for what is no regular file.
    /// - Throws: `FileError` with what the system said; a directory is refused as `EISDIR`.
    public init(
        path: String, mappingThreshold: Int = FileBytes.mappingThreshold, limits: Limits = Limits()
    ) throws(FileError) {
        let isStandardInput = path == "-"
        let name = isStandardInput ? "standard input" : path
        var failed = "open"
        do {
            let file =
                isStandardInput
                ? .standardInput : try FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec])
            defer { if !isStandardInput { try? file.close() } }
            failed = "read"
            InputFiles.note(file.rawValue)
            var status = stat()
            guard unsafe fstat(file.rawValue, &status) == 0 else { throw Errno(rawValue: errno) }
            let kind = status.st_mode & S_IFMT
            if kind == S_IFDIR { throw Errno.isDirectory }
            if try kind != S_IFREG || isStandardInput && file.seek(offset: 0, from: .current) > 0 {
                storage = try Self.spooled(file, limits: limits)
            } else if status.st_size > mappingThreshold {
                storage = .mapping(try Self.map(file, size: Int(status.st_size), path: name))
            } else {
                storage = .array(try Self.readAll(file, expected: Int(status.st_size)))
            }
        } catch let error as FileError {
            throw error
        } catch Errno.fileTooLarge {
            throw FileError(tooLarge: name, limit: limits.largest)
        } catch {
            throw FileError(action: failed, path: name, errno: error as? Errno ?? .ioError)
        }
    }

    /// Reads a regular file that is open, from its start.
    ///
    /// - Parameters:
    ///   - size: what its status says (bytes).
    ///   - name: for messages.
    package init(regular descriptor: CInt, size: Int, name: String) throws(FileError) {
        let file = FileDescriptor(rawValue: descriptor)
        do {
            storage =
                try size > FileBytes.mappingThreshold
                ? .mapping(Self.map(file, size: size, path: name)) : .array(Self.readAll(file, expected: size))
        } catch {
            throw FileError(action: "read", path: name, errno: error as? Errno ?? .ioError)
        }
    }

    /// Reads what is no regular file to its end.
    private static func spooled(_ file: FileDescriptor, limits: Limits) throws -> Storage {
        let spool = ByteSpool()
        var buffer = [UInt8](repeating: 0, count: 1 << 17)
        var enough = limits.enough ?? .max
        while spool.count < enough {
            let got = try fill(&buffer, from: file)
            if got == 0 { break }
            if spool.count == 0, limits.needsAll(unsafe buffer.span.bytes.extracting(0..<got)) { enough = .max }
            let wanted = min(got, enough - spool.count)
            if spool.count + wanted > limits.largest { throw Errno.fileTooLarge }
            unsafe try buffer.withUnsafeBytes {
                unsafe try spool.append(UnsafeRawBufferPointer(rebasing: $0[..<wanted]))
            }
        }
        return try spool.storage()
    }

    /// Reads until the buffer is full or the file ends; a pipe gives as little as was written at once.
    private static func fill(_ buffer: inout [UInt8], from file: FileDescriptor) throws -> Int {
        var filled = 0
        while filled < buffer.count {
            let got = try unsafe buffer.withUnsafeMutableBytes {
                unsafe try file.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
            }
            if got == 0 { break }
            filled += got
        }
        return filled
    }

    /// Maps a file of so many bytes, which nobody else changes.
    init(mapping file: FileDescriptor, count: Int) throws {
        storage = count == 0 ? .array([]) : .mapping(try Self.map(file, size: count))
    }

    /// Takes what was collected.
    init(_ storage: Storage) { self.storage = storage }

    static func map(_ file: FileDescriptor, size: Int, path: String = "a temporary file") throws -> Mapping {
        guard let base = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE, file.rawValue, 0),
            unsafe base != MAP_FAILED
        else { throw Errno(rawValue: errno) }
        unsafe MappedInputs.add(base, count: size, path: path)
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
        // It has become shorter meanwhile.
        if filled < expected { throw Errno.ioError }
        bytes.removeLast(bytes.count - filled)
        return bytes
    }
}
