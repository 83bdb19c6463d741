import FlashBytes
import JFFS2

/// Erase blocks that do not lie where a flash has them: bytes are missing or too many in front of them.
enum MisplacedBlocks {
    /// What is wrong; nil where all blocks lie as they should.
    ///
    /// - Parameter options: what the user says of the file.
    static func diagnosis(_ image: OpenedImage, options: InputOptions) -> Diagnosis? {
        guard image.spareArea == nil, image.swapGroup == nil else { return nil }
        let isFirst = image.number == 1 && !image.isWrapped
        let start = isFirst ? min(options.offset ?? 0, image.range.lowerBound) : image.range.lowerBound
        let size = image.eraseSize.bytes
        return ByteRegion(file: image.file, range: start..<image.range.upperBound).withBytes { bytes in
            let census = NodeCensus(
                bytes, byteOrder: image.fileSystem.byteOrder, magic: image.fileSystem.scan.magic)
            if census.sightings.isEmpty { return nil }
            let base = image.range.lowerBound - start
            if let runs = BlockRuns.displaced(bytes, census: census, inferred: size, base: base) {
                return spliced(
                    Splice.all(bytes, census: census, runs: runs), shift: start, eraseSize: runs.eraseSize)
            }
            // Whether whole blocks begin with what is there.
            guard isFirst, base % size != 0, census.sightings.prefix(3).last?.offset ?? .max < base else { return nil }
            return cutFront(base, of: bytes.byteCount, image: image, shift: start)
        }
    }

    private static func spliced(_ splices: [Splice], shift: Int, eraseSize size: Int) -> Diagnosis {
        let splices = splices.map { $0.moved(by: shift) }
        var (reasons, doubts): ([String], [String]) = ([], [])
        for splice in splices.prefix(6) {
            switch splice.change {
            case .surplus(let count):
                reasons.append(
                    splice.isProven
                        ? "without \(count == 1 ? "the byte" : "the \(count) bytes") at \(hex(splice.offset)), the sums of "
                            + "the node there are right"
                        : "behind \(hex(splice.offset)), all erase blocks stand \(count) bytes too late")
                if !splice.isProven {
                    doubts.append("at \(hex(splice.offset)), \(size - count) bytes may be missing instead")
                }
            case .missing(let count):
                let bytes = "\(count) byte\(count == 1 ? "" : "s")"
                reasons.append("behind \(hex(splice.offset)), all erase blocks stand \(bytes) too early")
                doubts.append("at \(hex(splice.offset)), \(size - count) bytes may be too many instead")
            }
        }
        if splices.count > 6 { reasons.append("and so at \(splices.count - 6) more places") }
        let text =
            splices.count == 1
            ? splices[0].text : "bytes in the middle are missing, or too many, at \(splices.count) places"
        return Diagnosis(.shifted(splices), text: text, for: reasons, against: doubts)
    }

    /// The first block has no beginning.
    private static func cutFront(_ base: Int, of count: Int, image: OpenedImage, shift: Int) -> Diagnosis {
        let size = image.eraseSize.bytes
        let front = base % size
        let reason =
            "the first \(front) bytes hold nodes, and the first whole erase block begins at \(hex(shift + base))"
        let rest = (count - base) % size
        if rest > 0, rest + front == size, shift + count == image.file.count {
            return Diagnosis(
                .rotated(by: shift + base), text: "the end of it stands in front: it is turned round by \(front) bytes",
                for: [reason, "the last \(rest) bytes are what the block needs that is cut off at the front"])
        }
        return Diagnosis(
            .beginsInside(missing: size - front),
            text: "it begins inside of an erase block, whose first \(size - front) bytes are missing", for: [reason])
    }
}

extension Splice {
    fileprivate func moved(by distance: Int) -> Splice {
        Splice(offset: offset + distance, change: change, isProven: isProven)
    }
}
