internal import FileTree
import FlashBytes

/// What the log asks of a node's fixed part, whatever its type.
protocol LoggedNode {
    /// Whether `node_crc` is right.
    var isIntact: Bool { get }
    /// The texts of the node at `offset`: the name of a dirent; name and value of an attribute. Not data.
    func texts(at offset: Int) -> [Range<Int>]
    /// Where all that hangs on the fixed part ends (bytes).
    func contentEnd(at offset: Int) -> Int
    /// Which sum over what hangs on the fixed part is wrong; nil for none that is looked at.
    func failedContentSum(in image: RawSpan, at offset: Int) -> String?
    /// Counts the numbers in it.
    func note(in numbers: inout FlashNumbers)
    /// Whether it was there already when the numbers had counted so far.
    func isIncluded(in numbers: FlashNumbers) -> Bool
    /// The fields under the names that they have in the kernel.
    func fields(in image: RawSpan, at offset: Int) -> [(name: String, value: String)]
}

extension RawSpan {
    /// For people.
    fileprivate func printed(_ range: Range<Int>) -> String { (try? bytes(in: range)).map { printable($0) } ?? "?" }
}

extension RawInode: LoggedNode {
    func texts(at offset: Int) -> [Range<Int>] { [] }

    func contentEnd(at offset: Int) -> Int { dataRange(at: offset).upperBound }

    func failedContentSum(in image: RawSpan, at offset: Int) -> String? {
        if dataRange(at: offset).upperBound > image.byteCount { return "cut off" }
        return hasSoundData(in: image, at: offset) ? nil : "data CRC"
    }

    func note(in numbers: inout FlashNumbers) { numbers.note(version, of: inode) }

    func isIncluded(in numbers: FlashNumbers) -> Bool { version <= numbers.versions[inode] ?? 0 }

    func fields(in image: RawSpan, at offset: Int) -> [(name: String, value: String)] {
        [
            ("ino", "\(inode)"), ("version", "\(version)"), ("mode", "0" + String(mode, radix: 8)), ("uid", "\(uid)"),
            ("gid", "\(gid)"), ("isize", "\(isize)"), ("offset", "\(self.offset)"), ("csize", "\(csize)"),
            ("dsize", "\(dsize)"), ("compr", "\(compression)"),
        ]
    }
}

extension Dirent: LoggedNode {
    func texts(at offset: Int) -> [Range<Int>] { [nameRange(at: offset)] }

    func contentEnd(at offset: Int) -> Int { nameRange(at: offset).upperBound }

    func failedContentSum(in image: RawSpan, at offset: Int) -> String? {
        let name = nameRange(at: offset)
        if name.upperBound > image.byteCount { return "cut off" }
        return CRC32.jffs2(image.extracting(name)) == nameCRC ? nil : "name CRC"
    }

    func note(in numbers: inout FlashNumbers) {
        numbers.note(version, of: parent)
        numbers.noteInode(inode)
    }

    func isIncluded(in numbers: FlashNumbers) -> Bool { version <= numbers.versions[parent] ?? 0 }

    func fields(in image: RawSpan, at offset: Int) -> [(name: String, value: String)] {
        [
            ("pino", "\(parent)"), ("version", "\(version)"), ("ino", "\(inode)"), ("type", "\(type)"),
            ("name", image.printed(nameRange(at: offset))),
        ]
    }
}

extension XattrNode: LoggedNode {
    func texts(at offset: Int) -> [Range<Int>] { [nameRange(at: offset), valueRange(at: offset)] }

    func contentEnd(at offset: Int) -> Int { valueRange(at: offset).upperBound }

    func failedContentSum(in image: RawSpan, at offset: Int) -> String? { nil }

    func note(in numbers: inout FlashNumbers) { numbers.noteAttribute(identifier) }

    func isIncluded(in numbers: FlashNumbers) -> Bool { identifier <= numbers.highestIdentifier }

    func fields(in image: RawSpan, at offset: Int) -> [(name: String, value: String)] {
        [
            ("xid", "\(identifier)"), ("version", "\(version)"), ("xprefix", "\(prefix)"),
            ("name", image.printed(nameRange(at: offset))), ("value_len", "\(valueLength)"),
        ]
    }
}

extension XrefNode: LoggedNode {
    func texts(at offset: Int) -> [Range<Int>] { [] }

    func contentEnd(at offset: Int) -> Int { offset }

    func failedContentSum(in image: RawSpan, at offset: Int) -> String? { nil }

    func note(in numbers: inout FlashNumbers) {
        // All ones were written by old kernels for what is deleted.
        if inode.rawValue != .max { numbers.noteInode(inode) }
        if identifier != .max { numbers.noteAttribute(identifier) }
        numbers.noteSequence(sequence)
    }

    func isIncluded(in numbers: FlashNumbers) -> Bool { sequence <= numbers.highestSequence }

    func fields(in image: RawSpan, at offset: Int) -> [(name: String, value: String)] {
        [("ino", "\(inode)"), ("xid", "\(identifier)"), ("xseqno", "\(sequence)")]
    }
}
