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
