import FlashBytes
import Foundation

/// Memory and how loaders and shells show it, for tests of logs.
struct LogRows {
    let start: UInt64
    var bytes: [UInt8]

    /// - Parameter seed: another one, other bytes.
    init(_ count: Int = 256, seed: Int = 7, start: UInt64 = 0x8200_0000) {
        self.start = start
        bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* seed ^ ($0 >> 8) &* 31 ^ 0x5a) }
    }

    /// `82000000: 5a 5d …    Z]`, the lines of `md.b`.
    var md: [String] {
        stride(from: 0, to: bytes.count, by: 16).map { at in
            let row = bytes[at..<min(at + 16, bytes.count)]
            return String(format: "%08x: ", Int(start) + at) + Self.digits(row) + "    " + Self.shown(row)
        }
    }

    /// The lines of `hexdump -C` without the last, which has only an address.
    var hexdump: [String] {
        stride(from: 0, to: bytes.count, by: 16).map { at in
            let row = bytes[at..<min(at + 16, bytes.count)]
            return String(format: "%08x  ", at) + Self.digits(row) + "  |" + Self.shown(row) + "|"
        }
    }

    var base64: [String] {
        Data(bytes).base64EncodedString(options: [.lineLength76Characters, .endLineWithLineFeed]).split(separator: "\n")
            .map(String.init)
    }

    /// The lines of `hexdump -C`, with `*` for rows that are like the one before.
    var hexdumpStarred: [String] { starred(hexdump) { $0.dropFirst(8) } }

    /// The lines of `od -A x -t x1`, without the last.
    var od: [String] {
        let rows = stride(from: 0, to: bytes.count, by: 16).map { at in
            String(format: "%06x ", at) + Self.digits(bytes[at..<min(at + 16, bytes.count)])
        }
        return starred(rows) { $0.dropFirst(6) }
    }

    private func starred(_ rows: [String], _ data: (String) -> Substring) -> [String] {
        var lines: [String] = []
        for (index, row) in rows.enumerated() {
            if index > 0, data(rows[index - 1]) == data(row) {
                if lines.last != "*" { lines.append("*") }
            } else {
                lines.append(row)
            }
        }
        return lines
    }

    /// The lines of `xxd -p`.
    var plain: [String] {
        stride(from: 0, to: bytes.count, by: 30).map { at in
            bytes[at..<min(at + 30, bytes.count)].map { String(format: "%02x", $0) }.joined()
        }
    }

    /// The lines of `xxd -i` of a file.
    func array(_ name: String) -> [String] {
        let rows = stride(from: 0, to: bytes.count, by: 12).map { at in
            let row = bytes[at..<min(at + 12, bytes.count)].map { String(format: "0x%02x", $0) }
            return "  " + row.joined(separator: ", ") + (at + 12 < bytes.count ? "," : "")
        }
        return ["unsigned char \(name)[] = {"] + rows + ["};", "unsigned int \(name)_len = \(bytes.count);"]
    }

    /// The lines of `uuencode` of a file, with "`" for zero.
    func uuencoded(_ name: String) -> [String] {
        func character(_ value: Int) -> Character { Character(UnicodeScalar(UInt8(value == 0 ? 0x60 : value + 0x20))) }
        let rows = stride(from: 0, to: bytes.count, by: 45).map { at in
            let row = bytes[at..<min(at + 45, bytes.count)]
            var line = String(character(row.count))
            for start in stride(from: row.startIndex, to: row.endIndex, by: 3) {
                let group = (0..<3).map { start + $0 < row.endIndex ? Int(row[start + $0]) : 0 }
                let bits = group[0] << 16 | group[1] << 8 | group[2]
                for shift in [18, 12, 6, 0] { line.append(character(bits >> shift & 63)) }
            }
            return line
        }
        return ["begin 644 \(name)"] + rows + ["`", "end"]
    }

    /// Motorola's records of 32 bytes, without the last that ends them.
    var records: [String] {
        stride(from: 0, to: bytes.count, by: 32).map { at in
            let address = UInt32(truncatingIfNeeded: Int(start) + at)
            var record = [UInt8(37)] + (0..<4).map { UInt8(truncatingIfNeeded: address >> (24 - 8 * $0)) }
            record += bytes[at..<at + 32]
            record.append(~record.reduce(0, &+))
            return "S3" + record.map { String(format: "%02X", $0) }.joined()
        }
    }

    static func digits(_ row: ArraySlice<UInt8>) -> String {
        row.map { String(format: "%02x", $0) }.joined(separator: " ")
    }

    static func shown(_ row: ArraySlice<UInt8>) -> String {
        String(decoding: row.map { (0x20...0x7e).contains($0) ? $0 : 0x2e }, as: UTF8.self)
    }
}

extension [String] {
    /// As lines of a log.
    var log: String { map { $0 + "\r\n" }.joined() }
}

/// As `md5sum` prints it.
enum MD5 {
    static func digest(_ bytes: [UInt8]) -> String {
        hexadecimal(MessageDigest.of(bytes.span.bytes, algorithm: .md5) ?? [])
    }
}
