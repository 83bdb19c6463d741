import JFFS2

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The data of a node that another program compressed; see `Vectors/make-vectors`.
struct Vector {
    /// The file it is in.
    let set: String
    let compression: Compression
    let plain: [UInt8]
    let stored: [UInt8]

    static let sets = [
        "kernel-lzo", "kernel-rtime", "kernel-rubin", "kernel-zlib", "lzma-properties", "lzma-sdk", "lzma-xz",
        "lzo-1x-1", "lzo-1x-999", "lzo-long", "mkfs-lzo", "mkfs-odd-pages", "mkfs-rtime", "mkfs-zlib", "zlib-endings",
    ]

    private static let directory = #filePath.split(separator: "/").dropLast().map { "/" + $0 }.joined() + "/Vectors/"

    /// What all of them were made from.
    static func plain() throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: directory + "plain.bin"))) }

    /// The vectors of one file.
    static func load(_ set: String) throws -> [Vector] {
        let plain = try plain()
        let text = String(decoding: try Data(contentsOf: URL(filePath: directory + set + ".vectors")), as: UTF8.self)
        return try text.split(separator: "\n").map { line in
            let fields = line.split(separator: " ")
            guard fields.count == 4, let id = UInt8(fields[0]), let offset = Int(fields[1]), let size = Int(fields[2]),
                let stored = Data(base64Encoded: String(fields[3]))
            else { throw BadLine(set: set, line: String(line)) }
            return Vector(
                set: set, compression: Compression(rawValue: id), plain: Array(plain[offset..<offset + size]),
                stored: [UInt8](stored))
        }
    }

    struct BadLine: Error {
        let set: String
        let line: String
    }
}
