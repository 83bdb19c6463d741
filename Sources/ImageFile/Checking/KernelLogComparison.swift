internal import FileTree
internal import FlashBytes
package import JFFS2

/// A kernel's log beside what we found in the image.
package struct KernelLogComparison: Sendable {
    /// A line of the log, and what it is in the image.
    package struct Entry: Sendable {
        /// The line.
        package let line: KernelLogLine
        /// What we say of the same thing.
        package let finding: Finding?
        /// What the image has there, where we found nothing; a sentence without capital and full stop.
        package let doubt: String?
    }

    /// The lines about JFFS2, in order.
    package private(set) var entries: [Entry] = []
    /// What we found, and Linux has a line for, but not in this log.
    package private(set) var unsaid: [Finding] = []
    /// What speaks for the log being of another image, or of another erase size; sentences.
    package private(set) var remarks: [String] = []

    /// The longest log that is read (bytes).
    package static let largest = 64 << 20
    /// So many lines are looked at.
    private static let mostLines = 100_000

    /// Compares a log with an image.
    ///
    /// - Parameter check: of the image: what is found only when each file is read counts, too.
    package init(log: RawSpan, image: OpenedImage, check: FileSystemCheck? = nil) {
        let fileSystem = image.fileSystem
        var undecodable = check?.contentFindings ?? FindingList()
        for part in check?.unreadableParts ?? [] {
            // Linux says it when the file is read, which the device may not have done: no word is missed.
            undecodable.add(.undecodable, severity: .damage, linux: .silent, message: "\(part.path): \(part.damage)")
        }
        let findings = fileSystem.findings.findings + undecodable.findings
        var search = Search(findings, eraseSize: fileSystem.eraseSize)
        var used: Set<Int> = []
        // Of these, more were found than are kept: a line without counterpart says nothing then.
        let cut = Set(
            fileSystem.findings.kinds.filter { $0.value > FindingList.limit }.map(\.key.code))
        var (found, missing) = (0, 0)
        for text in PlainText(assuming: log).string.split(whereSeparator: \.isNewline).prefix(Self.mostLines) {
            guard let line = KernelLogLine(text) else { continue }
            let match = search.match(line)
            if let match { used.insert(match) }
            var doubt: String?
            let isLost = match == nil && !cut.isDisjoint(with: line.codes)
            if isLost {
                doubt = "of findings of that kind, only the first \(FindingList.limit) are compared"
            } else if match == nil, line.isComplaint {
                doubt = Self.doubt(line, in: fileSystem)
            }
            if !isLost, line.isComplaint, !line.codes.isEmpty { if match == nil { missing += 1 } else { found += 1 } }
            entries.append(Entry(line: line, finding: match.map { findings[$0] }, doubt: doubt))
        }
        unsaid = findings.indices.filter { findings[$0].linux == .complains && !used.contains($0) }.map { findings[$0] }
        if missing > found, missing >= 3 { remark(image, missing: missing, found: found) }
    }

    /// Finds the finding that a line tells of.
    private struct Search {
        private var byOffset: [Int: [Int]] = [:]
        private var byInode: [UInt32: [Int]] = [:]
        private var byBlock: [Int: [Int]] = [:]
        private var byCode: [Finding.Code: [Int]] = [:]
        private let findings: [Finding]
        private let eraseSize: Int
        /// Lines without place find one after the other.
        private var taken: [Finding.Code: Int] = [:]

        init(_ findings: [Finding], eraseSize: Int) {
            self.findings = findings
            self.eraseSize = eraseSize
            for (index, finding) in findings.enumerated() {
                byCode[finding.code, default: []].append(index)
                if let inode = finding.inode { byInode[inode.rawValue, default: []].append(index) }
                guard let offset = finding.offset else { continue }
                byOffset[offset, default: []].append(index)
                byBlock[offset / eraseSize, default: []].append(index)
            }
        }

        mutating func match(_ line: KernelLogLine) -> Int? {
            func isWanted(_ index: Int) -> Bool { line.codes.contains(findings[index].code) }
            switch line.place {
            case .inode(let number): return byInode[number]?.first(where: isWanted)
            case .offset(let offset):
                if let exact = byOffset[offset]?.first(where: isWanted) { return exact }
                // Linux says it of each word of a run, ten times a block.
                let runs: Set<Finding.Code> = [.dirt, .badHeaderCRC, .otherByteOrder, .oldMagic, .nodeCrossesBlock]
                let inBlock = byBlock[offset / eraseSize]?.last { index in
                    isWanted(index) && runs.contains(findings[index].code) && findings[index].offset ?? .max <= offset
                }
                // Or once for all nodes.
                return inBlock ?? byCode[.oldMagic]?.first { isWanted($0) && findings[$0].offset == nil }
            case .none:
                for code in line.codes {
                    guard let known = byCode[code], !known.isEmpty else { continue }
                    let number = taken[code, default: 0]
                    taken[code] = number + 1
                    return known[min(number, known.count - 1)]
                }
                return nil
            }
        }
    }

    /// What the image has where the log has a complaint.
    private static func doubt(
        _ line: KernelLogLine, in fileSystem: FileSystem
    ) -> String? {
        if line.codes.isEmpty || line.codes == [.noNodes] {
            if line.codes == [.noNodes], fileSystem.scan.refusal != nil { return nil }
            return line.codes.isEmpty ? nil : "this image has valid nodes: it is another one, or was changed since"
        }
        switch line.place {
        case .none: return "nothing of that kind is in this image"
        case .inode(let number):
            let isKnown = fileSystem.scan.inodeNodes.contains { $0.inode.rawValue == number }
            return isKnown ? "inode \(number) is sound in this image" : "there is no inode \(number) in this image"
        case .offset(let offset):
            guard offset < fileSystem.image.count else {
                return "the image ends before \(hex(offset)): the partition is larger, or another one"
            }
            if let node = fileSystem.scan.nodes.last(where: { $0.range.contains(offset) }) {
                return Int(node.offset) == offset
                    ? "a node (\(node.type)) is here, and nothing is wrong with it that was found"
                    : "a node (\(node.type)) that begins at \(hex(node.offset)) lies here"
            }
            let isErased = fileSystem.image.withBytes {
                $0.isFilled(with: 0xff, in: offset..<min(offset + 4, $0.byteCount))
            }
            return isErased ? "the flash is erased here in this image" : "nothing was found here"
        }
    }

    /// Another image, or another erase size?
    private mutating func remark(_ image: OpenedImage, missing: Int, found: Int) {
        remarks.append(
            "\(missing) of \(missing + found) complaints have no counterpart: the log is of another image, or of another state of "
                + "it")
        let placed = entries.map(\.line).filter { $0.isComplaint && !$0.codes.isEmpty && $0.place != .none }
        var own = Search(image.fileSystem.findings.findings, eraseSize: image.fileSystem.eraseSize)
        let matched = placed.count { own.match($0) != nil }
        var best: (size: Int, count: Int)?
        for size in (12...21).map({ 1 << $0 }) where size != image.fileSystem.eraseSize {
            let scan = image.fileSystem.image.withBytes { bytes in
                NodeScan(
                    bytes, byteOrder: image.fileSystem.byteOrder, eraseSize: size, magic: image.fileSystem.scan.magic)
            }
            var search = Search(scan.findings.findings, eraseSize: size)
            let count = placed.count { search.match($0) != nil }
            if count > best?.count ?? 0 { best = (size, count) }
        }
        // Some lines fit another size by chance: what the device has makes sense of nearly all of them.
        if let best, best.count >= 3, best.count * 10 >= placed.count * 9, best.count >= 2 * matched {
            remarks.append(
                "with erase blocks of \(SizeExpression.readable(best.size)), \(best.count) of \(placed.count) have one: that is "
                    + "what the device has")
        }
    }
}
