/// A part of a file that could not be read.
public struct ContentDamage: Sendable, Hashable, CustomStringConvertible {
    /// The bytes of the file that are missing; they read as zeros.
    public let range: Range<UInt64>
    /// Why, as a sentence without capital and full stop.
    public let reason: String

    /// A part that is missing, and why.
    public init(range: Range<UInt64>, reason: String) {
        self.range = range
        self.reason = reason
    }

    /// The part and the reason, without full stop.
    public var description: String { "bytes \(range.lowerBound)..<\(range.upperBound): \(reason)" }
}

/// The content of a file could not be had at all: the host refused, or the file changed under our hands.
public struct ContentsError: Error, Sendable, CustomStringConvertible {
    /// What was wrong, as a sentence without capital and full stop.
    public let description: String

    /// An error with this sentence.
    public init(_ description: String) { self.description = description }
}

/// The content of a regular file, read when it is needed.
///
/// A class, because a tree holds one for each file: a reference takes the least room.
public protocol FileContents: AnyObject, Sendable {
    /// The size of the file (bytes).
    var size: UInt64 { get }

    /// What is known to be missing before the content is read: it reads as zeros, or as what was there before. A range
    /// behind `size` is what was cut off.
    var losses: [ContentDamage] { get }

    /// Opens the content for reading; each task that reads makes its own reader.
    func makeReader() throws(ContentsError) -> any ContentReader
}

/// Reads one file at any offset. Not to be shared between tasks.
public protocol ContentReader: AnyObject {
    /// The parts that hold data, ascending and disjoint; what lies between them reads as zeros (a hole).
    func dataRanges() throws(ContentsError) -> [Range<UInt64>]

    /// Fills `buffer` with the bytes from `offset` on, holes as zeros.
    ///
    /// - Precondition: `offset + buffer.byteCount` is at most the size of the file.
    /// - Returns: what could not be read and is zeros therefore; empty for a sound file.
    func read(into buffer: inout MutableRawSpan, at offset: UInt64) throws(ContentsError) -> [ContentDamage]
}

/// A file that could not be read as a whole, with all that could.
public struct DamagedContents: Error, Sendable, CustomStringConvertible {
    /// The content, zeros in place of what is missing; empty when nothing could be had.
    public let bytes: [UInt8]
    /// What is missing; never empty.
    public let damage: [ContentDamage]

    /// All parts that are missing.
    public var description: String { damage.map(\.description).joined(separator: "; ") }
}

extension FileContents {
    /// Nothing, for content that comes from anywhere but a flash.
    public var losses: [ContentDamage] { [] }

    /// The whole content in memory; for small files and tests.
    ///
    /// - Throws: when anything of it is missing; the error holds the rest.
    public func readAll() throws(DamagedContents) -> [UInt8] {
        let read: (bytes: [UInt8], damage: [ContentDamage])
        do throws(ContentsError) {
            read = try readAllThatIsLeft()
        } catch {
            throw DamagedContents(bytes: [], damage: [ContentDamage(range: 0..<size, reason: error.description)])
        }
        if !read.damage.isEmpty { throw DamagedContents(bytes: read.bytes, damage: read.damage) }
        return read.bytes
    }

    /// The whole content in memory with what is missing of it.
    public func readAllThatIsLeft() throws(ContentsError) -> (bytes: [UInt8], damage: [ContentDamage]) {
        guard let count = Int(exactly: size) else { throw ContentsError("\(size) bytes are too many for the memory") }
        var bytes = [UInt8](repeating: 0, count: count)
        let reader = try makeReader()
        var span = bytes.mutableSpan
        var raw = unsafe span.mutableBytes
        let damage = try reader.read(into: &raw, at: 0)
        return (bytes, losses + damage)
    }

    /// Hands over what of it cannot be read. It is read piece by piece, without its holes, and nothing is kept.
    ///
    /// - Returns: the reader that read it, if there is one.
    @discardableResult
    package func findDamage(_ report: (ContentDamage) -> Void) -> (any ContentReader)? {
        var opened: (any ContentReader)?
        do throws(ContentsError) {
            let reader = try makeReader()
            opened = reader
            var piece: [UInt8] = []
            for range in try reader.dataRanges() {
                var at = range.lowerBound
                while at < range.upperBound {
                    let count = Int(min(1 << 16, range.upperBound - at))
                    if piece.count != count { piece = [UInt8](repeating: 0, count: count) }
                    var span = piece.mutableSpan
                    var bytes = unsafe span.mutableBytes
                    for damage in try reader.read(into: &bytes, at: at) { report(damage) }
                    at += UInt64(count)
                }
            }
        } catch {
            report(ContentDamage(range: 0..<size, reason: error.description))
        }
        return opened
    }
}

/// Content that is in memory.
public final class MemoryContents: FileContents {
    private let bytes: [UInt8]

    /// A file of these bytes.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// How many bytes there are.
    public var size: UInt64 { UInt64(bytes.count) }

    /// A reader that cannot fail.
    public func makeReader() -> any ContentReader { Reader(bytes) }

    private final class Reader: ContentReader {
        let bytes: [UInt8]
        init(_ bytes: [UInt8]) { self.bytes = bytes }

        func dataRanges() -> [Range<UInt64>] { bytes.isEmpty ? [] : [0..<UInt64(bytes.count)] }

        func read(into buffer: inout MutableRawSpan, at offset: UInt64) -> [ContentDamage] {
            let start = Int(offset)
            let part = bytes[start..<start + buffer.byteCount]
            unsafe buffer.withUnsafeMutableBytes { unsafe $0.copyBytes(from: part) }
            return []
        }
    }
}
