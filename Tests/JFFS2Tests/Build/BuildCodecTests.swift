import JFFS2
import Testing

/// Which codec a page gets.
@Suite struct BuildCodecTests {
    /// The number of nodes by codec, and the size of all stored data.
    private func build(
        _ codecs: [Compression], _ selection: CompressionSettings.Selection
    ) throws -> (nodes: [Compression: Int], size: Int) {
        let content = try Vector.plain()
        let (image, _) = try JFFS2Tests.build(tree(content)) {
            $0.compression.codecs = codecs
            $0.compression.selection = selection
        }
        let census = NodeCensus(image.span.bytes, byteOrder: .little)
        var nodes: [Compression: Int] = [:]
        var size = 0
        for sighting in census.sightings where sighting.header.type == .inode {
            let node = try RawInode(reading: image.span.bytes, at: sighting.offset, .little)
            guard node.dsize > 0 else { continue }
            nodes[node.compression, default: 0] += 1
            size += Int(node.csize)
        }
        let fileSystem = read(image)
        let id = try #require(fileSystem.tree.find("/file"))
        #expect(fileSystem.findings.findings.isEmpty)
        let isEqual = try fileSystem.tree[id].contents == content
        #expect(isEqual, "\(codecs) \(selection)")
        return (nodes, size)
    }

    @Test func aCodecThatIsChosenAloneIsTheOnlyOneUsed() throws {
        let codecs: [Compression] = [.zlib, .rtime, .lzo, .lzma]
        for codec in codecs {
            let (nodes, _) = try build([codec], .priority)
            #expect(Set(nodes.keys).isSubset(of: [codec, .none, .zero]))
            #expect((nodes[codec] ?? 0) >= 8, "\(codec): \(nodes)")
        }
    }

    @Test func theCodecWithTheSmallestResultWins() throws {
        let codecs: [Compression] = [.rtime, .lzo, .zlib, .lzma]
        let together = try build(codecs, .smallest)
        for codec in codecs {
            let alone = try build([codec], .smallest)
            #expect(together.size <= alone.size, "\(codec)")
        }
        #expect(together.nodes.count > 1)
    }

    @Test func theFirstCodecThatShrinksThePageWins() throws {
        let (nodes, _) = try build([.lzo, .zlib], .priority)
        #expect((nodes[.lzo] ?? 0) > 6)
        #expect((nodes[.lzo] ?? 0) > (nodes[.zlib] ?? 0))
    }

    @Test func lzoIsFavouredUnlessZlibIsMuchSmaller() throws {
        for codecs: [Compression] in [[.lzo, .zlib], [.zlib, .lzo]] {
            let favoured = try build(codecs, .favourLZO)
            let smallest = try build(codecs, .smallest)
            #expect((favoured.nodes[.lzo] ?? 0) > (smallest.nodes[.lzo] ?? 0), "\(codecs)")
            // Where zlib is much smaller, it is taken all the same.
            #expect((favoured.nodes[.zlib] ?? 0) > 0, "\(codecs)")
        }
    }
}
