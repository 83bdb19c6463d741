package import FlashBytes

/// A FIT image in a file.
package struct FlattenedImageFile: Sendable {
    /// Of the file, for messages.
    package let path: String
    /// The whole file.
    package let file: FileBytes
    /// What the image holds; places count from `offset`.
    package let tree: FlattenedImageTree
    /// Where the image begins (bytes).
    package let offset: Int
    /// How each sum of each member compares with its data.
    package let verdicts: [[Verdict]]

    /// The first FIT image in a file; nil if there is none.
    package init?(_ file: FileBytes, path: String) {
        let structures = file.withBytes { FlashStructure.all(in: $0) }
        for structure in structures {
            guard case .flattenedImage(let tree) = structure.kind else { continue }
            (self.path, self.file, self.tree, offset) = (path, file, tree, structure.range.lowerBound)
            verdicts = tree.members.map { member in
                let region = Self.region(member, file: file, at: structure.range.lowerBound)
                return member.hashes.map { Self.verdict($0, region: region) }
            }
            return
        }
        return nil
    }

    /// The bytes of a member; nil if they lie outside of the file.
    package func region(_ member: FlattenedImageTree.Member) -> ByteRegion? {
        Self.region(member, file: file, at: offset)
    }

    private static func region(
        _ member: FlattenedImageTree.Member, file: FileBytes, at offset: Int
    ) -> ByteRegion? {
        member.data.map { ByteRegion(file: file, range: offset + $0.lowerBound..<offset + $0.upperBound) }
    }

    /// How a sum compares with the data.
    package enum Verdict: String, Sendable {
        case holds = "ok"
        case wrong = "WRONG"
        case unchecked = "not checked"
    }

    private static func verdict(_ hash: FlattenedImageTree.Hash, region: ByteRegion?) -> Verdict {
        guard let region else { return .unchecked }
        switch hash.algorithm {
        case "crc32":
            var sum = ByteWriter(.big)
            sum.uint32(region.withBytes { CRC32.zlib($0) })
            return hash.value == sum.bytes ? .holds : .wrong
        case "sha256":
            let digest = region.withBytes { SHA256.digest($0) }
            return digest.map { $0 == hash.value ? .holds : .wrong } ?? .unchecked
        default: return .unchecked
        }
    }

    /// All that does not hold, each as a sentence without full stop.
    package var faults: [String] {
        var faults: [String] = []
        for (member, verdicts) in zip(tree.members, verdicts) {
            if member.data == nil { faults.append("the data of '\(member.name)' lies outside of the file") }
            for (hash, verdict) in zip(member.hashes, verdicts) where verdict == .wrong {
                faults.append("the \(hash.algorithm) of '\(member.name)' does not fit its data")
            }
        }
        return faults
    }
}
