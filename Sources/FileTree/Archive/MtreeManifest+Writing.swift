internal import FlashBytes
extension MtreeManifest {
    /// What a manifest that was written lacks.
    package struct Omissions: Sendable, Hashable {
        /// Entries that no directory and no manifest can hold: unsafe names, directories under a second name.
        package var unnameable = 0
        /// Entries whose path is longer than any system takes.
        package var tooDeep = 0
    }

    /// The longest path that is written (bytes): what Linux takes as one path.
    private static let pathLimit = 4095
    /// How much is collected before it is handed over (bytes).
    private static let pieceSize = 1 << 16

    /// Writes the manifest in pieces, names ascending by bytes, directories before what is in them.
    ///
    /// - Parameter sink: takes each piece.
    package func write<Failure: Error>(to sink: ([UInt8]) throws(Failure) -> Void) throws(Failure) -> Omissions {
        var omissions = Omissions()
        var text = MtreeLines(manifest: self)
        text.addHeader()
        text.addEntry(FileTree.root, path: FilePathBytes(), isMissing: false)
        try tree.walkPlainly(leftOut: { _, _ in omissions.unnameable += 1 }) { visit throws(Failure) in
            guard visit.pathLength <= Self.pathLimit else {
                omissions.tooDeep += 1
                return
            }
            let key = EntryKey(directory: visit.directory, name: visit.entry.name)
            text.addEntry(visit.entry.inode, path: visit.path, isMissing: unpacked?.missing.contains(key) == true)
            if text.bytes.count >= Self.pieceSize {
                try sink(text.bytes)
                text.bytes.removeAll(keepingCapacity: true)
            }
        }
        try sink(text.bytes)
        return omissions
    }
}

/// The lines of a manifest as they are made.
private struct MtreeLines {
    var bytes: [UInt8] = []
    private let manifest: MtreeManifest
    private let nameCounts: [UInt32]
    /// For inodes with several names and no number of their own.
    private let firstFreeNumber: UInt32

    init(manifest: MtreeManifest) {
        self.manifest = manifest
        var counts = [UInt32](repeating: 0, count: manifest.tree.inodes.count)
        manifest.tree.walkPlainly { visit throws(Never) in counts[visit.entry.inode.index] += 1 }
        nameCounts = counts
        firstFreeNumber = (manifest.tree.inodes.compactMap(\.number).max()?.rawValue ?? 0) &+ 1
    }

    mutating func addHeader() {
        add("#mtree\n")
        add("# Metadata of a file tree, written by \(manifest.maker). mtree has no words for some of it:\n")
        add("# that is in the lines that begin with # and a letter.\n")
        if !manifest.source.isEmpty {
            let pairs = manifest.source.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            add("#image \(pairs.joined(separator: " "))\n")
        }
        if let unpacked = manifest.unpacked {
            func word(_ flag: Bool) -> String { flag ? "yes" : "no" }
            add("#unpacked owner=\(word(unpacked.setsOwners)) xattr=\(word(unpacked.setsExtendedAttributes))\n")
        }
    }

    mutating func addEntry(_ id: InodeID, path: FilePathBytes, isMissing: Bool) {
        let inode = manifest.tree[id]
        // "./" keeps mtree from taking a path without slash for a name in the directory that it saw last.
        var name = Array(".".utf8)
        for component in path.components { name += [0x2f] + MtreeText.escape(component.bytes) }
        addComments(inode, id: id, name: name, isMissing: isMissing)

        let metadata = inode.metadata
        let word = inode.kind == .socket ? FileKind.fifo.word : inode.kind.word
        add(name)
        add(" type=\(word) mode=0\(String(metadata.permissions & 0o7777, radix: 8))")
        add(" uid=\(metadata.owner) gid=\(metadata.group) time=\(metadata.modificationTime).0")
        switch inode.payload {
        case .regular(let contents):
            add(" size=\(contents.size)")
        case .symbolicLink(let target):
            add(" link=")
            add(MtreeText.escape(target))
        case .characterDevice(let device), .blockDevice(let device):
            add(" device=native,\(device.major),\(device.minor)")
        default: break
        }
        let names = nameCounts[id.index]
        if inode.kind != .directory, names > 1 { add(" nlink=\(names)") }
        if let number = inode.number {
            add(" inode=\(number)")
        } else if inode.kind != .directory, names > 1 {
            add(" inode=\(UInt64(firstFreeNumber) + UInt64(id.index))")
        }
        if let digest = manifest.digests[id] { add(" sha256digest=\(hexadecimal(digest))") }
        add("\n")
    }

    private mutating func addComments(_ inode: Inode, id: InodeID, name: [UInt8], isMissing: Bool) {
        let metadata = inode.metadata
        if metadata.accessTime != metadata.modificationTime || metadata.changeTime != metadata.modificationTime {
            addComment("times", name: name, rest: " atime=\(metadata.accessTime) ctime=\(metadata.changeTime)")
        }
        for attribute in metadata.extendedAttributes {
            addComment("xattr", name: name, rest: " ")
            bytes.removeLast()
            add(MtreeText.escape(attribute.name) + [UInt8(ascii: "=")] + MtreeText.base64(attribute.value))
            add("\n")
        }
        if inode.kind == .socket { addComment("socket", name: name, rest: "") }
        if let notSet = manifest.unpacked?.notSet[id], !isMissing {
            addComment("unset", name: name, rest: "")
            bytes.removeLast()
            if notSet.owner { add(" owner") }
            if notSet.times { add(" times") }
            if let permissions = notSet.permissions { add(" mode=0\(String(permissions, radix: 8))") }
            for attribute in notSet.extendedAttributes { add(Array(" xattr=".utf8) + MtreeText.escape(attribute)) }
            add("\n")
        }
        if isMissing { addComment("missing", name: name, rest: "") }
        if inode.staysUncompressed { addComment("uncompressed", name: name, rest: "") }
    }

    private mutating func addComment(_ keyword: String, name: [UInt8], rest: String) {
        add("#\(keyword) ")
        add(name)
        add(rest + "\n")
    }

    private mutating func add(_ text: String) { bytes += text.utf8 }
    private mutating func add(_ text: [UInt8]) { bytes += text }
}
