public import FileTree
import FlashBytes

/// What a node says of itself, for people and for searches.
extension LogEntry {
    /// Its type in one word, or what lies there: `inode`, `erased`.
    public var word: String {
        switch content {
        case .erased: "erased"
        case .zeros: "zeros"
        case .dirt: "dirt"
        default: type.map { "\($0)" } ?? ""
        }
    }

    /// The fields of a node under the names that they have in the kernel.
    ///
    /// - Parameter image: all bytes.
    public func fields(in image: RawSpan) -> [(name: String, value: String)] {
        func text(_ range: Range<Int>) -> String { (try? image.bytes(in: range)).map { printable($0) } ?? "?" }
        switch content {
        case .inode(let raw):
            return [
                ("ino", "\(raw.inode)"), ("version", "\(raw.version)"), ("mode", "0" + String(raw.mode, radix: 8)),
                ("uid", "\(raw.uid)"), ("gid", "\(raw.gid)"), ("isize", "\(raw.isize)"), ("offset", "\(raw.offset)"),
                ("csize", "\(raw.csize)"), ("dsize", "\(raw.dsize)"), ("compr", "\(raw.compression)"),
            ]
        case .dirent(let raw):
            return [
                ("pino", "\(raw.parent)"), ("version", "\(raw.version)"), ("ino", "\(raw.inode)"),
                ("type", "\(raw.type)"), ("name", text(raw.nameRange(at: offset))),
            ]
        case .xattr(let raw):
            return [
                ("xid", "\(raw.identifier)"), ("version", "\(raw.version)"), ("xprefix", "\(raw.prefix)"),
                ("name", text(raw.nameRange(at: offset))), ("value_len", "\(raw.valueLength)"),
            ]
        case .xref(let raw):
            return [("ino", "\(raw.inode)"), ("xid", "\(raw.identifier)"), ("xseqno", "\(raw.sequence)")]
        case .summary, .filler, .unknown, .cutOff, .erased, .zeros, .dirt: return []
        }
    }

    /// Which sums of a node are wrong, and whether it is cut off; nil where its fields are not there.
    ///
    /// - Parameter image: all bytes.
    public func failedSums(in image: RawSpan) -> [String]? {
        var failed: [String] = []
        func check(_ isIntact: Bool) { if !isIntact { failed.append("node CRC") } }
        switch content {
        case .inode(let raw):
            check(raw.isIntact)
            if raw.dataRange(at: offset).upperBound > image.byteCount {
                failed.append("cut off")
            } else if !raw.hasSoundData(in: image, at: offset) {
                failed.append("data CRC")
            }
        case .dirent(let raw):
            check(raw.isIntact)
            let name = raw.nameRange(at: offset)
            if name.upperBound > image.byteCount {
                failed.append("cut off")
            } else if CRC32.jffs2(image.extracting(name)) != raw.nameCRC {
                failed.append("name CRC")
            }
        case .xattr(let raw): check(raw.isIntact)
        case .xref(let raw): check(raw.isIntact)
        case .cutOff: return type == .inode || type == .dirent ? nil : []
        case .summary, .filler, .unknown, .erased, .zeros, .dirt: break
        }
        return failed
    }

    /// The name that a dirent gives, up to its first NUL, as the kernel takes it; nil for what is none.
    ///
    /// - Parameter image: all bytes.
    public func name(in image: RawSpan) -> FileName? {
        guard case .dirent(let raw) = content, let bytes = try? image.bytes(in: raw.nameRange(at: offset)) else {
            return nil
        }
        return FileName(bytes.firstIndex(of: 0).map { Array(bytes[..<$0]) } ?? bytes)
    }

    /// Where the texts of a node lie: the name of a dirent; name and value of an attribute.
    ///
    /// - Parameter size: of the image (bytes).
    public func texts(within size: Int) -> [Range<Int>] {
        let all =
            switch content {
            case .dirent(let raw): [raw.nameRange(at: offset)]
            case .xattr(let raw): [raw.nameRange(at: offset), raw.valueRange(at: offset)]
            default: [Range<Int>]()
            }
        return all.filter { $0.upperBound <= size && !$0.isEmpty }
    }

    /// Where the data of an inode node begins (bytes from the start of the image); the end of a node that has none.
    public var dataStart: Int {
        if case .inode = content { return min(offset + RawInode.size, end) }
        return end
    }

    /// Where what is shown of a live node ends: its name or its attribute. The rest nobody sees.
    public var shownEnd: Int {
        switch content {
        case .dirent(let raw): raw.nameRange(at: offset).upperBound
        case .xattr(let raw): raw.valueRange(at: offset).upperBound
        default: .max
        }
    }
}

/// What of a node is shown.
extension LogEntry: CustomStringConvertible {
    /// The status of a node by what is shown of it: a deletion keeps an older dirent from coming back, but its name is not
    /// shown.
    public var shownStatus: NodeStatus { isDeletion && status == .live ? .superseded : status }

    /// Whether the tree shows it, or a part of it.
    public var isShown: Bool { shownStatus == .live }

    /// Whether something in it is not shown.
    public var isDead: Bool { !isShown || isPartlyShown }

    /// `obsolete inode node`
    public var description: String {
        (shownStatus == .none ? "" : shownStatus.word + " ") + word + (type == nil ? "" : " node")
    }
}
