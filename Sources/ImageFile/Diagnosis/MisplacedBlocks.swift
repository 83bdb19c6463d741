import FirmwareImage
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
            if let lost = LostBytes(bytes, census: census, inferred: size, base: base) {
                return spliced(lost.splices, shift: start, eraseSize: lost.eraseSize)
            }
            if let runs = BlockRuns.displaced(bytes, census: census, inferred: size, base: base) {
                return spliced(
                    Splice.all(bytes, census: census, runs: runs), shift: start, eraseSize: runs.eraseSize)
            }
            // Whether whole blocks begin with what is there.
            guard isFirst, base % size != 0 else { return nil }
            if census.sightings.prefix(3).last?.offset ?? .max < base {
                return cutFront(base, of: bytes.byteCount, image: image, shift: start)
            }
            guard isRest(bytes.extracting(0..<min(base, bytes.byteCount)), of: image) else { return nil }
            return torn(base, image: image, shift: start)
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
                if !splice.isProven {
                    doubts.append("at \(hex(splice.offset)), \(size - count) bytes may be too many instead")
                }
            }
        }
        if splices.count > 6 { reasons.append("and so at \(splices.count - 6) more places") }
        let text =
            splices.count == 1 ? splices[0].text : "\(amount(splices)), at \(splices.count) places"
        return Diagnosis(.shifted(splices), text: text, for: reasons, against: doubts)
    }

    /// Whether the bytes in front of a file system are what is left of its first blocks, and no header: they are no known one, and
    /// files have lost their names with what stood there.
    private static func isRest(_ front: RawSpan, of image: OpenedImage) -> Bool {
        let losses = BlockFaults.Losses(image.fileSystem.findings)
        guard front.byteCount < image.eraseSize.bytes, KnownFormat(front) == nil,
            (UImageHeader(reading: front, at: max(0, front.byteCount - UImageHeader.size))) == nil,
            FlashStructure.all(in: front).isEmpty, !front.isFilled(with: 0xff, in: 0..<front.byteCount),
            !front.isFilled(with: 0, in: 0..<front.byteCount)
        else { return false }
        let sequence = BlockSequence(image.fileSystem)
        return losses.nameless > 0 && losses.damaged == 0 || sequence.isOrdered && sequence.beginsLate
    }

    /// The first block has no beginning, and no whole node stands in what is left of it.
    private static func torn(_ base: Int, image: OpenedImage, shift: Int) -> Diagnosis {
        let size = image.eraseSize.bytes
        let front = base % size
        return Diagnosis(
            .beginsInside(missing: size - front),
            text: "it begins inside of an erase block, whose first \(size - front) bytes are missing",
            for: [
                "the first whole erase block begins at \(hex(shift + base)), and the \(front) bytes in front of it begin with no "
                    + "header"
            ] + BlockFaults.Losses(image.fileSystem.findings).reasons,
            against: ["how much is missing is only known but for whole erase blocks"])
    }

    /// `3 bytes in the middle are missing`; without a number where some are missing and others too many.
    private static func amount(_ splices: [Splice]) -> String {
        var (missing, surplus) = (0, 0)
        for splice in splices {
            switch splice.change {
            case .missing(let count): missing += count
            case .surplus(let count): surplus += count
            }
        }
        if surplus == 0 { return "\(missing) bytes in the middle are missing" }
        return missing == 0
            ? "\(surplus) bytes in the middle are too many" : "bytes in the middle are missing, or too many"
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
