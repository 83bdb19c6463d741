internal import FlashBytes
internal import SystemPackage

/// A temporary file without a name: gone when nobody holds it any more.
final class Spool: @unchecked Sendable {
    private let file: OpenFile
    // Grows while the archive is read, by one task, before anybody reads.
    private var size: UInt64 = 0

    init() throws(ArchiveError) {
        do {
            file = OpenFile(descriptor: try TemporaryFile.open().rawValue)
        } catch {
            throw ArchiveError(description: error.description)
        }
    }

    /// Appends bytes; gives back where they are.
    func append(_ bytes: UnsafeRawBufferPointer) throws(ArchiveError) -> UInt64 {
        do {
            unsafe try file.write(bytes, at: size)
        } catch {
            throw ArchiveError(description: "cannot write a temporary file: \(error)")
        }
        defer { size += UInt64(bytes.count) }
        return size
    }

    /// Fills the whole buffer.
    func read(into buffer: UnsafeMutableRawBufferPointer, at place: UInt64) throws(ContentsError) {
        do {
            let count = unsafe try file.read(into: buffer, at: place)
            if count < buffer.count { throw Errno.ioError }
        } catch {
            throw ContentsError("cannot read a temporary file: \(error)")
        }
    }
}

/// Content that lies in a spool.
final class SpooledContents: FileContents {
    /// A piece of the file and where it lies.
    struct Part: Sendable {
        var range: Range<UInt64>
        var place: UInt64
    }

    let size: UInt64
    private let parts: [Part]
    private let spool: Spool

    init(size: UInt64, parts: [Part], spool: Spool) {
        self.size = size
        // Joined where they touch: archives come in small blocks.
        var joined: [Part] = []
        for part in parts.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            if let last = joined.last, last.range.upperBound == part.range.lowerBound,
                last.place + UInt64(last.range.count) == part.place
            {
                joined[joined.count - 1].range = last.range.lowerBound..<part.range.upperBound
            } else {
                joined.append(part)
            }
        }
        self.parts = joined
        self.spool = spool
    }

    func makeReader() -> any ContentReader { Reader(parts: parts, spool: spool) }

    private final class Reader: ContentReader {
        let parts: [Part]
        let spool: Spool

        init(parts: [Part], spool: Spool) {
            self.parts = parts
            self.spool = spool
        }

        func dataRanges() -> [Range<UInt64>] {
            var ranges: [Range<UInt64>] = []
            for part in parts {
                if let last = ranges.last, last.upperBound >= part.range.lowerBound {
                    ranges[ranges.count - 1] = last.lowerBound..<max(last.upperBound, part.range.upperBound)
                } else {
                    ranges.append(part.range)
                }
            }
            return ranges
        }

        func read(into buffer: inout MutableRawSpan, at offset: UInt64) throws(ContentsError) -> [ContentDamage] {
            let wanted = offset..<offset + UInt64(buffer.byteCount)
            let failure: ContentsError? = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0)
                for part in parts where part.range.overlaps(wanted) {
                    let piece = part.range.clamped(to: wanted)
                    let target = unsafe UnsafeMutableRawBufferPointer(
                        rebasing: bytes[Int(piece.lowerBound - offset)..<Int(piece.upperBound - offset)])
                    do throws(ContentsError) {
                        unsafe try spool.read(into: target, at: part.place + piece.lowerBound - part.range.lowerBound)
                    } catch {
                        return error
                    }
                }
                return nil
            }
            if let failure { throw failure }
            return []
        }
    }
}
