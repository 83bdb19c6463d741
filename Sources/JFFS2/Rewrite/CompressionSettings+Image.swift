import FlashBytes

extension CompressionSettings {
    /// The codecs that an image uses already, as far as there are encoders: what its device can surely read. None for an
    /// image of which nothing is compressed.
    package init(like fileSystem: FileSystem) {
        self.init()
        codecs = Self.encoders.filter(fileSystem.usedCompressions.contains)
    }
}

extension FileSystem {
    /// How the data of all inode nodes, live and dead, is compressed. (A kernel that writes rubin has neither rtime nor
    /// zlib: it would take those.)
    package var usedCompressions: Set<Compression> {
        var used: Set<Compression> = []
        image.withBytes { bytes in
            for node in scan.inodeNodes {
                let offset = scan.offset(of: node.node)
                if let raw = try? RawInode(reading: bytes, at: offset, byteOrder) { used.insert(raw.compression) }
            }
        }
        return used
    }
}
