import FileTree
import FirmwareImage
import FlashBytes

/// A FIT image in a file.
struct FlattenedImageFile {
    let path: String
    let file: FileBytes
    let tree: FlattenedImageTree
    /// Where the image begins (bytes).
    let offset: Int
    /// How each sum of each member compares with its data.
    private let verdicts: [[Verdict]]

    /// The first FIT image in a file; nil if there is none.
    init?(_ file: FileBytes, path: String) {
        let structures = file.withBytes { FlashStructure.all(in: $0) }
        for structure in structures {
            guard case .flattenedImage(let tree) = structure.kind else { continue }
            (self.path, self.file, self.tree, offset) = (path, file, tree, structure.range.lowerBound)
            verdicts = tree.members.map { member in
                let region = Self.region(member, file, at: structure.range.lowerBound)
                return member.hashes.map { Self.verdict($0, region) }
            }
            return
        }
        return nil
    }

    /// The bytes of a member; nil if they lie outside of the file.
    func region(_ member: FlattenedImageTree.Member) -> ByteRegion? {
        Self.region(member, file, at: offset)
    }

    private static func region(
        _ member: FlattenedImageTree.Member, _ file: FileBytes, at offset: Int
    ) -> ByteRegion? {
        member.data.map { ByteRegion(file, offset + $0.lowerBound..<offset + $0.upperBound) }
    }

    /// How a sum compares with the data.
    enum Verdict: String {
        case holds = "ok"
        case wrong = "WRONG"
        case unchecked = "not checked"
    }

    private static func verdict(_ hash: FlattenedImageTree.Hash, _ region: ByteRegion?) -> Verdict {
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
    var faults: [String] {
        var faults: [String] = []
        for (member, verdicts) in zip(tree.members, verdicts) {
            if member.data == nil { faults.append("the data of '\(member.name)' lies outside of the file") }
            for (hash, verdict) in zip(member.hashes, verdicts) where verdict == .wrong {
                faults.append("the \(hash.algorithm) of '\(member.name)' does not fit its data")
            }
        }
        return faults
    }

    // MARK: - Showing

    struct Description: Encodable {
        struct Member: Encodable {
            var name: String
            var description: String
            var type: String
            var architecture: String
            var operatingSystem: String
            var compression: String
            var offset: Int?
            var size: Int?
            var hashes: [Hash]
        }

        struct Hash: Encodable {
            var algorithm: String
            var value: String
            var verdict: String
        }

        var offset: Int
        var size: Int
        var description: String
        var members: [Member]
        var faults: [String]
    }

    var json: Description {
        Description(
            offset: offset, size: tree.size, description: tree.description,
            members: zip(tree.members, verdicts).map { member, verdicts in
                Description.Member(
                    name: member.name, description: member.description, type: member.type,
                    architecture: member.architecture, operatingSystem: member.operatingSystem,
                    compression: member.compression, offset: member.data.map { offset + $0.lowerBound },
                    size: member.data?.count,
                    hashes: zip(member.hashes, verdicts).map { hash, verdict in
                        Description.Hash(
                            algorithm: hash.algorithm, value: hexadecimal(hash.value), verdict: verdict.rawValue)
                    })
            }, faults: faults)
    }

    /// The members much as mkimage -l shows them.
    var lines: [String] {
        func shown(_ text: String) -> String { Printable.text(Array(text.utf8)) }
        var lines = ["FIT description: \(shown(tree.description))"]
        for (index, member) in tree.members.enumerated() {
            lines.append(" Image \(index) (\(shown(member.name)))")
            var fields = [("Description", member.description), ("Type", member.type)]
            fields.append(("Compression", member.isPlain ? "uncompressed" : member.compression))
            if let data = member.data {
                fields.append(("Data Size", "\(data.count) Bytes at \(hex(offset + data.lowerBound))"))
            } else {
                fields.append(("Data Size", "outside of the file"))
            }
            fields += [("Architecture", member.architecture), ("OS", member.operatingSystem)]
            for (name, value) in fields where !value.isEmpty {
                let space = String(repeating: " ", count: 13 - name.count)
                lines.append("  \(name):\(space)\(shown(value))")
            }
            for (hash, verdict) in zip(member.hashes, verdicts[index]) {
                lines.append("  Hash:         \(shown(hash.algorithm)) \(hexadecimal(hash.value)) \(verdict.rawValue)")
            }
        }
        return lines
    }
}
