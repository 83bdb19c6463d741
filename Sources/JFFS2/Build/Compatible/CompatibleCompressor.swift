internal import FlashBytes

/// Chooses the stored form of a piece of data as mkfs.jffs2 2.1.5 does.
final class CompatibleCompressor {
    private let encoders: [any PrefixEncoder]
    private let selection: CompressionSettings.Selection

    /// - Returns: nil when there is no memory.
    init?(_ settings: CompressionSettings) {
        var encoders: [any PrefixEncoder] = []
        for codec in settings.codecs {
            if codec == .rtime {
                encoders.append(RtimeEncoder())
            } else {
                guard let deflater = ReferenceDeflater() else { return nil }
                encoders.append(deflater)
            }
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
    /// - Parameter room: what the node has for it (bytes).
    func compress(_ data: RawSpan, room: Int) -> Stored {
        let room = min(room, data.byteCount)
        var best: Stored?
        if selection != .none {
            for encoder in encoders {
                var output = [UInt8](repeating: 0, count: room)
                guard let (taken, written) = output.withPart(0..<room, { encoder.encodePrefix(data, into: &$0) }),
                    written < (best?.bytes.count ?? .max)
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
}
