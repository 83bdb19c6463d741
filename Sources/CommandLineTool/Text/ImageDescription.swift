import FileTree
import FlashBytes
import ImageFile
import JFFS2

/// What an input turned out to be: the line that every command says, and the JSON of `info`.
struct ImageDescription: Encodable {
    var file: String
    var fileSize: Int
    var layers: [String]
    var offset: Int
    var length: Int
    var byteOrder: String
    var votes: [String: Int]
    var swap: Int?
    var eraseSize: Int
    /// How sure it is, why, and what it is otherwise (bytes).
    var eraseSizeConfidence: String
    var eraseSizeEvidence: [String]
    var eraseSizeRunnerUp: Int?
    var eraseBlocks: Int
    var cleanmarkers: Int
    var summaries: Int
    var nodeCounts: [String: Int]
    var codecCounts: [String: Int]
    var entryCounts: [String: Int]
    var bytesInFiles: UInt64
    var linuxRefuses: String?
    var damaged: Bool
    var findings: [FindingDescription]
    var findingCounts: [String: Int]
    /// What else is in the input, if it is a whole flash.
    var regions: [FlashEntryDescription]?
    /// What was checked, if it was.
    var checks: [CheckDescription]?

    init(_ image: OpenedImage) {
        let fileSystem = image.fileSystem
        file = image.path
        fileSize = image.file.count
        layers = image.layers.map(\.description)
        offset = image.range.lowerBound
        length = image.range.count
        byteOrder = fileSystem.byteOrder.rawValue
        votes = Dictionary(uniqueKeysWithValues: image.votes.map { ($0.key.rawValue, $0.value) })
        swap = image.swapGroup
        eraseSize = image.eraseSize.bytes
        eraseSizeConfidence = image.eraseSize.confidence.rawValue
        eraseSizeEvidence = image.eraseSize.evidence
        eraseSizeRunnerUp = image.eraseSize.runnerUp
        eraseBlocks = fileSystem.scan.blockCount
        cleanmarkers = fileSystem.scan.cleanmarkers
        summaries = fileSystem.scan.summaries
        var nodes: [String: Int] = [:]
        var codecs: [String: Int] = [:]
        fileSystem.image.withBytes { bytes in
            for node in fileSystem.scan.nodes {
                let name = node.type.isAccurate ? "\(node.type)" : "obsolete"
                nodes[name, default: 0] += 1
                if node.type == .inode, node.verdict == .sound,
                    let raw = try? RawInode(reading: bytes, at: Int(node.offset), fileSystem.byteOrder)
                {
                    codecs["\(raw.compression)", default: 0] += 1
                }
            }
        }
        nodeCounts = nodes
        codecCounts = codecs
        var entries: [String: Int] = [:]
        var total: UInt64 = 0
        fileSystem.tree.walk { _, id in
            let inode = fileSystem.tree[id]
            entries[inode.kind.word, default: 0] += 1
            if inode.kind == .regular { total &+= inode.size }
        }
        entryCounts = entries
        bytesInFiles = total
        linuxRefuses = fileSystem.scan.refusal
        damaged = fileSystem.findings.isDamaged
        findings = fileSystem.findings.findings.map { FindingDescription($0) }
        findingCounts = Dictionary(
            uniqueKeysWithValues: fileSystem.findings.counts.map { ($0.key.rawValue, $0.value) })
    }

    /// One line: `sys_demo: JFFS2, little-endian, word-swapped (…), erase size 64 KiB, 123 files, 20 directories`.
    var line: String {
        var parts = ["JFFS2", byteOrder + "-endian"] + layers
        parts.append("erase size \(SizeExpression.readable(eraseSize)) (\(eraseSizeConfidence))")
        let counts = FileKind.allCases.map { ($0, entryCounts[$0.word, default: 0]) }
        parts += KindCounts(Dictionary(uniqueKeysWithValues: counts)).parts(always: [.regular, .directory])
        if damaged { parts.append("damaged") }
        return "\(file): " + parts.joined(separator: ", ")
    }

    /// What there is to say besides `line`.
    func facts(_ sizes: SizeArguments) -> [(name: String, value: String)] {
        func list(_ counts: [String: Int]) -> String {
            counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        }
        let other = eraseSizeRunnerUp.map { "; else \(SizeExpression.readable($0))" } ?? ""
        var facts = [
            ("size", "\(sizes.text(length)) (\(hex(length))) at \(hex(offset)) of \(sizes.text(fileSize))"),
            ("byte order", "\(byteOrder) (\(votes[byteOrder, default: 0]) headers)"),
            (
                "erase size",
                "\(SizeExpression.readable(eraseSize)), confidence \(eraseSizeConfidence): "
                    + eraseSizeEvidence.joined(separator: ", ") + other
            ),
            ("erase blocks", "\(eraseBlocks), \(cleanmarkers) with cleanmarker, \(summaries) with summary"),
            ("nodes", list(nodeCounts)),
        ]
        if !codecCounts.isEmpty { facts.append(("codecs", list(codecCounts))) }
        facts.append(("entries", list(entryCounts) + "; \(sizes.text(bytesInFiles)) in files"))
        if let reason = linuxRefuses { facts.append(("Linux", "refuses to mount it: \(reason)")) }
        return facts.map { (name: $0.0, value: $0.1) }
    }
}
