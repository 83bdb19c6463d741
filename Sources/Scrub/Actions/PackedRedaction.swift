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
        let metadata = byMember.removeValue(forKey: PackedFileSearch.metadata) ?? []
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
                if !own.isEmpty { ArchiveLayout.mendSums(of: &bytes) }
            }
            let inner = findings.filter { $0.member.count > depth + 1 }
            if !inner.isEmpty, !own.contains(where: \.isWholeFile) {
                guard let packed = redacted(bytes, findings: inner, depth: depth + 1) else { return nil }
                bytes = packed
            }
            replaced[index] = bytes
        }
        guard let repacked = replaced.isEmpty ? packed : contents.repacked(replacing: replaced) else { return nil }
        return metadata.isEmpty ? repacked : withoutMetadata(repacked, findings: metadata)
    }

    /// Without what was found in names, owners and padding of an archive, wherever it stands in those.
    private static func withoutMetadata(_ packed: [UInt8], findings: [ScrubFinding]) -> [UInt8]? {
        guard let contents = try? PackedContents(packed, limit: limit), var archive = contents.archive(limit: limit)
        else { return nil }
        for range in ArchiveLayout.metadata(of: archive) {
            for finding in findings where !finding.secret.isEmpty {
                var at = range.lowerBound
                while at + finding.secret.count <= range.upperBound {
                    guard archive[at...].starts(with: finding.secret) else {
                        at += 1
                        continue
                    }
                    archive.replaceSubrange(at..<at + finding.secret.count, with: finding.redacted)
                    at += finding.secret.count
                }
            }
        }
        ArchiveLayout.mendSums(of: &archive)
        return contents.recompressed(archive)
    }
}
