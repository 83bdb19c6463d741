import FileTree
import FirmwareImage
package import FlashBytes
import ImageFile
import JFFS2

/// The files that restore a device from an SD card, made and checked in memory.
package struct RestoreKit: Sendable {
    /// One file of the kit.
    package struct Item: Sendable {
        package let part: CameraProfile.Part
        /// Its name.
        package let file: String
        package let source: KitSource
        /// With the header that the boot loader looks for, if any.
        package let bytes: [UInt8]
        package var checks: [KitCheck]
    }

    package let profile: CameraProfile
    /// The device's model.
    package let id: String?
    package var items: [Item] = []

    /// Opens or packs the sources, puts headers in front, and checks.
    ///
    /// - Parameters:
    ///   - sources: an image or a directory for each part that is wanted, by its name.
    ///   - originals: the user's own backups, to compare with.
    ///   - sizes: of the parts' partitions, where the user knows them (bytes).
    ///   - allowsSwapped: whether a dump whose words are reversed is taken, and put right.
    ///   - time: of all headers (seconds since 1970); nil for that of each source.
    package init(
        profile: CameraProfile, sources: [String: String], originals: [String: String], sizes: [String: Int],
        id: String?, allowsSwapped: Bool, time: UInt32?
    ) throws(KitError) {
        self.profile = profile
        self.id = id
        for part in profile.parts {
            guard let text = sources[part.name] else { continue }
            var original: KitSource?
            if let path = originals[part.name] { original = try KitSource.open(path) }
            var configuration = original.map { ImageConfiguration(like: $0.fileSystem) } ?? ImageConfiguration()
            if original == nil {
                configuration.eraseSize = profile.eraseSize(part) ?? configuration.eraseSize
                configuration.byteOrder = profile.byteOrder ?? .little
            }
            let source = try KitSource.open(text, configuration: configuration)
            var header = try Self.header(of: part, like: original)
            header?.time = time ?? source.modified ?? 0
            let checks = KitCheck.all(
                of: source, as: part, in: profile, size: sizes[part.name] ?? profile.size(part, id: id),
                like: original, header: header, allowsSwapped: allowsSwapped)
            items.append(
                Item(
                    part: part, file: profile.fileName(part, id: id ?? ""), source: source,
                    bytes: try Self.wrapped(source.payload, in: header), checks: checks))
        }
    }

    private static func header(
        of part: CameraProfile.Part, like original: KitSource?
    ) throws(KitError) -> UImageHeader? {
        guard let name = part.header else { return nil }
        // The user's own backup knows best.
        if let header = original?.header { return header }
        var header = UImageHeader()
        do {
            try header.setName(Array(name.utf8))
        } catch {
            throw .refused("[\(part.name)]: \(error)")
        }
        return header
    }

    private static func wrapped(_ payload: [UInt8], in header: UImageHeader?) throws(KitError) -> [UInt8] {
        guard let header else { return payload }
        var bytes: [UInt8] = []
        let result = UImageBuilder(header: header, files: [ByteRegion(payload)]).write { bytes += Array($0) }
        do {
            _ = try result.get()
        } catch {
            throw .refused(error.description)
        }
        return bytes
    }

    /// All files: the items, their sums, and what to do with them.
    package var files: [(name: String, bytes: [UInt8])] {
        var files: [(name: String, bytes: [UInt8])] = items.map { ($0.file, $0.bytes) }
        let sums = items.map { "\($0.sha256)  \($0.file)\n" }.joined()
        files.append(("SHA256SUMS", Array(sums.utf8)))
        files.append(("README.txt", Array(readMe.utf8)))
        return files
    }

    private var readMe: String {
        var lines = ["\(profile.title)" + (id.map { ", model \($0)" } ?? ""), "", "What to do", ""]
        lines += profile.notes.enumerated().map { "\($0 + 1). \($1)" }
        for item in items where item.source.isSwapped {
            lines += [
                "",
                "NEVER put \(item.source.path) itself onto the card, under whatever name: its words are reversed, and "
                    + "the boot loader would write them so. \(item.file) is the same with the words put right.",
            ]
        }
        lines += ["", "Check the card first, in its folder: sha256sum -c SHA256SUMS", "", "What was checked", ""]
        for item in items {
            lines.append("\(item.file): \(item.bytes.count) bytes")
            lines += item.checks.map { "  \($0.verdict.rawValue)  \($0.name): \($0.detail)" }
            lines += ["  ok  read back: the same bytes, the same files", ""]
        }
        return lines.joined(separator: "\n")
    }
}

extension RestoreKit.Item {
    /// The digest of its bytes.
    package var sha256: String { hexadecimal(FileBytes(bytes).withBytes { SHA256.digest($0) } ?? []) }

    /// What is wrong with the file as it was read back; sentences.
    package func problems(of written: ByteRegion) -> [String] {
        let read = written.withBytes { Array($0) }
        let found = try? ImageOpener.open(FileBytes(read), path: file)
        let isSame = found.map { Self.names(in: $0.fileSystem) == Self.names(in: source.fileSystem) }
        return read == bytes && isSame == true ? [] : ["it reads back differently (SHA-256 should be \(sha256))"]
    }

    /// All paths with their sizes.
    private static func names(in fileSystem: FileSystem) -> [String] {
        fileSystem.tree.files.map { "\($0.path) \($0.size)" }
    }
}
