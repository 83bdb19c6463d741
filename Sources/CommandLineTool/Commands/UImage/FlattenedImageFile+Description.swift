import FirmwareImage
import FlashBytes

extension FlattenedImageFile {
    struct Description: Encodable {
        struct Member: Encodable {
            var name: String
            var description: String
            var imageType: String
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
                    name: member.name, description: member.description, imageType: member.type,
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
