internal import SystemPackage

/// Bytes that come a piece at a time and in unknown number: from a pipe, or out of a compressed file.
///
/// Few are kept in memory, many in a temporary file without a name, so that what a stranger sends takes no memory.
package final class ByteSpool {
    private var bytes: [UInt8] = []
    private var file: FileDescriptor?
    /// How many bytes there are.
    package private(set) var count = 0

    /// More than this many bytes go to a file.
    static let memory = 16 << 20

    /// An empty one.
    package init() {}

    deinit { try? file?.close() }

    /// Appends bytes.
    package func append(_ piece: UnsafeRawBufferPointer) throws(FileError) {
        count += piece.count
        if file == nil {
            if count <= Self.memory { return unsafe bytes.append(contentsOf: piece) }
            file = try TemporaryFile.open()
            let kept = bytes
            unsafe try kept.span.bytes.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) throws(FileError) in
                unsafe try write(bytes)
            }
            bytes = []
        }
        unsafe try write(piece)
    }

    /// All bytes. Nothing can be appended behind them.
    package func finish() throws(FileError) -> FileBytes { FileBytes(try storage()) }

    func storage() throws(FileError) -> FileBytes.Storage {
        guard let file else { return .array(bytes) }
        do {
            return .mapping(try FileBytes.map(file, size: count))
        } catch {
            throw FileError(action: "read", path: Self.name, errno: error as? Errno ?? .ioError)
        }
    }

    private func write(_ piece: UnsafeRawBufferPointer) throws(FileError) {
        do {
            _ = unsafe try file?.writeAll(piece)
        } catch {
            throw FileError(action: "write", path: Self.name, errno: error as? Errno ?? .ioError)
        }
    }

    private static let name = "a temporary file"
}
