import FileTree
import FirmwareImage
import FlashBytes
import JFFS2

/// What is wrong with the erase blocks of a file system as a whole: missing, there twice, in another order.
enum BlockFaults {
    /// What is lost, as findings tell it.
    struct Losses {
        /// Stretches of files that no node fills, and files that are shorter than their nodes say.
        var pieces = 0
        /// Names of which no inode is left.
        var names = 0
        /// Inodes and directories without a name.
        var nameless = 0
        /// Nodes that are damaged.
        var damaged = 0

        var isAny: Bool { pieces + names + nameless > 0 }

        init(_ findings: FindingList) {
            for (kind, count) in findings.kinds {
                switch kind.code {
                case .missingData, .sizeLowered: pieces += count
                case .missingInode: names += count
                case .orphan, .lostDirectory, .unreachableName: nameless += kind.severity == .damage ? count : 0
                case .badNodeCRC, .badNameCRC, .badDataCRC, .badHeaderCRC, .nodeCrossesBlock, .dirt:
                    damaged += kind.severity == .damage ? count : 0
                default: break
                }
            }
        }

        /// What is lost, each a sentence.
        var reasons: [String] {
            [
                (pieces, "a stretch of a file that no node fills", "stretches of files that no node fills"),
                (names, "a name of which no inode is left", "names of which no inode is left"),
                (
                    nameless, "a file or folder that has lost its name", "files or folders that have lost their names"
                ),
            ].compactMap { count, one, several in count == 0 ? nil : count == 1 ? one : "\(count) \(several)" }
        }
    }

    /// All that is found.
    ///
    /// - Parameter isFrontLost: whether it is known already that the first blocks are lost.
    static func diagnoses(_ image: OpenedImage, isFrontLost: Bool = false) -> [Diagnosis] {
        let fileSystem = image.fileSystem
        let losses = Losses(fileSystem.findings)
        let sequence = BlockSequence(fileSystem)
        var found: [Diagnosis] = []
        if let twice = twice(fileSystem) { found.append(twice) }
        if let overwritten = OverwrittenBlocks.diagnosis(fileSystem, losses: losses) {
            found.append(overwritten)
        } else if let cut = cutShort(image, losses: losses, sequence: sequence) {
            found.append(cut)
        } else if losses.isAny, losses.damaged == 0, !isFrontLost {
            found.append(missing(fileSystem, losses: losses, sequence: sequence))
        }
        if sequence.isOrdered, !sequence.breaks.isEmpty, !sequence.isTurned {
            let places = list(sequence.breaks)
            found.append(
                Diagnosis(
                    .reordered(at: sequence.breaks),
                    text: "its erase blocks are in another order than they were written in",
                    for: [
                        "the image was written in one go, and the numbers and versions of its nodes go back at \(places)"
                    ],
                    against: ["Linux takes blocks in any order, so this alone keeps nothing from mounting"]))
        }
        return found
    }

    /// `0x10000, 0x20000 and 3 more`.
    static func list(_ places: [Int]) -> String {
        places.prefix(6).map { hex($0) }.joined(separator: ", ")
            + (places.count > 6 ? " and \(places.count - 6) more" : "")
    }

    // MARK: - Twice

    private static func twice(_ fileSystem: FileSystem) -> Diagnosis? {
        let size = fileSystem.eraseSize
        var nodes: [Int: Int] = [:]
        for node in fileSystem.scan.nodes where !node.type.isFiller && node.verdict == .sound {
            nodes[Int(node.offset) / size, default: 0] += 1
        }
        var pairs: [Diagnosis.Pair] = []
        fileSystem.image.withBytes { bytes in
            var known: [UInt32: Int] = [:]
            for block in nodes.keys.sorted() {
                let range = block * size..<min((block + 1) * size, bytes.byteCount)
                let sum = CRC32.jffs2(bytes.extracting(range))
                guard let other = known[sum] else {
                    known[sum] = range.lowerBound
                    continue
                }
                guard range.count == size,
                    !bytes.extracting(range).differs(from: bytes.extracting(other..<other + size), in: 0..<size)
                else { continue }
                pairs.append(Diagnosis.Pair(first: other, second: range.lowerBound))
            }
        }
        guard let first = pairs.first else { return nil }
        let count = nodes[first.first / size, default: 0]
        let more = pairs.count > 1 ? ", and so are \(pairs.count - 1) other pairs" : ""
        return Diagnosis(
            .blockTwice(pairs),
            text: pairs.count == 1 ? "an erase block is there twice" : "erase blocks are there twice",
            for: [
                "the blocks at \(hex(first.first)) and \(hex(first.second)) are the same byte for byte, \(count) "
                    + "node\(count == 1 ? "" : "s")\(more)",
                "the garbage collector copies nodes, never a whole block; a dump that was put together or resumed does",
            ],
            against: ["Linux takes either copy of a node: if no other block was lost for it, all files are there"])
    }

    // MARK: - Missing

    private static func missing(_ fileSystem: FileSystem, losses: Losses, sequence: BlockSequence) -> Diagnosis {
        let reasons = losses.reasons + ["no node is damaged: what is missing is not there at all"]
        if sequence.isOrdered {
            if sequence.beginsLate, let first = sequence.blocks.first {
                return Diagnosis(
                    .beginsLate(isNameless: losses.nameless > 0),
                    text: "the first erase blocks are missing: it begins late",
                    for: reasons + [
                        "the image was written in one go, and its first node is version \(first.first.version) of inode "
                            + "\(first.first.inode)"
                    ])
            }
            let gaps = sequence.gaps
            let places =
                gaps.isEmpty ? [] : ["the image was written in one go, and nodes are missing in front of \(list(gaps))"]
            return Diagnosis(
                .blockMissing(before: gaps, isNameless: losses.nameless > 0),
                text: text(of: losses, isCertain: !gaps.isEmpty), for: reasons + places)
        }
        if losses.nameless > 0, losses.names == 0, isFirstLost(fileSystem) {
            return Diagnosis(
                .beginsLate(isNameless: losses.nameless > 0),
                text: "the first erase blocks are missing, or others: it seems to begin late",
                for: reasons + ["the first node in it belongs to a file or folder that has lost its name"],
                against: ["it was written by a kernel, which puts blocks in any order"])
        }
        return Diagnosis(
            .blockMissing(before: [], isNameless: losses.nameless > 0),
            text: text(of: losses, isCertain: false), for: reasons,
            against: ["where Linux lost power while it deleted or moved files, single names can be lost, too"])
    }

    /// One thing that is lost may be a single node, or a wrong number in one.
    private static func text(of losses: Losses, isCertain: Bool) -> String {
        isCertain || losses.pieces + losses.names + losses.nameless > 1
            ? "an erase block is missing, or more of them" : "something of it is missing: a node, or an erase block"
    }

    /// Whether the first inode in the image has no name.
    private static func isFirstLost(_ fileSystem: FileSystem) -> Bool {
        guard let first = fileSystem.scan.inodeNodes.first?.node else { return false }
        return fileSystem.statuses[first] == .orphan
    }

    // MARK: - Cut short

    /// What is missing at the end of a file.
    private static func lostEnd(of number: InodeNumber, in tree: FileTree) -> ContentDamage? {
        guard let inode = tree.inodes.first(where: { $0.number == number }),
            case .regular(let contents) = inode.payload
        else { return nil }
        return contents.losses.first { $0.range.lowerBound >= contents.size }
    }

    private static func cutShort(_ image: OpenedImage, losses: Losses, sequence: BlockSequence) -> Diagnosis? {
        let fileSystem = image.fileSystem
        var reasons: [String] = []
        for finding in fileSystem.findings.findings where finding.code == .nodeCutOff {
            reasons.append(finding.message)
        }
        if let wrapper = image.uImage, wrapper.missing > 0 {
            reasons.append(
                "its uImage header says \(wrapper.header.dataSize) bytes, of which \(wrapper.missing) are not there")
        }
        // What ends between two nodes.
        if reasons.isEmpty, sequence.isOrdered, let last = sequence.blocks.last?.last,
            let loss = lostEnd(of: last.inode, in: fileSystem.tree)
        {
            reasons.append("the last file in it, inode \(last.inode), is not whole: \(loss)")
        }
        if reasons.isEmpty, sequence.isOrdered, losses.isAny, losses.damaged == 0, losses.nameless == 0,
            !sequence.beginsLate, sequence.gaps.isEmpty
        {
            reasons.append("the image was written in one go, and between the nodes that are there none is missing")
        }
        guard !reasons.isEmpty else { return nil }
        let rest = fileSystem.image.count % fileSystem.eraseSize
        if rest != 0 {
            reasons.append("its last erase block has \(rest) of \(fileSystem.eraseSize) bytes")
            return Diagnosis(.cutShort, text: "it is cut short: the end is missing", for: reasons + losses.reasons)
        }
        return Diagnosis(
            .cutShort, text: "it is cut short: the end is missing", for: reasons + losses.reasons,
            against: ["it ends at the end of an erase block"])
    }
}
