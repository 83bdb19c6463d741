package import FlashBytes
internal import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// The image while it grows: verified blocks at their places in `PATH.partial`, which becomes `PATH` when it is whole.
package final class AcquiredImage {
    package let path: String
    /// Where the blocks are collected.
    package var partialPath: String { path + ".partial" }
    private let file: FileDescriptor
    private let size: Int
    private var lastSync = ContinuousClock.now - .seconds(10)

    /// Whether the image gets words as a little-endian board shows them, the last byte of four first.
    private let swapsWords: Bool

    /// Opens the partial file, and makes it `size` bytes long.
    ///
    /// - Parameters:
    ///   - resuming: whether the blocks of an earlier run are kept, of a finished one too.
    ///   - swapsWords: whether the image is not to be in memory order, but in dump.py's.
    package init(path: String, size: Int, resuming: Bool, swapsWords: Bool = false) throws(FileError) {
        self.path = path
        self.swapsWords = swapsWords
        self.size = size
        let isFinished = resuming && !Self.exists(path + ".partial") && Self.exists(path)
        do {
            file = try FileDescriptor.open(
                FilePath(path + ".partial"), .readWrite,
                options: resuming ? [.create, .closeOnExec] : [.create, .truncate, .closeOnExec],
                permissions: .ownerReadWrite)
        } catch {
            throw FileError(action: "create", path: path + ".partial", errno: error as? Errno ?? .ioError)
        }
        // A dump holds passwords; one from before may have been readable for all.
        _ = fchmod(file.rawValue, 0o600)
        if ftruncate(file.rawValue, off_t(size)) != 0 {
            throw FileError(action: "make room for", path: path + ".partial", errno: Errno(rawValue: errno))
        }
        #if os(Linux)
            // A full disk is to show now, not in an hour. Some file systems cannot reserve.
            let problem = Errno(rawValue: posix_fallocate(file.rawValue, 0, off_t(size)))
            if problem == .noSpace || problem == .diskQuotaExceeded || problem == .fileTooLarge {
                throw FileError(action: "make room for", path: path + ".partial", errno: problem)
            }
        #endif
        if isFinished { try takeFinished(size) }
    }

    deinit { try? file.close() }

    private static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// Takes the blocks of a whole image of an earlier run, if it has the right size.
    private func takeFinished(_ size: Int) throws(FileError) {
        guard let old = try? FileBytes(path: path) else { return }
        let bytes = old.withBytes { bytes in
            bytes.byteCount == size ? memoryOrder((try? bytes.bytes(in: 0..<size)) ?? []) : []
        }
        do {
            _ = try file.writeAll(toAbsoluteOffset: 0, bytes)
        } catch {
            throw FileError(action: "write", path: partialPath, errno: error as? Errno ?? .ioError)
        }
    }

    /// Between memory order and the order of the image.
    private func memoryOrder(_ bytes: [UInt8]) -> [UInt8] {
        swapsWords ? WordSwap.swapped(unsafe bytes.span.bytes, group: 4) : bytes
    }

    /// Writes a block; it is on the disk within a second even if the computer fails.
    func write(_ bytes: [UInt8], at offset: Int) throws(AcquisitionError) {
        do {
            try file.writeAll(toAbsoluteOffset: Int64(offset), bytes)
        } catch {
            throw .file(FileError(action: "write", path: partialPath, errno: error as? Errno ?? .ioError))
        }
        if ContinuousClock.now - lastSync > .seconds(1) {
            if fsync(file.rawValue) != 0 {
                throw .file(FileError(action: "sync", path: partialPath, errno: Errno(rawValue: errno)))
            }
            lastSync = .now
        }
    }

    /// Reads a part back; nil if it is not there.
    func read(_ range: Range<Int>) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: range.count)
        var filled = 0
        while filled < range.count {
            guard
                let count = try? unsafe bytes.withUnsafeMutableBytes({
                    unsafe try file.read(
                        fromAbsoluteOffset: Int64(range.lowerBound + filled),
                        into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
                }), count > 0
            else { return nil }
            filled += count
        }
        return bytes
    }

    /// The sum of a part; nil if it is not there.
    func checksum(_ range: Range<Int>) -> UInt32? {
        var sum: UInt32 = 0
        for start in stride(from: range.lowerBound, to: range.upperBound, by: 1 << 20) {
            guard let bytes = read(start..<min(start + (1 << 20), range.upperBound)) else { return nil }
            sum = CRC32.zlib(unsafe bytes.span.bytes, seed: sum)
        }
        return sum
    }

    /// After how many bytes the image begins anew, if a power of two is it and what repeats is not blank.
    func period() -> Int? {
        var period = 64 << 10
        while period < size {
            if repeats(period) { return period }
            period <<= 1
        }
        return nil
    }

    private func repeats(_ period: Int) -> Bool {
        let step = 4 << 10
        var isBlank = true
        for at in stride(from: period, to: size, by: step) {
            let count = min(step, size - at)
            guard let here = read(at..<at + count), let there = read(at - period..<at - period + count), here == there
            else { return false }
            isBlank = isBlank && here.allSatisfy { $0 == here[0] }
        }
        return !isBlank
    }

    /// The SHA-256 of the image in its place, in hexadecimal digits; empty if it cannot be read.
    var sha256: String {
        guard let file = try? FileBytes(path: path), let digest = file.withBytes({ SHA256.digest($0) }) else {
            return ""
        }
        return hexadecimal(digest)
    }

    /// Puts the whole image in its place.
    func commit() throws(AcquisitionError) {
        do throws(FileError) {
            guard swapsWords else { return try SystemCall.place(file.rawValue, from: partialPath, at: path) }
            guard let bytes = read(0..<size) else {
                throw FileError(action: "read back", path: partialPath, errno: .ioError)
            }
            let output = try OutputFile(path: path)
            try output.write(memoryOrder(bytes))
            try output.commit()
            _ = unsafe unlink(partialPath)
        } catch {
            throw .file(error)
        }
    }
}
