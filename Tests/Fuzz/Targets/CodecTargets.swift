import FlashBytes
import FirmwareImage
import JFFS2

extension FuzzTarget {
    /// Any bytes as a stream of each codec.
    static let codecs = FuzzTarget("codecs", largest: 4096) { bytes throws(FuzzFailure) in
        var input = FuzzInput(bytes)
        // Any other number is one that nobody knows.
        let compression = input.choice(Codec.all.map(\.compression) + [Compression(rawValue: 0x77)])
        let size = Int(input.uint16()) % 20000
        let stored = input.remaining()
        _ = compression.largestOutput(of: stored.count)
        let decompressor = Decompressor()
        let first = decompressed(stored, compression, size: size, by: decompressor)
        if case .damaged(_, let produced)? = first.failure {
            try expect(produced <= size, "\(produced) bytes of \(size)")
            try expect(first.bytes[produced...].allSatisfy { $0 == 0 }, "rests behind byte \(produced)")
        }
        // What another page was does not matter.
        if compression != .rubinmips, compression != .dynrubin {
            let second = decompressed(stored, compression, size: size, by: decompressor)
            try expect(first.bytes == second.bytes && first.failure == second.failure, "not the same again")
        }
    }

    /// Any bytes as a page: what is compressed comes back.
    static let encoders = FuzzTarget("encoders", largest: 8192) { bytes throws(FuzzFailure) in
        var input = FuzzInput(bytes)
        var settings = CompressionSettings()
        settings.codecs = [input.choice(CompressionSettings.encoders)]
        settings.level = 1 + input.number(below: 12)
        settings.selection = .priority
        let page = input.remaining()
        guard !page.isEmpty, let compressor = PageCompressor(settings, pageSize: page.count) else { return }
        var stored = [UInt8](repeating: 0, count: page.count)
        var span = stored.mutableSpan
        var output = unsafe span.mutableBytes
        let (compression, count) = compressor.compress(page.span.bytes, into: &output)
        try expect(count <= page.count, "\(count) bytes of a page of \(page.count)")
        let back = decompressed(Array(stored[..<count]), compression, size: page.count, by: Decompressor())
        try expect(back.failure == nil && back.bytes == page, "\(compression) gives another page")
    }

    /// Any bytes as something packed.
    static let packed = FuzzTarget("packed", largest: 16384) { bytes throws(FuzzFailure) in
        let file = FileBytes(bytes)
        file.withBytes { bytes in
            guard let form = PackedForm(bytes) else { return }
            let unpacked = try? PackedFile(bytes: bytes, form: form, limits: PackedLimits(largest: 1 << 20))
            _ = unpacked?.bytes.count
        }
        file.withBytes { bytes in
            for name in ["gzip", "bzip2", "lzma", "lz4", "zstd"] {
                _ = try? PayloadDecompressor.decompress(bytes, compression: name, limit: 1 << 20)
            }
        }
    }

    private static func decompressed(
        _ stored: [UInt8], _ compression: Compression, size: Int, by decompressor: Decompressor
    ) -> (bytes: [UInt8], failure: Decompressor.Failure?) {
        var bytes = [UInt8](repeating: 0xa5, count: size)
        var failure: Decompressor.Failure?
        var span = bytes.mutableSpan
        var output = unsafe span.mutableBytes
        do throws(Decompressor.Failure) {
            try decompressor.decompress(stored.span.bytes, compression: compression, into: &output)
        } catch {
            failure = error
        }
        return (bytes, failure)
    }
}
