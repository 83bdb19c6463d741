package import FlashBytes

/// How much may come out of a packed file.
package struct PackedLimits: Sendable {
    /// More than this is refused (bytes).
    package var largest: Int
    /// Nothing behind this is wanted, unless it is packed once more; nil for all (bytes).
    package var enough: Int?

    /// - Parameter largest: in bytes.
    package init(largest: Int) { self.largest = largest }

    /// What is sane for a file of `packed` bytes: 256 MiB, as much as most NAND flashes hold, which compress to nearly
    /// nothing while they are erased; or 64 times the file.
    package init(packed: Int) { largest = max(256 << 20, packed.multipliedReportingOverflow(by: 64).partialValue) }
}

/// What cannot be taken out of a packed file.
package enum PackedFailure: Error, Hashable {
    /// libarchive was built without it.
    case unsupported(PackedForm)
    /// Nothing can be read; what is behind `end` was not looked at (bytes).
    case damaged(String, end: Int)
    case tooLarge(limit: Int)
    /// An archive without a file in it.
    case empty
    case severalMembers([String])
    case noMember(wanted: String, members: [String])
    case file(FileError)
}

/// What came out of a packed file.
package struct PackedFile: Sendable {
    /// How it was packed.
    package let form: PackedForm
    /// What came out of it; less than the whole where it is damaged.
    package let bytes: FileBytes
    /// The path of the file in an archive.
    package let member: String?
    /// How large that file is, as the archive says (bytes); nil where it does not.
    package let size: Int?
    /// Why there is less in it than there should be.
    package let damage: String?
    /// Whether the end is there in spite of the damage.
    package let isComplete: Bool
    /// Where in the packed file the stream ended at the latest (bytes); its end for an archive.
    package let end: Int

    /// Unpacks a stream, or the only file of an archive, or the one that is wanted.
    ///
    /// - Parameters:
    ///   - bytes: begin with the form's header.
    ///   - member: the path of a file in an archive, or its last component.
    package init(
        bytes: RawSpan, form: PackedForm, member: String? = nil, limits: PackedLimits
    ) throws(PackedFailure) {
        self = try unsafe bytes.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) throws(PackedFailure) in
            unsafe try PackedFile(bytes: bytes, form: form, wanted: member, limits: limits)
        }
    }

    private init(
        bytes: UnsafeRawBufferPointer, form: PackedForm, wanted: String?, limits: PackedLimits
    ) throws(PackedFailure) {
        let spool = ByteSpool()
        if let result = unsafe try Self.stream(bytes, form: form, into: spool, limits: limits) {
            if spool.count == 0, let damage = result.damage { throw .damaged(damage, end: result.consumed) }
            self.form = form
            member = nil
            size = nil
            damage = result.damage
            isComplete = result.isComplete
            end = result.isEnough ? bytes.count : result.consumed
            do {
                self.bytes = try spool.finish()
            } catch {
                throw .file(error)
            }
            return
        }
        let index = form.isArchive ? try Self.choose(wanted, members: unsafe Self.members(bytes, form: form)) : nil
        let reader = unsafe try Self.reader(bytes, form: form)
        var name: String?
        var files = 0
        search: while true {
            switch reader.next() {
            case .file(let path):
                files += 1
                guard index == nil || files - 1 == index else { continue }
                name = path
                break search
            case .other: continue
            case .end:
                if form.isArchive { throw .empty }
                break search
            case .damaged: throw .damaged(reader.message, end: reader.consumed)
            }
        }
        let ending = name == nil ? .whole : try reader.read(into: spool, limits)
        damage = ending == .damaged ? reader.message : nil
        size = form.isArchive ? reader.size : nil
        isComplete = ending != .damaged || size == spool.count
        do {
            self.bytes = try spool.finish()
        } catch {
            throw .file(error)
        }
        self.form = form
        self.member = form.isArchive ? name : nil
        end = form.isArchive || ending == .enough ? bytes.count : reader.consumed
    }

    /// Unpacks what is read without libarchive; nil for any other form.
    private static func stream(
        _ bytes: UnsafeRawBufferPointer, form: PackedForm, into spool: ByteSpool, limits: PackedLimits
    ) throws(PackedFailure) -> StreamResult? {
        switch form {
        case .gzip: unsafe try GzipReader.read(bytes, into: spool, limits: limits)
        case .xz, .lzma: unsafe try LZMAReader.read(bytes, form: form, into: spool, limits: limits)
        default: nil
        }
    }

    private static func reader(_ bytes: UnsafeRawBufferPointer, form: PackedForm) throws(PackedFailure)
        -> PackedReader
    {
        guard let reader = unsafe PackedReader(bytes) else { throw .damaged("out of memory", end: 0) }
        try reader.open(form)
        return reader
    }

    /// The paths of all files in an archive.
    private static func members(_ bytes: UnsafeRawBufferPointer, form: PackedForm) throws(PackedFailure) -> [String] {
        let reader = unsafe try reader(bytes, form: form)
        var members: [String] = []
        while members.count < 100_000 {
            switch reader.next() {
            case .file(let path): members.append(path)
            case .other: continue
            case .end: return members
            // What was seen is there.
            case .damaged:
                if members.isEmpty { throw .damaged(reader.message, end: reader.consumed) }
                return members
            }
        }
        return members
    }

    /// The index of the file that is wanted, of the files in an archive.
    private static func choose(_ wanted: String?, members: [String]) throws(PackedFailure) -> Int {
        if let wanted {
            if let index = members.firstIndex(of: wanted) { return index }
            let found = members.indices.filter { members[$0].split(separator: "/").last.map(String.init) == wanted }
            guard found.count == 1, let index = found.first else {
                throw .noMember(wanted: wanted, members: members)
            }
            return index
        }
        // macOS puts a second file with a file's attributes into the archive.
        let real = members.indices.filter { index in
            let parts = members[index].split(separator: "/")
            return parts.first != "__MACOSX" && parts.last?.hasPrefix("._") != true
        }
        guard let index = real.first else { throw .empty }
        guard real.count == 1 else { throw .severalMembers(real.map { members[$0] }) }
        return index
    }
}
