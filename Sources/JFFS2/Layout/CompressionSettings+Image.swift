import FlashBytes

extension CompressionSettings {
    /// The codecs that an image uses already, as far as there are encoders: what its device can surely read. None for an
    /// image of which nothing is compressed.
    public init(like fileSystem: FileSystem) {
        self.init()
        var used: Set<Compression> = []
        fileSystem.image.withBytes { bytes in
            for node in fileSystem.scan.inodeNodes {
                let offset = Int(fileSystem.scan.nodes[Int(node.node)].offset)
                if let raw = try? RawInode(reading: bytes, at: offset, fileSystem.byteOrder) {
                    used.insert(raw.compression)
                }
            }
        }
        codecs = PageCompressor.codecs.filter(used.contains)
    }
}
