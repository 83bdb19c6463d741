import FileTree
import FirmwareImage
import FlashBytes
import JFFS2

/// What keeps a file with a file system in it from mounting as it is.
enum ImageExamination {
    /// All that is wrong, outermost first, or that nothing is.
    ///
    /// - Parameter wanted: the byte order and erase size of the device, where they are known.
    static func diagnoses(_ image: OpenedImage, wanted: InputOptions) -> [Diagnosis] {
        let fileSystem = image.fileSystem
        let dropped = fileSystem.findings.isDamaged ? DroppedBytes.diagnosis(image) : nil
        let misplaced = dropped == nil ? MisplacedBlocks.diagnosis(image, options: wanted) : nil
        let turned = TurnedPart.diagnosis(image, options: wanted)
        let zeroed = OverwrittenBlocks.front(image)
        let hidden = dropped == nil ? HiddenBlocks.diagnosis(image) : nil
        let isWhole = dropped == nil && misplaced == nil && turned == nil
        let starts = isWhole ? OverwrittenStarts.diagnosis(image, hidden: hidden?.hiddenBlocks ?? []) : nil
        let front = [dropped, misplaced, turned, zeroed, hidden, starts].compactMap(\.self)
        var found = layers(image, isDisplaced: !front.isEmpty) + front
        found += device(image, wanted: wanted)
        // What is displaced or turned round is missing elsewhere.
        if misplaced == nil, dropped == nil, turned == nil, hidden == nil, starts == nil {
            if let late = leadingDirt(image) { found.append(late) }
            if let blocks = smallBlocks(image) { found.append(blocks) }
            found += BlockFaults.diagnoses(image, isFrontLost: zeroed != nil)
        }
        if let emptied = emptied(fileSystem) { found.append(emptied) }
        if let refusal = fileSystem.scan.refusal {
            found.append(Diagnosis(.refused, text: "Linux does not mount it: \(refusal)"))
        }
        let isAlone = found.isEmpty
        if let damaged = damaged(fileSystem, isAlone: isAlone) { found.append(damaged) }
        if isAlone, let few = tooFewBlocks(image) { found.append(few) }
        return found.isEmpty ? [healthy(image)] : found
    }

    private static func healthy(_ image: OpenedImage) -> Diagnosis {
        let scan = image.fileSystem.scan
        let counts = "\(scan.nodes.count) node\(scan.nodes.count == 1 ? "" : "s")"
        var doubts: [String] = []
        if image.eraseSize.confidence == .low {
            doubts.append("how large its erase blocks are is only a guess, and another size keeps it from mounting")
        }
        var reasons = ["\(counts), and no sum is wrong that Linux needs"]
        if image.endsAtMark {
            reasons.append(
                "OpenWrt's end mark deadc0de stands behind it, at \(hex(image.range.upperBound)): the device erases what "
                    + "follows when it starts for the first time")
        }
        return Diagnosis(
            .healthy,
            text:
                "it is a JFFS2 file system that mounts as it is: \(scan.byteOrder.rawValue)-endian, on flash with erase "
                + "blocks of \(SizeExpression.readable(image.eraseSize.bytes))",
            for: reasons, against: doubts)
    }

    // MARK: - Around it

    /// - Parameter isDisplaced: whether what lies in front of it is told by another diagnosis.
    private static func layers(_ image: OpenedImage, isDisplaced: Bool) -> [Diagnosis] {
        let headers = image.votes.values.reduce(0, +)
        let nodes = "there are \(headers) node headers with right sums"
        return image.layers.compactMap { layer in
            switch layer {
            case .packed, .compressedUImage, .trailing: return nil
            case .wordSwapped(let group):
                return Diagnosis(
                    .wordSwapped(group: group), text: "the bytes are reversed in groups of \(group)",
                    for: [
                        "reversed once more, \(nodes)", "a dump that was put together from U-Boot's md looks like that",
                    ])
            case .spareArea(let area, let cleanmarkers):
                var reasons = ["without the spare areas, \(nodes), and each ends where the next one begins"]
                if cleanmarkers > 0 { reasons.append("\(cleanmarkers) of the spare areas have a cleanmarker") }
                return Diagnosis(
                    .spareArea(area),
                    text:
                        "it is a NAND dump with the spare areas in it: pages of \(area.pageSize) bytes, \(area.spareSize) "
                        + "spare bytes behind each", for: reasons)
            case .badBlocks(let ranges):
                return Diagnosis(
                    .spareArea(image.spareArea ?? SpareArea.known[0]),
                    text: "\(ranges.count) block\(ranges.count == 1 ? " is" : "s are") marked bad, and left out",
                    for: ["their spare areas say so: \(BlockFaults.list(ranges.map(\.lowerBound)))"])
            case .uImage(let wrapper):
                let name = printable(wrapper.header.name)
                return Diagnosis(
                    .container("uImage"), text: "the file system is the data of a uImage '\(name)'",
                    for: ["a U-Boot header at \(hex(wrapper.offset)), and behind it \(nodes)"], against: wrapper.faults)
            case .flattenedImage(let member, let offset):
                return Diagnosis(
                    .container("FIT"),
                    text: "the file system is '\(printable(Array(member.utf8)))' of a FIT image, at \(hex(offset))",
                    for: ["at \(hex(offset)), \(nodes)"])
            case .skipped(let bytes): return isDisplaced ? nil : skipped(bytes, image: image)
            }
        }
    }

    /// What lies in front of the file system.
    private static func skipped(_ bytes: Int, image: OpenedImage) -> Diagnosis {
        let start = image.range.lowerBound
        let view =
            image.swapGroup.map { group in image.file.withBytes { ByteRegion(WordSwap.swapped($0, group: group)) } }
            ?? ByteRegion(image.file)
        let first = view.withBytes { whole in
            (format: KnownFormat(whole), isErased: whole.isFilled(with: 0xff, in: 0..<min(bytes, whole.byteCount)))
        }
        let reason = "the first node header with a right sum is behind \(hex(start))"
        if case .trx(let header)? = first.format {
            let part = header.parts.contains(start) ? ["its table of parts has one at \(hex(start))"] : []
            return Diagnosis(
                .header(bytes: bytes, name: "TRX"), text: "it is a TRX firmware with the file system at \(hex(start))",
                for: [
                    "a TRX header of \(header.length) bytes in front" + (header.isIntact ? ", with the right sum" : "")
                ] + part + [reason],
                against: header.isIntact ? [] : ["its sum is wrong: a boot loader refuses it"])
        }
        if let wrapper = damagedWrapper(image, start: start) { return wrapper }
        if bytes < 4096, !first.isErased {
            return Diagnosis(
                .header(bytes: bytes, name: "vendor"),
                text: "there is a header of \(bytes) bytes in front of the file system, a vendor's own perhaps",
                for: [reason], against: bytes % 4 == 0 ? [] : ["headers mostly have a multiple of 4 bytes"])
        }
        var text = "the file system begins later, at \(hex(start))"
        if let format = first.format { text += ", behind \(format)" }
        return Diagnosis(
            .offset(bytes), text: text,
            for: [reason] + (first.isErased ? ["what is in front of it is erased"] : []))
    }

    /// A uImage header right in front of it whose own sum is wrong.
    private static func damagedWrapper(_ image: OpenedImage, start: Int) -> Diagnosis? {
        let place = start - UImageHeader.size
        guard place >= 0,
            let header = image.file.withBytes({ UImageHeader(reading: $0, at: place) }), !header.isIntact
        else { return nil }
        return Diagnosis(
            .header(bytes: start, name: "uImage"),
            text: "the file system is the data of a uImage '\(printable(header.name))' whose header is damaged",
            for: [
                "the bytes at \(hex(place)) have U-Boot's magic number, and the first node is behind them",
                "the header's own CRC is wrong: U-Boot says \"Bad Header Checksum\" and boots it no more",
            ])
    }

    /// Whole blocks at the beginning without any node: damaged ones, or what lies in front of the file system.
    private static func leadingDirt(_ image: OpenedImage) -> Diagnosis? {
        let scan = image.fileSystem.scan
        guard let first = scan.nodes.first.map({ Int($0.offset) }),
            case let start = first / scan.eraseSize * scan.eraseSize, start > 0,
            image.fileSystem.image.withBytes({ bytes in
                stride(from: 0, to: start, by: scan.eraseSize).contains {
                    !ImageExtent.isNearlyErased(bytes, block: $0..<$0 + scan.eraseSize)
                }
            })
        else { return nil }
        let blocks = start / scan.eraseSize
        return Diagnosis(
            .offset(image.range.lowerBound + start),
            text: "the file system seems to begin later, at \(hex(image.range.lowerBound + start))",
            for: ["in front of it there is no node in \(blocks) erase block\(blocks == 1 ? "" : "s"), but other data"],
            against: ["it may begin at \(hex(image.range.lowerBound)), and those blocks are damaged"])
    }

    // MARK: - The device

    private static func device(_ image: OpenedImage, wanted: InputOptions) -> [Diagnosis] {
        var found: [Diagnosis] = []
        let order = image.fileSystem.byteOrder
        if let other = wanted.byteOrder, other != order {
            found.append(
                Diagnosis(
                    .byteOrder(order, wanted: other), text: "it is \(order), and the device \(other)",
                    for: [
                        "\(image.votes[order, default: 0]) node headers are \(order), \(image.votes[other, default: 0]) \(other)"
                    ]))
        }
        if let size = wanted.eraseSize, size != image.eraseSize.bytes {
            let inferred = image.eraseSize
            found.append(
                Diagnosis(
                    .eraseSize(inferred.bytes, wanted: size),
                    text:
                        "it is made for erase blocks of \(SizeExpression.readable(inferred.bytes)), and the device has "
                        + SizeExpression.readable(size), for: inferred.evidence,
                    against: inferred.confidence == .low ? ["that size is only a guess"] : []))
        }
        let votes = image.votes[order.opposite, default: 0]
        if votes > 0, wanted.byteOrder == nil, votes * 4 > image.votes[order, default: 0] {
            found.append(
                Diagnosis(
                    .mixedByteOrders(order), text: "nodes of both byte orders are in it",
                    for: ["\(image.votes[order, default: 0]) node headers are \(order), \(votes) \(order.opposite)"]))
        }
        return found
    }

    /// Cleanmarkers inside of blocks stand where smaller blocks begin.
    private static func smallBlocks(_ image: OpenedImage) -> Diagnosis? {
        let scan = image.fileSystem.scan
        let inside = scan.nodes.filter { $0.type == .cleanmarker && Int($0.offset) % scan.eraseSize != 0 }
        guard inside.count >= 2 else { return nil }
        var step = scan.eraseSize
        for node in inside {
            var (a, b) = (step, Int(node.offset))
            while b != 0 { (a, b) = (b, a % b) }
            step = a
        }
        // No flash has blocks of 65504 bytes: there a transfer lost some.
        guard step >= 4096, step % 512 == 0, step < scan.eraseSize else { return nil }
        return Diagnosis(
            .smallBlocks(step, flash: scan.eraseSize),
            text: "it was made for erase blocks of \(SizeExpression.readable(step)), and the flash has "
                + SizeExpression.readable(scan.eraseSize),
            for: [
                "\(inside.count) cleanmarkers stand inside of blocks, all at multiples of \(SizeExpression.readable(step))",
                "Linux says \"CLEANMARKER node found at …, not first node in block\" and \"Empty flash at … ends at …\" to each",
            ],
            against: ["Linux mounts it, but what it takes for gaps is lost to it until it has rewritten those blocks"])
    }

    // MARK: - Inside

    private static func emptied(_ fileSystem: FileSystem) -> Diagnosis? {
        guard fileSystem.findings.counts[.nothingLeft] != nil else { return nil }
        let history = FlashHistory(FlashLog(fileSystem))
        let recovery = Recovery(history, extent: .gone)
        let files = recovery.files.filter { $0.inode.kind != .directory }
        return Diagnosis(
            .emptied(recoverable: files.count),
            text: "all files in it were deleted; \(files.count) can be had back, whole or in part",
            for: files.prefix(5).map { "\($0.path), \($0.inode.size) bytes" }
                + (files.count > 5 ? ["and \(files.count - 5) more"] : []),
            against: files.isEmpty ? ["nothing of their contents is left"] : [])
    }

    /// Linux counts the blocks of the partition, whatever is in them.
    private static func tooFewBlocks(_ image: OpenedImage) -> Diagnosis? {
        let count = image.fileSystem.scan.blockCount
        let fewest = ImageVerification.fewestBlocks
        guard count < fewest else { return nil }
        let size = image.fileSystem.eraseSize
        return Diagnosis(
            .tooFewBlocks(count, eraseSize: size),
            text: "it has \(count) erase block\(count == 1 ? "" : "s"), and Linux mounts none of fewer than \(fewest)",
            for: ["Linux says \"Too few erase blocks (\(count))\" where the partition is no larger than the file"],
            against: ["in a larger partition, erased behind it, it mounts"]
                + (image.eraseSize.confidence == .low ? ["how large its erase blocks are is only a guess"] : []))
    }

    /// What `verify` finds, the worst first.
    ///
    /// - Parameter isAlone: whether nothing else is wrong; else, what Linux only complains of may be the work of that.
    private static func damaged(_ fileSystem: FileSystem, isAlone: Bool) -> Diagnosis? {
        let check = FileSystemCheck(fileSystem)
        func isTold(_ kind: FindingList.Kind) -> Bool {
            kind.severity == .damage || isAlone && FileSystemCheck.isFault(kind)
        }
        let count = check.findings.kinds.reduce(0) { isTold($1.key) ? $0 + $1.value : $0 }
        let summaries = isAlone ? check.summaryFaults : 0
        let all = count + check.unreadableCount + summaries
        guard all > 0 else { return nil }
        func text(_ finding: Finding) -> String { (finding.offset.map { "at \(hex($0)): " } ?? "") + finding.message }
        let told = check.findings.findings.filter {
            isTold(FindingList.Kind(code: $0.code, severity: $0.severity, linux: $0.linux))
        }
        var reasons = told.filter { $0.severity == .damage }.map(text)
        reasons += check.unreadableParts.map { "\($0.path): \($0.damage)" }
        reasons += told.filter { $0.severity != .damage }.map(text)
        if summaries > 0 {
            reasons += check.summaryFindings.findings.filter { $0.severity > .note }.map(text)
        }
        let first = reasons.prefix(5)
        let isLost = check.findings.isDamaged || check.unreadableCount > 0
        return Diagnosis(
            .damaged,
            text: (isLost ? "it is damaged" : "it mounts, but not without complaint")
                + ": \(all) thing\(all == 1 ? " is" : "s are") wrong in it",
            for: first + (all > first.count ? ["and \(all - first.count) more"] : []))
    }
}

extension Diagnosis {
    /// The blocks that it says are hidden; none for any other diagnosis.
    fileprivate var hiddenBlocks: [Int] {
        if case .blocksHidden(let places) = kind { return places }
        return []
    }
}
