internal import CArchive
package import FlashBytes
internal import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Writes a tree as a tar archive (pax): owners, devices, hard links, extended attributes, holes and all, without root.
package enum TarWriter {
    /// What the archive lacks or holds damaged.
    package struct Report: Sendable {
        /// How many names were written.
        package var names = 0
        /// The first thousand findings.
        package var findings: [DirectoryFinding] = []
        /// How many findings there were beyond those.
        package var furtherFindings = 0
        /// Whether any finding means that content or a name is missing.
        package var lostSomething = false

        mutating func add(_ path: FilePathBytes, problem: DirectoryFinding.Problem) {
            if problem.isLoss { lostSomething = true }
            if findings.count < HostDirectoryWriterReport.findingLimit {
                findings.append(DirectoryFinding(path: path, problem: problem))
            } else {
                furtherFindings += 1
            }
        }
    }

    /// How an archive is packed.
    package enum Compression: Sendable, CaseIterable {
        case gzip, xz, zstd, bzip2

        /// What the end of a file's name asks for; nil for an archive that is not packed.
        package init?(fileName: String) {
            let name = fileName.lowercased()
            guard let found = Self.allCases.first(where: { $0.endings.contains(where: name.hasSuffix) }) else {
                return nil
            }
            self = found
        }

        private var endings: [String] {
            switch self {
            case .gzip: [".gz", ".tgz"]
            case .xz: [".xz", ".txz"]
            case .zstd: [".zst", ".tzst", ".zstd"]
            case .bzip2: [".bz2", ".tbz", ".tbz2"]
            }
        }
    }

    /// Writes a tree, names ascending by bytes, directories before what is in them.
    ///
    /// Names keep their bytes; those that are not UTF-8 are marked as binary. Sockets are left out, as tar does, and so
    /// is what no archive can hold (unsafe names, directories under a second name): both are in the report.
    ///
    /// - Parameters:
    ///   - compression: how the archive is packed; the same bytes on every run.
    ///   - sink: takes the bytes of the archive piece by piece.
    /// - Throws: `FileError` of the sink, or for libarchive's own trouble.
    package static func write(
        _ tree: FileTree, name: String, compression: Compression? = nil,
        to sink: @escaping ([UInt8]) throws(FileError) -> Void
    ) throws(FileError) -> Report {
        try UTF8Locale.with { () throws(FileError) in
            let stream = try TarStream(name: name, compression: compression, sink: sink)
            try stream.add(tree)
            try stream.close()
            return stream.report
        }
    }
}

/// What libarchive's callback gets at.
private final class TarSink {
    let body: ([UInt8]) throws(FileError) -> Void
    var failure: FileError?

    init(_ body: @escaping ([UInt8]) throws(FileError) -> Void) { self.body = body }
}

/// One archive while it is written.
@safe private final class TarStream {
    var report = TarWriter.Report()
    private let name: String
    private let sink: TarSink
    private let archive: OpaquePointer?
    /// The first path of each inode that has several.
    private var firstPaths: [InodeID: [UInt8]] = [:]
    private let piece = PieceBuffer(capacity: 1 << 18)
    private let zeros = PieceBuffer(capacity: 1 << 18)

    /// The longest path that is written (bytes): what Linux takes as one path.
    private static let pathLimit = 4095

    init(
        name: String, compression: TarWriter.Compression?, sink body: @escaping ([UInt8]) throws(FileError) -> Void
    ) throws(FileError) {
        self.name = name
        sink = TarSink(body)
        unsafe archive = archive_write_new()
        unsafe archive_write_set_format_pax(archive)
        if let compression {
            try add(compression)
            // Zeros behind it, up to tar's block, are no part of a packed file, and zstd refuses them.
            unsafe archive_write_set_bytes_in_last_block(archive, 1)
        }
        // One long name must not make a whole archive of odd size; tar's own block stays.
        let context = unsafe Unmanaged.passUnretained(sink).toOpaque()
        let status = unsafe archive_write_open2(
            archive, context, nil,
            { _, context, bytes, count in
                guard let context = unsafe context, let bytes = unsafe bytes else { return -1 }
                let sink = unsafe Unmanaged<TarSink>.fromOpaque(context).takeUnretainedValue()
                do throws(FileError) {
                    try sink.body(unsafe Array(UnsafeRawBufferPointer(start: bytes, count: count)))
                    return count
                } catch {
                    sink.failure = error
                    return -1
                }
            }, nil, nil)
        try check(status)
    }

    deinit { unsafe archive_write_free(archive) }

    private func add(_ compression: TarWriter.Compression) throws(FileError) {
        switch compression {
        case .gzip:
            try check(unsafe archive_write_add_filter_gzip(archive))
            // Without the time of day: the same tree gives the same bytes.
            try check(unsafe archive_write_set_filter_option(archive, "gzip", "timestamp", nil))
        case .xz: try check(unsafe archive_write_add_filter_xz(archive))
        case .zstd: try check(unsafe archive_write_add_filter_zstd(archive))
        case .bzip2: try check(unsafe archive_write_add_filter_bzip2(archive))
        }
    }

    func close() throws(FileError) { try check(unsafe archive_write_close(archive)) }

    func add(_ tree: FileTree) throws(FileError) {
        var counts = [UInt32](repeating: 0, count: tree.inodes.count)
        tree.walkPlainly { visit throws(Never) in counts[visit.entry.inode.index] += 1 }
        try add(tree[FileTree.root], id: FileTree.root, path: FilePathBytes(), hasSeveralNames: false)
        try tree.walkPlainly(
            leftOut: { visit, problem in
                self.report.add(visit.path, problem: problem == .unsafeName ? .unsafeName : .furtherDirectoryName)
            },
            { visit throws(FileError) in
                guard visit.pathLength <= Self.pathLimit else {
                    return report.add(visit.path, problem: .notCreated(.fileNameTooLong))
                }
                let id = visit.entry.inode
                try add(tree[id], id: id, path: visit.path, hasSeveralNames: counts[id.index] > 1)
            })
    }

    private func add(
        _ inode: Inode, id: InodeID, path: FilePathBytes, hasSeveralNames: Bool
    ) throws(FileError) {
        if inode.kind == .socket { return report.add(path, problem: .socketIgnored) }
        let entry = unsafe archive_entry_new()
        defer { unsafe archive_entry_free(entry) }
        var name = Array(".".utf8)
        for component in path.components { name += [0x2f] + component.bytes }
        unsafe withCString(name) { unsafe archive_entry_copy_pathname(entry, $0) }
        unsafe setMetadata(inode, entry: entry)
        report.names += 1

        if inode.kind != .directory, hasSeveralNames {
            if let first = firstPaths[id] {
                unsafe withCString(first) { unsafe archive_entry_copy_hardlink(entry, $0) }
                unsafe archive_entry_set_size(entry, 0)
                return unsafe try writeHeader(entry)
            }
            firstPaths[id] = name
        }
        guard case .regular(let contents) = inode.payload else { return unsafe try writeHeader(entry) }
        unsafe archive_entry_set_size(entry, Int64(clamping: contents.size))
        unsafe try write(contents, entry: entry, path: path)
    }

    private func setMetadata(_ inode: Inode, entry: OpaquePointer?) {
        let metadata = inode.metadata
        unsafe archive_entry_set_mode(entry, mode_t(inode.mode))
        unsafe archive_entry_set_uid(entry, Int64(metadata.owner))
        unsafe archive_entry_set_gid(entry, Int64(metadata.group))
        unsafe archive_entry_set_mtime(entry, time_t(metadata.modificationTime), 0)
        if metadata.accessTime != metadata.modificationTime {
            unsafe archive_entry_set_atime(entry, time_t(metadata.accessTime), 0)
        }
        if metadata.changeTime != metadata.modificationTime {
            unsafe archive_entry_set_ctime(entry, time_t(metadata.changeTime), 0)
        }
        for attribute in metadata.extendedAttributes {
            unsafe withCString(attribute.name) { name in
                unsafe attribute.value.withUnsafeBytes { value in
                    unsafe archive_entry_xattr_add_entry(entry, name, value.baseAddress, value.count)
                }
            }
        }
        switch inode.payload {
        case .symbolicLink(let target):
            unsafe withCString(Array(target.prefix { $0 != 0 })) { unsafe archive_entry_copy_symlink(entry, $0) }
        case .characterDevice(let device), .blockDevice(let device):
            unsafe archive_entry_set_rdevmajor(entry, dev_t(device.major))
            unsafe archive_entry_set_rdevminor(entry, dev_t(device.minor))
        default: break
        }
    }

    /// Header and content of a regular file. Once the header is out, as many bytes must follow, whatever happens.
    private func write(_ contents: any FileContents, entry: OpaquePointer?, path: FilePathBytes) throws(FileError) {
        var ranges: [Range<UInt64>] = []
        var reader: (any ContentReader)?
        do {
            let opened = try contents.makeReader()
            ranges = try opened.dataRanges()
            reader = opened
        } catch {
            report.add(path, problem: .unreadable(error))
        }
        if ranges != [0..<contents.size], contents.size > 0 {
            for range in ranges {
                unsafe archive_entry_sparse_add_entry(entry, Int64(range.lowerBound), Int64(range.count))
            }
            // Nothing but a hole has one empty piece at its end.
            if ranges.isEmpty { unsafe archive_entry_sparse_add_entry(entry, Int64(clamping: contents.size), 0) }
        }
        unsafe try writeHeader(entry)
        var position: UInt64 = 0
        var damage: [ContentDamage] = []
        for range in ranges {
            try writeZeros(range.lowerBound - position)
            position = range.lowerBound
            while position < range.upperBound {
                let count = Int(min(UInt64(piece.capacity), range.upperBound - position))
                do {
                    damage += try read(count, at: position, from: reader)
                } catch {
                    report.add(path, problem: .unreadable(error))
                    reader = nil
                    piece.clear(count)
                }
                try writeData(piece, count: count)
                position += UInt64(count)
            }
        }
        try writeZeros(contents.size - position)
        if !damage.isEmpty { report.add(path, problem: .damaged(damage)) }
    }

    /// Fills the piece; without a reader with zeros.
    private func read(
        _ count: Int, at offset: UInt64, from reader: (any ContentReader)?
    ) throws(ContentsError) -> [ContentDamage] {
        if let reader { return try piece.fill(from: reader, at: offset, count: count) }
        piece.clear(count)
        return []
    }

    private func writeZeros(_ count: UInt64) throws(FileError) {
        var rest = count
        while rest > 0 {
            let step = Int(min(rest, UInt64(zeros.capacity)))
            try writeData(zeros, count: step)
            rest -= UInt64(step)
        }
    }

    private func writeData(_ bytes: PieceBuffer, count: Int) throws(FileError) {
        let written = unsafe bytes.withBytes(count) { unsafe archive_write_data(archive, $0.baseAddress, $0.count) }
        if written < 0 { throw failure() }
    }

    private func writeHeader(_ entry: OpaquePointer?) throws(FileError) {
        let status = unsafe archive_write_header(archive, entry)
        // A warning says that a name is not UTF-8 and was marked as binary.
        if status != ARCHIVE_OK, status != ARCHIVE_WARN { throw failure() }
    }

    private func check(_ status: CInt) throws(FileError) {
        if status != ARCHIVE_OK { throw failure() }
    }

    private func failure() -> FileError {
        let code = unsafe archive_errno(archive)
        return sink.failure ?? FileError(action: "write", path: name, errno: Errno(rawValue: code > 0 ? code : EIO))
    }
}
