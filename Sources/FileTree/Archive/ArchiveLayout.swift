/// What of a tar or cpio archive is no content of a file in it: names, owners, attributes, remarks, padding, and what stands
/// behind its end. (tar.h of POSIX and the pax format; cpio's formats newc and odc.)
package enum ArchiveLayout {
    private static let block = 512

    /// Where that is (bytes), ascending; nothing for what is neither of them.
    package static func metadata(of archive: [UInt8]) -> [Range<Int>] {
        if isTar(archive) { return tar(archive, header: nil) }
        return archive.starts(with: "0707".utf8) ? cpio(archive) : []
    }

    /// Whether bytes begin as a tar archive does.
    package static func isTar(_ bytes: some RandomAccessCollection<UInt8>) -> Bool {
        bytes.count >= block && bytes.dropFirst(257).prefix(5).elementsEqual("ustar".utf8)
    }

    /// Makes the sums of tar's headers right again, after bytes of them were overwritten.
    package static func mendSums(of archive: inout [UInt8]) {
        guard isTar(archive) else { return }
        var headers: [Int] = []
        _ = tar(archive, header: { headers.append($0) })
        for start in headers {
            let sum = Array(String(sum(of: archive, header: start), radix: 8).utf8)
            let text = [UInt8](repeating: 0x30, count: max(0, 6 - sum.count)) + sum + [0, 0x20]
            archive.replaceSubrange(start + 148..<start + 156, with: text.prefix(8))
        }
    }

    /// Of all bytes, those of the sum itself taken for blanks.
    private static func sum(of archive: [UInt8], header start: Int) -> Int {
        (0..<block).reduce(0) { $0 + ((148..<156).contains($1) ? 0x20 : Int(archive[start + $1])) }
    }

    /// - Parameter header: is called with the place of each header.
    private static func tar(_ archive: [UInt8], header: ((Int) -> Void)?) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var at = 0
        while at + block <= archive.count {
            let fields = archive[at..<at + block]
            if fields.allSatisfy({ $0 == 0 }) {
                at += block
                continue
            }
            let isHeader =
                fields.dropFirst(257).starts(with: "ustar".utf8)
                || octal(archive[at + 148..<at + 156]) == sum(of: archive, header: at)
            guard isHeader, let size = number(archive[at + 124..<at + 136]) else { break }
            header?(at)
            let data = at + block
            let end = data + min(size, archive.count - data)
            let isContent = [0, 0x30, 0x37].contains(archive[at + 156])
            ranges.append(at..<(isContent ? data : end))
            at = min(archive.count, data + (end - data + block - 1) / block * block)
            if isContent, end < at { ranges.append(end..<at) }
        }
        if at < archive.count { ranges.append(at..<archive.count) }
        return ranges
    }

    private static func octal(_ field: ArraySlice<UInt8>) -> Int? {
        let digits = field.drop { $0 == 0x20 }.prefix { (0x30...0x37).contains($0) }
        return digits.isEmpty || digits.count > 12 ? nil : digits.reduce(0) { $0 << 3 | Int($1 & 7) }
    }

    /// In octal, or in binary where the first bit is set.
    private static func number(_ field: ArraySlice<UInt8>) -> Int? {
        guard let first = field.first, first & 0x80 != 0 else { return octal(field) ?? 0 }
        let bytes = field.dropFirst(4)
        guard first == 0x80, field.dropFirst().prefix(3).allSatisfy({ $0 == 0 }) else { return nil }
        let value = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Int(exactly: value)
    }

    private static func cpio(_ archive: [UInt8]) -> [Range<Int>] {
        let isPortable = archive.starts(with: "070707".utf8)
        let (header, radix, alignment) = isPortable ? (76, 8, 1) : (110, 16, 4)
        let fields = isPortable ? (name: 59..<65, size: 65..<76) : (name: 94..<102, size: 54..<62)
        func field(_ range: Range<Int>, at start: Int) -> Int? {
            let text = archive[start + range.lowerBound..<start + range.upperBound]
            return Int(String(decoding: text, as: UTF8.self), radix: radix).flatMap { $0 >= 0 ? $0 : nil }
        }
        func aligned(_ place: Int) -> Int { (place + alignment - 1) / alignment * alignment }
        var ranges: [Range<Int>] = []
        var at = 0
        while at + header <= archive.count, archive[at...].starts(with: "0707".utf8) {
            guard let name = field(fields.name, at: at), let size = field(fields.size, at: at),
                name <= archive.count, size <= archive.count
            else { break }
            let data = min(archive.count, aligned(at + header + name))
            let end = min(archive.count, data + size)
            ranges.append(at..<data)
            at = min(archive.count, aligned(end))
            if end < at { ranges.append(end..<at) }
        }
        if at < archive.count { ranges.append(at..<archive.count) }
        return ranges
    }
}
