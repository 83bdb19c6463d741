import FirmwareImage
import FlashBytes
import ImageFile

/// A part of a flash for `info` and `partitions`.
struct FlashEntryDescription: Encodable {
    var offset: Int
    var size: Int
    /// See `FlashMap.Entry.word`.
    var kind: String
    var text: String

    init(_ entry: FlashMap.Entry) {
        offset = entry.range.lowerBound
        size = entry.range.count
        kind = entry.word
        switch entry.content {
        case .jffs2(let image):
            text = "number \(image.number): \(PartitionContents.summary(image))"
        case .structure(let structure):
            text = Printable.text(Array(structure.description.utf8))
        case .erased:
            text = "erased"
        case .unknown:
            text = "unknown"
        }
    }

    /// `0x000000-0x040000     256 KiB  text`
    static func lines(_ entries: [FlashEntryDescription]) -> [String] {
        let digits = String(entries.map { $0.offset + $0.size }.max() ?? 0, radix: 16).count
        func place(_ number: Int) -> String {
            "0x" + hexadecimalDigits(number, width: digits)
        }
        return entries.map { entry in
            let size = SizeExpression.readable(entry.size)
            return "  \(place(entry.offset))-\(place(entry.offset + entry.size))  "
                + String(repeating: " ", count: max(0, 14 - size.count)) + "\(size)  \(entry.text)"
        }
    }
}
