import FlashBytes
import JFFS2

extension FuzzTarget {
    /// Erase sizes that the targets try: the smallest, usual ones, an odd one.
    static let eraseSizes = [4096, 8192, 16384, 65536, 12288, 131_072]

    /// Any bytes as a flash: finding nodes, with and without summaries.
    static let scan = FuzzTarget("scan", largest: 32768) { bytes throws(FuzzFailure) in
        var input = FuzzInput(bytes)
        let order = input.choice([ByteOrder.little, .big])
        let eraseSize = input.choice(eraseSizes)
        let magic = input.choice([NodeHeader.magic, NodeHeader.magic, NodeHeader.oldMagic])
        let image = FileBytes(input.remaining())
        try image.withBytes { (image: RawSpan) throws(FuzzFailure) in
            let census = NodeCensus(image)
            for sighting in census.sightings {
                try expect(sighting.end > sighting.offset && sighting.offset < image.byteCount, "\(sighting)")
            }
            for sighting in NodeCensus(image, byteOrder: order, magic: magic).sightings {
                _ = sighting.isIntact(in: image)
            }
            for usingSummaries in [false, true] {
                let scan = NodeScan(
                    image, byteOrder: order, eraseSize: eraseSize, magic: magic, usingSummaries: usingSummaries)
                for node in scan.nodes {
                    try expect(Int(node.offset) < image.byteCount, "node at \(node.offset) of \(image.byteCount)")
                }
                for dirent in scan.direntNodes {
                    try expect(dirent.nameRange.upperBound <= image.byteCount, "name at \(dirent.nameRange)")
                }
            }
            _ = SummaryCheck.findings(image, byteOrder: order, eraseSize: eraseSize)
        }
    }
}
