internal import SystemPackage

/// The content of a file in a directory of the host, read when it is needed.
///
/// The file must then still be the one that was there when the directory was read, and of the same size.
final class HostFileContents: FileContents {
    let size: UInt64
    private let directories: OpenDirectories
    private let directory: OpenDirectories.Number
    private let name: FileName
    private let identity: HostIdentity

    init(directories: OpenDirectories, directory: OpenDirectories.Number, name: FileName, status: HostStatus) {
        self.directories = directories
        self.directory = directory
        self.name = name
        size = status.size
        identity = status.identity
    }

    private static let replaced = ContentsError("another file has taken its place since the folder was read")

    func makeReader() throws(ContentsError) -> any ContentReader {
        let file: OpenFile
        let status: HostStatus
        do {
            file = try directories.open(directory).openFile(name)
            status = try file.status()
        } catch {
            switch error {
            case .noSuchFileOrDirectory: throw ContentsError("it has vanished since the folder was read")
            case .tooManySymbolicLinkLevels, .staleNFSFileHandle: throw Self.replaced
            default: throw ContentsError("cannot read: \(error)")
            }
        }
        guard status.kind == .regular, status.identity == identity else {
            throw Self.replaced
        }
        let reader = Reader(file: file, size: size)
        guard status.size == size else { throw reader.sizeChanged(to: status.size) }
        return reader
    }

    private final class Reader: ContentReader {
        private let file: OpenFile
        private let size: UInt64

        init(file: OpenFile, size: UInt64) {
            self.file = file
            self.size = size
        }

        func sizeChanged(to newSize: UInt64) -> ContentsError {
            ContentsError("its size has changed from \(size) to \(newSize) bytes since the folder was read")
        }

        func dataRanges() throws(ContentsError) -> [Range<UInt64>] {
            do {
                return try file.dataRanges(size: size)
            } catch {
                throw ContentsError("cannot read: \(error)")
            }
        }

        func read(into buffer: inout MutableRawSpan, at offset: UInt64) throws(ContentsError) -> [ContentDamage] {
            let wanted = buffer.byteCount
            let result: Result<Int, Errno> = unsafe buffer.withUnsafeMutableBytes { bytes in
                do throws(Errno) {
                    return .success(unsafe try file.read(into: bytes, at: offset))
                } catch {
                    return .failure(error)
                }
            }
            switch result {
            case .success(wanted): break
            case .success(let count): throw sizeChanged(to: offset + UInt64(count))
            case .failure(let errno): throw ContentsError("cannot read: \(errno)")
            }
            // The last piece also shows whether the file has grown meanwhile.
            if offset + UInt64(wanted) == size, let status = try? file.status(), status.size != size {
                throw sizeChanged(to: status.size)
            }
            return []
        }
    }
}
