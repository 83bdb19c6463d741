internal import FlashBytes
internal import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The files of the host that a manifest names.
struct ListedFiles {
    /// Whether they may lie outside of the current directory.
    let mayLeadOutside: Bool
    private let spool: Spool
    /// The current directory without symlinks.
    private let base: String?

    init(mayLeadOutside: Bool) throws(ArchiveError) {
        self.mayLeadOutside = mayLeadOutside
        spool = try Spool()
        base = Self.resolved(".")
    }

    /// What is known of a content beforehand.
    struct Expected {
        var size: UInt64?
        var digest: [UInt8]?
    }

    /// Whether there is anything under a name.
    func contains(_ name: [UInt8]) -> Bool { Self.resolved(String(decoding: name, as: UTF8.self)) != nil }

    /// Copies a file's content, which must be as expected.
    ///
    /// - Parameter name: the path, seen from the current directory.
    func contents(_ name: [UInt8], expected: Expected) throws(ArchiveError) -> any FileContents {
        let text = printable(name)
        guard !name.contains(0), let path = Self.resolved(String(decoding: name, as: UTF8.self)) else {
            throw ArchiveError(
                description: expected.size.map { "there is no content for its \($0) bytes (see contents=)" }
                    ?? "there is no file \(text)")
        }
        if !mayLeadOutside, !isInside(path) {
            throw ArchiveError(description: "\(text) lies outside of the current folder", leadsOutside: true)
        }
        let file: OpenFile
        do {
            // What is no file could keep us waiting.
            let options: FileDescriptor.OpenOptions = [.closeOnExec, .noFollow, .nonBlocking]
            file = OpenFile(descriptor: try FileDescriptor.open(FilePath(path), .readOnly, options: options).rawValue)
        } catch {
            throw ArchiveError(description: "\(text): cannot open: \(error as? Errno ?? .ioError)")
        }
        guard (try? file.status())?.kind == .regular else { throw ArchiveError(description: "\(text) is no file") }
        let (size, digest, place) = try copy(file, name: text)
        if let listed = expected.size, listed != size {
            throw ArchiveError(description: "\(text) has \(size) bytes, but \(listed) are listed")
        }
        if let listed = expected.digest, listed != digest {
            throw ArchiveError(description: "\(text) has another SHA-256 than the one that is listed")
        }
        let parts = size == 0 ? [] : [SpooledContents.Part(range: 0..<size, place: place)]
        return SpooledContents(size: size, parts: parts, spool: spool)
    }

    private func copy(
        _ file: OpenFile, name: String
    ) throws(ArchiveError) -> (size: UInt64, digest: [UInt8]?, place: UInt64) {
        let hash = SHA256()
        var buffer = [UInt8](repeating: 0, count: 1 << 17)
        var size: UInt64 = 0
        var start: UInt64?
        while true {
            let count: Int
            do {
                count = try unsafe buffer.withUnsafeMutableBytes { unsafe try file.read(into: $0, at: size) }
            } catch {
                throw ArchiveError(description: "\(name): cannot read: \(error)")
            }
            if count == 0 { break }
            let piece = unsafe buffer.span.bytes.extracting(0..<count)
            hash.update(piece)
            let place = try unsafe piece.withUnsafeBytes { (bytes) throws(ArchiveError) in
                unsafe try spool.append(bytes)
            }
            start = start ?? place
            size += UInt64(count)
        }
        return (size, hash.finish(), start ?? 0)
    }

    private func isInside(_ path: String) -> Bool {
        guard let base else { return false }
        return base == "/" || path.utf8.starts(with: (base + "/").utf8)
    }

    private static func resolved(_ path: String) -> String? {
        guard let real = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(real) }
        return unsafe String(cString: real)
    }
}
