internal import FlashBytes

/// Chooses the stored form of a piece of data as mkfs.jffs2 2.1.5 does. What LZO and LZMA make of it are other bytes, from
/// encoders of our own, for the same data.
final class CompatibleCompressor {
    private let encoders: [any PrefixEncoder]
    private let selection: CompressionSettings.Selection

    /// - Returns: nil when there is no memory.
    init?(_ settings: CompressionSettings) {
        var encoders: [any PrefixEncoder] = []
        for codec in settings.codecs {
            guard let encoder = Codec.of(codec)?.makeCompatibleEncoder?() else { return nil }
            encoders.append(encoder)
        }
        self.encoders = encoders
        selection = settings.selection
    }

    /// What a node stores.
    struct Stored {
        var compression = Compression.none
        /// How much of the data the node holds (bytes).
        var taken: Int
        var bytes: [UInt8]
    }

    /// Compresses a beginning of `data`.
    ///
    /// - Parameters:
    ///   - room: what the node has for it (bytes).
    ///   - isPlain: whether it is stored without compression.
    func compress(_ data: RawSpan, room: Int, isPlain: Bool = false) -> Stored {
        let room = min(room, data.byteCount)
        var best: Stored?
        if selection != .none, !isPlain {
            for encoder in encoders {
                var output = [UInt8](repeating: 0, count: room)
                guard let (taken, written) = output.withPart(0..<room, body: { encoder.encodePrefix(data, into: &$0) }),
                    isBetter(encoder.compression, count: written, than: best)
                else { continue }
                output.removeLast(room - written)
                best = Stored(compression: encoder.compression, taken: taken, bytes: output)
                if selection == .priority { break }
            }
        }
        if let best { return best }
        // Cut where the room ends.
        var plain = [UInt8](repeating: 0, count: room)
        plain.withPart(0..<room) { $0.copy(data.extracting(0..<room)) }
        return Stored(taken: room, bytes: plain)
    }

    /// The rules of `jffs2_is_best_compression` in compr.c.
    private func isBetter(_ compression: Compression, count: Int, than best: Stored?) -> Bool {
        guard let best else { return true }
        let bestCount = best.bytes.count
        guard selection == .favourLZO else { return count < bestCount }
        if count < bestCount, compression == .lzo || best.compression != .lzo { return true }
        return compression == .lzo && count * 80 / 100 < bestCount || count < bestCount * 80 / 100
    }
}
