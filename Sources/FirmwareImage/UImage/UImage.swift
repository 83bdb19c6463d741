import FlashBytes

/// A U-Boot legacy image in some bytes: a header, the data behind it, and whether their sums are right.
public struct UImage: Sendable, Hashable {
    /// What the header says; whether it is true, the sums tell.
    public let header: UImageHeader
    /// Where the header begins (bytes).
    public let offset: Int
    /// The data behind the header (bytes), as far as there is any.
    public let data: Range<Int>
    /// How many of the data's bytes are missing, since the input ends before.
    public let missing: Int
    /// The sum of the data; of data that is cut off, which cannot be right, 0.
    public let computedDataCRC: UInt32
    /// The files of a multi-file image or script (bytes from the start of the input); empty for others.
    public let parts: [Range<Int>]
    /// What is wrong with the table of sizes.
    public let partsFault: String?

    /// The header and its data (bytes).
    public var range: Range<Int> { offset..<data.upperBound }

    /// More files are none: U-Boot's have a handful.
    private static let mostParts = 1024

    /// Reads the image whose header is at `offset`; nil where there is no header.
    public init?(reading bytes: RawSpan, at offset: Int) {
        var sums = RangeSums()
        self.init(reading: bytes, at: offset, &sums)
    }

    /// - Parameter sums: of these bytes, for whoever looks at many headers.
    init?(reading bytes: RawSpan, at offset: Int, _ sums: inout RangeSums) {
        guard let header = UImageHeader(reading: bytes, at: offset) else { return nil }
        self.header = header
        self.offset = offset
        let start = offset + UImageHeader.size
        let available = min(Int(header.dataSize), bytes.byteCount - start)
        data = start..<start + available
        missing = Int(header.dataSize) - available
        computedDataCRC = missing == 0 ? sums.sum(bytes, range: data) : 0
        if header.hasParts {
            do {
                parts = try Self.readParts(bytes, data: data)
                partsFault = nil
            } catch {
                parts = []
                partsFault = error.description
            }
        } else {
            parts = []
            partsFault = nil
        }
    }

    /// Whether the sum of the data is right.
    public var dataIsIntact: Bool { missing == 0 && computedDataCRC == header.dataCRC }

    /// All that does not hold, each as a sentence without full stop.
    public var faults: [String] {
        var faults: [String] = []
        if !header.isIntact {
            faults.append(
                "the header's CRC is \(hex(header.headerCRC)), but its bytes give \(hex(header.computedHeaderCRC))")
        }
        if missing > 0 {
            faults.append(
                "the header announces \(header.dataSize) bytes of data, but only \(data.count) follow: "
                    + "cut off, or a wrong size")
        } else if !dataIsIntact {
            faults.append("the data's CRC is \(hex(header.dataCRC)), but its bytes give \(hex(computedDataCRC))")
        }
        if let partsFault { faults.append(partsFault) }
        return faults
    }

    /// All images with an intact header, in order; what lies in the data of a whole one is not looked at.
    ///
    /// A header with a wrong sum counts at the very start only, and only if there is no other: elsewhere the magic may be
    /// any bytes.
    public static func all(in bytes: RawSpan) -> [UImage] {
        var found: [UImage] = []
        var sums = RangeSums()
        var at = 0
        while let next = bytes.firstOffset(of: UImageHeader.magic, from: at) {
            at = next + 4
            guard let header = UImageHeader(reading: bytes, at: next), next == 0 || header.isIntact,
                let image = UImage(reading: bytes, at: next, &sums)
            else { continue }
            if found.first?.header.isIntact == false { found.removeFirst() }
            found.append(image)
            if image.dataIsIntact { at = image.range.upperBound }
        }
        return found
    }

    // MARK: - Several files
    /// A table of sizes that contradicts the data.
    private struct BadTable: Error, CustomStringConvertible {
        let description: String
    }

    /// The table: sizes, then 0; then the files, each but the last filled up to a multiple of 4.
    private static func readParts(_ bytes: RawSpan, data: Range<Int>) throws(BadTable) -> [Range<Int>] {
        var sizes: [Int] = []
        var at = data.lowerBound
        while true {
            guard at + 4 <= data.upperBound, let size = try? bytes.uint32(at: at, .big) else {
                throw BadTable(description: "the table of file sizes has no end")
            }
            at += 4
            if size == 0 { break }
            guard sizes.count < mostParts else {
                throw BadTable(description: "the table of file sizes has more than \(mostParts)")
            }
            sizes.append(Int(size))
        }
        var parts: [Range<Int>] = []
        for (index, size) in sizes.enumerated() {
            guard size <= data.upperBound - at else {
                throw BadTable(
                    description: "file \(index) of \(sizes.count) has \(size) bytes by the table, "
                        + "but only \(max(0, data.upperBound - at)) are left")
            }
            parts.append(at..<at + size)
            at += (size + 3) & ~3
        }
        return parts
    }

    /// The data of a multi-file image: the table, then the files.
    static func joined(_ files: [ByteRegion]) -> (table: [UInt8], padding: [Int]) {
        var table = ByteWriter(.big, capacity: 4 * files.count + 4)
        for file in files { table.uint32(UInt32(truncatingIfNeeded: file.count)) }
        table.uint32(0)
        let last = files.count - 1
        return (table.bytes, files.enumerated().map { $0 == last ? 0 : -$1.count & 3 })
    }
}

extension RawSpan {
    /// The first place at or behind `start` where these four bytes (as a big-endian number) stand.
    func firstOffset(of word: UInt32, from start: Int) -> Int? {
        let first = UInt8(truncatingIfNeeded: word >> 24)
        let wanted = UInt32(bigEndian: word)
        var at = start
        while at + 4 <= byteCount {
            if unsafe unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self) == first,
                unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt32.self) == wanted
            {
                return at
            }
            at += 1
        }
        return nil
    }
}
