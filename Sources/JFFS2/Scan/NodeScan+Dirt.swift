import FlashBytes

/// Words at which no node begins, as `jffs2_scan_eraseblock` steps over them one by one.
struct Dirt {
    /// Where they begin (bytes from the start of the image); nil when there are none.
    private(set) var start: Int?
    /// The first word with which Linux finds fault: it keeps silent about a magic of 0, with which it fills pages up.
    private(set) var firstFault: Int?

    mutating func add(_ offset: Int, magic: UInt16) {
        start = start ?? offset
        if magic != 0 { firstFault = firstFault ?? offset }
    }
}

extension NodeScan {
    /// Ends a run of dirt.
    mutating func report(_ dirt: inout Dirt, until end: Int, in image: RawSpan) {
        guard let start = dirt.start else { return }
        let fault = dirt.firstFault
        dirt = Dirt()
        guard let fault else {
            let what = image.isFilled(with: 0, in: start..<end) ? "zero bytes" : "bytes, each word with a magic of 0,"
            findings.add(.dirt, severity: .note, at: start, message: "\(end - start) \(what) where a node should begin")
            return
        }
        let rest = "\(end - fault) bytes skipped"
        var line: String? {
            LinuxLine.noNode(image, at: fault, byteOrder: byteOrder, isBlockStart: fault % eraseSize == 0)
        }
        let found = (try? image.uint16(at: fault, byteOrder)) ?? 0
        if found == magic {
            findings.add(
                .badHeaderCRC, severity: .damage, at: fault, linuxLine: line,
                message: "node with a wrong header CRC; \(rest)")
        } else if NodeHeader.isValid(image, at: fault, byteOrder: byteOrder, apartFromMagic: magic) {
            findings.add(
                .badHeaderCRC, severity: .damage, at: fault, linuxLine: line,
                message: "node with a wrong magic 0x\(String(found, radix: 16)); \(rest)")
        } else if found == magic.byteSwapped {
            findings.add(
                .otherByteOrder, severity: .damage, at: fault, linuxLine: line,
                message: "node of the other byte order; \(rest)")
        } else if found == NodeHeader.oldMagic,
            NodeHeader(reading: image, at: fault, byteOrder, magic: NodeHeader.oldMagic) != nil
        {
            findings.add(
                .oldMagic, severity: .damage, linux: .complains, at: fault, linuxLine: line,
                message: "node with the old magic 0x1984, which Linux skips; \(rest)")
        } else {
            findings.add(
                .dirt, severity: .damage, at: fault, linuxLine: line, message: "\(end - fault) bytes that are no node")
        }
    }
}
