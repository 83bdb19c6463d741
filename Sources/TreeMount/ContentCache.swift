import FileTree
import FlashBytes
import Synchronization

/// Reads parts of files, and keeps readers of those that were read last: a reader has the pages that it decompressed last.
///
/// The bound: `capacity` readers, each with two nodes at most: 128 KiB where nodes hold 4 KiB, as Linux writes them, and 128 MiB
/// where a hostile image has the largest that are decoded; besides, a buffer for each thread that reads. What was read stays in the
/// page cache of the kernel, which makes room by itself.
final class ContentCache: Sendable {
    /// How many files may have a reader.
    static let capacity = 16

    /// A reader of a file, in use by one thread at a time.
    private struct Reader {
        let file: Int
        // Safe: whoever takes it out of the cache is the only one who has it.
        nonisolated(unsafe) let reader: any ContentReader
    }

    private struct Shelf {
        /// What was used last stands at the end.
        var readers: [Reader] = []
        var buffers: [[UInt8]] = []
    }

    private let shelf = Mutex(Shelf())

    /// Why a part of a file cannot be read.
    enum Unreadable: Error {
        /// It is damaged, or its input fails.
        case damaged
    }

    /// Reads a part of a file.
    ///
    /// - Parameters:
    ///   - file: the number of the file.
    ///   - range: within the size of the file.
    ///   - body: gets the bytes.
    func read(
        _ contents: any FileContents, of file: Int, range: Range<UInt64>, then body: (RawSpan) -> Void
    ) throws(Unreadable) {
        if contents.losses.contains(where: { $0.range.overlaps(range) }) { throw .damaged }
        let (cached, spare) = shelf.withLock { shelf in
            let place = shelf.readers.lastIndex { $0.file == file }
            return (place.map { shelf.readers.remove(at: $0) }, shelf.buffers.popLast())
        }
        var buffer = spare ?? []
        if buffer.count < range.count { buffer = [UInt8](repeating: 0, count: max(range.count, 1 << 17)) }
        var isWhole = false
        var reader = cached
        do throws(ContentsError) {
            let used: Reader
            if let cached { used = cached } else { used = Reader(file: file, reader: try contents.makeReader()) }
            reader = used
            var span = buffer.mutableSpan
            var bytes = unsafe span.mutableBytes
            var part = bytes._mutatingExtracting(0..<range.count)
            isWhole = unsafe try used.reader.read(into: &part, at: range.lowerBound).isEmpty
        } catch {
            isWhole = false
        }
        // A mapped input that has become shorter reads as zeros.
        let isIntact = isWhole && (try? FileBytes.checkInputs()) != nil
        if isIntact { body(unsafe buffer.span.bytes.extracting(0..<range.count)) }
        shelf.withLock { shelf in
            if buffer.count <= 1 << 20 { shelf.buffers.append(buffer) }
            guard let reader else { return }
            shelf.readers.append(reader)
            if shelf.readers.count > Self.capacity { shelf.readers.removeFirst() }
        }
        if !isIntact { throw .damaged }
    }
}
