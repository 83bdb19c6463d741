import FileTree

/// Takes findings out of packed files, which are packed again in the same way.
enum PackedRedaction {
    /// What a packed file may have in it (bytes).
    private static let limit = 256 << 20

    /// The file without what was found; nil where it cannot be packed again.
    ///
    /// - Parameter findings: in members of it; each names the way to its member.
    static func redacted(_ packed: [UInt8], findings: [ScrubFinding]) -> [UInt8]? {
        redacted(packed, findings: findings, depth: 0)
    }

    private static func redacted(_ packed: [UInt8], findings: [ScrubFinding], depth: Int) -> [UInt8]? {
        if packed.starts(with: Database.magic) {
            return DatabaseRedaction.redacted(packed, findings: findings, depth: depth)
        }
        guard let contents = try? PackedContents(packed, limit: limit) else { return nil }
        var byMember: [Int: [ScrubFinding]] = [:]
        for finding in findings where finding.member.count > depth {
            byMember[finding.member[depth], default: []].append(finding)
        }
        var replaced: [Int: [UInt8]] = [:]
        for (index, findings) in byMember {
            guard index < contents.members.count else { return nil }
            var bytes = contents.members[index].bytes
            let own = findings.filter { $0.member.count == depth + 1 }
            if own.contains(where: \.isWholeFile) {
                bytes = [UInt8](repeating: 0, count: bytes.count)
            } else {
                for finding in own where finding.range.upperBound <= bytes.count {
                    bytes.replaceSubrange(finding.range, with: finding.redacted)
                }
            }
            let inner = findings.filter { $0.member.count > depth + 1 }
            if !inner.isEmpty, !own.contains(where: \.isWholeFile) {
                guard let packed = redacted(bytes, findings: inner, depth: depth + 1) else { return nil }
                bytes = packed
            }
            replaced[index] = bytes
        }
        return contents.repacked(replacing: replaced)
    }
}
