import FlashBytes
import Synchronization
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The results of a scan, in a file that grows by a line for each. What a line says counts only if it is whole, so that it does
/// not matter when the program ends. In memory is a number for each file, not what came out.
///
/// Behind the first line, a line is `SUM FINGERPRINT PATH VERDICT SIZE TIME JSON`, with the CRC-32 of what follows it and the path
/// in hexadecimal digits.
final class ScanState: Sendable {
    private struct Place: Sendable {
        var start: Int
        var count: Int
    }

    private struct Contents {
        /// The last line about each path, by its hash: which path it is, the line tells.
        var places: [Int: Place] = [:]
        var end: Int
    }

    private let file: FileDescriptor
    private let path: String
    private let fingerprint: String
    private let limitedFingerprint: String
    private let contents: Mutex<Contents>

    private static let header = Array("jffs2 scan results 1\n".utf8)

    /// Opens a file with results, or begins one.
    ///
    /// - Parameters:
    ///   - fingerprint: what results depend on besides the files; others count for nothing.
    ///   - limitedFingerprint: the same for files that were given up.
    init(path: String, fingerprint: String, limitedFingerprint: String) throws {
        (self.path, self.fingerprint, self.limitedFingerprint) = (path, fingerprint, limitedFingerprint)
        do {
            file = try FileDescriptor.open(
                FilePath(path), .readWrite, options: [.create, .append, .closeOnExec], permissions: .ownerReadWrite)
        } catch {
            throw FileError(action: "open", path: path, errno: error as? Errno ?? .ioError)
        }
        do {
            guard try HostFileStatus(of: file.rawValue).kind == .regular else {
                throw Failure("\(path): is no regular file, which --state needs", status: .usage)
            }
            if flock(file.rawValue, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
                throw Failure("\(path): another scan uses it; give each a file of its own")
            }
            contents = Mutex(try Self.read(file, path: path))
        } catch {
            try? file.close()
            throw error
        }
    }

    /// What is known of a file that is still as it was.
    func answer(for path: [UInt8], status: HostFileStatus) -> ScanAnswer? {
        guard let place = contents.withLock({ $0.places[path.hashValue] }) else { return nil }
        var line = [UInt8](repeating: 0, count: place.count)
        let count = try? unsafe line.withUnsafeMutableBytes {
            unsafe try file.read(fromAbsoluteOffset: Int64(place.start), into: $0)
        }
        guard count == place.count, let entry = Self.entry(line[...]), entry.path == path,
            let answer = ScanAnswer(message: entry.message),
            answer.size == status.size, answer.modified == status.modified,
            entry.fingerprint == self.fingerprint(of: answer.verdict)
        else { return nil }
        return answer
    }

    /// Keeps a result.
    func add(_ answer: ScanAnswer, for path: [UInt8]) throws {
        // It may work next time.
        if answer.verdict == .unreadable { return }
        let text =
            Array("\(fingerprint(of: answer.verdict)) \(hexadecimal(path)) ".utf8) + answer.message
        let line = Array("\(Self.sum(text.dropLast())) ".utf8) + text
        try contents.withLock { contents in
            do {
                try file.writeAll(line)
            } catch {
                throw FileError(action: "write", path: self.path, errno: error as? Errno ?? .ioError)
            }
            contents.places[path.hashValue] = Place(start: contents.end, count: line.count - 1)
            contents.end += line.count
        }
    }

    /// Waits until the disk has all.
    func close() throws {
        do throws(Errno) {
            try SystemCall.sync(file.rawValue)
            try SystemCall.close(file.rawValue)
        } catch {
            throw FileError(action: "write", path: path, errno: error)
        }
    }

    private func fingerprint(of verdict: ScanAnswer.Verdict) -> String {
        verdict == .givenUp ? limitedFingerprint : fingerprint
    }

    private static func sum(_ bytes: ArraySlice<UInt8>) -> String {
        let digits = String(bytes.checksum, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }

    /// A line without its end; nil where it is not as it was written.
    private static func entry(
        _ line: ArraySlice<UInt8>
    ) -> (fingerprint: String, path: [UInt8], message: ArraySlice<UInt8>)? {
        let fields = line.split(separator: 0x20, maxSplits: 3, omittingEmptySubsequences: false)
        guard fields.count == 4, String(decoding: fields[0], as: UTF8.self) == sum(line[fields[1].startIndex...]),
            let path = bytes(hexadecimal: fields[2])
        else { return nil }
        return (String(decoding: fields[1], as: UTF8.self), path, fields[3])
    }

    /// Finds the lines of a file, and takes off what is no whole line at its end.
    private static func read(_ file: FileDescriptor, path: String) throws -> Contents {
        var contents = Contents(end: 0)
        var line: [UInt8] = []
        var at: Int64 = 0
        var buffer = [UInt8](repeating: 0, count: 1 << 17)
        do {
            while true {
                let count = try unsafe buffer.withUnsafeMutableBytes {
                    unsafe try file.read(fromAbsoluteOffset: at, into: $0)
                }
                if count == 0 { break }
                at += Int64(count)
                var rest = buffer[..<count]
                while let end = rest.firstIndex(of: 0x0a) {
                    line += rest[..<end]
                    try note(line, in: &contents, path: path)
                    line.removeAll(keepingCapacity: true)
                    rest = rest[(end + 1)...]
                }
                line += rest
                if contents.end == 0, line.count > header.count { throw Self.foreign(path) }
            }
            if contents.end == 0 {
                guard header.starts(with: line) else { throw Self.foreign(path) }
                try file.resize(to: 0)
                try file.writeAll(header)
                contents.end = header.count
            } else if at > Int64(contents.end) {
                try file.resize(to: Int64(contents.end))
            }
        } catch let error as Errno {
            throw FileError(action: "read", path: path, errno: error)
        }
        return contents
    }

    private static func note(_ line: [UInt8], in contents: inout Contents, path: String) throws {
        if contents.end == 0, line + [0x0a] != header { throw foreign(path) }
        if contents.end > 0, let entry = entry(line[...]) {
            contents.places[entry.path.hashValue] = Place(start: contents.end, count: line.count)
        }
        contents.end += line.count + 1
    }

    private static func foreign(_ path: String) -> Failure {
        Failure("\(path): holds no results of scan, and is left as it is; give --state a file of its own")
    }
}

extension ArraySlice<UInt8> {
    fileprivate var checksum: UInt32 { CRC32.zlib(unsafe span.bytes) }
}
