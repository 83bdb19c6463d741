import ArgumentParser
import FileTree
import FlashBytes
import ImageFile
import JFFS2

/// `jffs2 dump IMAGE`
struct Dump: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the nodes of an image, one a line, with erased and dirty stretches between them.",
        discussion: """
            Each line has the offset, the type, the length and the fields of the node, and last what the node is to the \
            file system: live, superseded (outdated by a newer version), obsolete (marked so on the flash), orphan \
            (belongs to no name), or damaged with the CRC that failed. Lines that begin with 'block' mark the start of \
            erase blocks.
            """)

    @OptionGroup var input: InputArguments
    @OptionGroup var output: OutputArguments

    private struct Line: Encodable {
        var offset: Int
        var length: Int
        var type: String
        var status: String?
        var fields: [String: String]?
    }

    func run() throws {
        let image = try input.open()
        let fileSystem = image.fileSystem
        let layout = NodeLayout(fileSystem)
        if output.json {
            let lines = fileSystem.image.withBytes { bytes in
                layout.items.map { item in
                    let (type, status, fields) = describe(item, bytes, fileSystem.byteOrder)
                    return Line(
                        offset: item.range.lowerBound, length: item.range.count, type: type, status: status,
                        fields: fields.isEmpty ? nil : Dictionary(fields, uniquingKeysWith: { first, _ in first }))
                }
            }
            try JSON.print(["nodes": lines])
        } else {
            fileSystem.image.withBytes { bytes in print(layout, bytes, fileSystem) }
        }
        FindingReport.print(image, quiet: output.quiet, verbose: output.verbose)
        if fileSystem.findings.isDamaged { throw Failure.damaged }
    }

    private func print(_ layout: NodeLayout, _ bytes: RawSpan, _ fileSystem: FileSystem) {
        var block = -1
        for item in layout.items {
            let current = item.range.lowerBound / fileSystem.eraseSize
            if current != block {
                block = current
                Console.print("block \(block) at \(offset(block * fileSystem.eraseSize))")
            }
            let (type, status, fields) = describe(item, bytes, fileSystem.byteOrder)
            var line = "  \(offset(item.range.lowerBound))  \(column(type, 11)) \(column("\(item.range.count)", 6))"
            line += fields.map { " \($0.0)=\($0.1)" }.joined()
            if let status { line += "  " + status }
            Console.print(line)
        }
    }

    private func offset(_ number: Int) -> String {
        "0x" + hexadecimalDigits(number)
    }

    private func column(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private func describe(
        _ item: NodeLayout.Item, _ bytes: RawSpan, _ order: ByteOrder
    ) -> (type: String, status: String?, fields: [(String, String)]) {
        switch item.kind {
        case .erased: ("erased", nil, [])
        case .zeros: ("zeros", nil, [])
        case .dirt: ("dirt", nil, [])
        case .node(let node, let status):
            (
                "\(node.type.accurate)", self.status(node, status, bytes, order),
                fields(node, bytes, order)
            )
        }
    }

    /// The status word, with the sums that failed.
    private func status(_ node: ScannedNode, _ status: NodeStatus, _ bytes: RawSpan, _ order: ByteOrder) -> String? {
        if node.verdict == .misfit { return "damaged: runs over the end of its block" }
        if status == .none { return nil }
        var failed: [String] = []
        let at = Int(node.offset)
        switch node.type.accurate {
        case .inode:
            guard let raw = try? RawInode(reading: bytes, at: at, order) else { return "damaged: cut off" }
            if !raw.isIntact { failed.append("node CRC") }
            let data = raw.dataRange(at: at)
            if data.upperBound > bytes.byteCount {
                failed.append("cut off")
            } else if raw.csize > 0, CRC32.jffs2(bytes.extracting(data)) != raw.dataCRC {
                failed.append("data CRC")
            }
        case .dirent:
            guard let raw = try? Dirent(reading: bytes, at: at, order) else { return "damaged: cut off" }
            if !raw.isIntact { failed.append("node CRC") }
            let name = raw.nameRange(at: at)
            if name.upperBound > bytes.byteCount {
                failed.append("cut off")
            } else if CRC32.jffs2(bytes.extracting(name)) != raw.nameCRC {
                failed.append("name CRC")
            }
        case .xattr:
            if let raw = try? XattrNode(reading: bytes, at: at, order), !raw.isIntact { failed.append("node CRC") }
        case .xref:
            if let raw = try? XrefNode(reading: bytes, at: at, order), !raw.isIntact { failed.append("node CRC") }
        default:
            break
        }
        return status.word + (failed.isEmpty ? "" : ": " + failed.joined(separator: ", ") + " wrong")
    }

    private func fields(_ node: ScannedNode, _ bytes: RawSpan, _ order: ByteOrder) -> [(String, String)] {
        let at = Int(node.offset)
        switch node.type.accurate {
        case .inode:
            guard let raw = try? RawInode(reading: bytes, at: at, order) else { return [] }
            return [
                ("ino", "\(raw.inode)"), ("version", "\(raw.version)"), ("mode", "0" + String(raw.mode, radix: 8)),
                ("uid", "\(raw.uid)"), ("gid", "\(raw.gid)"), ("isize", "\(raw.isize)"), ("offset", "\(raw.offset)"),
                ("csize", "\(raw.csize)"), ("dsize", "\(raw.dsize)"), ("compr", "\(raw.compression)"),
            ]
        case .dirent:
            guard let raw = try? Dirent(reading: bytes, at: at, order) else { return [] }
            let name = (try? bytes.bytes(in: raw.nameRange(at: at))).map { printable($0) } ?? "?"
            return [
                ("pino", "\(raw.parent)"), ("version", "\(raw.version)"), ("ino", "\(raw.inode)"),
                ("type", "\(raw.type)"), ("name", name),
            ]
        case .xattr:
            guard let raw = try? XattrNode(reading: bytes, at: at, order) else { return [] }
            let name = (try? bytes.bytes(in: raw.nameRange(at: at))).map { printable($0) } ?? "?"
            return [
                ("xid", "\(raw.identifier)"), ("version", "\(raw.version)"), ("xprefix", "\(raw.prefix)"),
                ("name", name), ("value_len", "\(raw.valueLength)"),
            ]
        case .xref:
            guard let raw = try? XrefNode(reading: bytes, at: at, order) else { return [] }
            return [("ino", "\(raw.inode)"), ("xid", "\(raw.identifier)"), ("xseqno", "\(raw.sequence)")]
        default:
            return []
        }
    }
}
