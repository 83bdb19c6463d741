internal import CArchive
import Foundation

/// A flash that a real kernel wrote, and what a fresh mount of it showed (Tests/RecordedFlashes/README.md).
package struct RecordedFlash: Sendable {
    /// The name of the image, without what says that it is one.
    package var name: String
    /// The flash, without spare areas.
    package var image: [UInt8]
    /// The same flash with the spare area behind each page, of some that are NAND.
    package var withSpareAreas: [UInt8]?
    /// What the kernel said.
    package var verdict: KernelManifest
    /// What is known of the flash beside what the kernel said.
    package var about: About

    /// How the flash was made.
    package struct About: Decodable, Sendable {
        /// Which build of the kernel's jffs2: stock, be, old, beold, rtime, rubin.
        package var build: String
        /// Bytes.
        package var eraseSize: Int
        package var nand: Bool
        /// Bytes of a NAND page; 0 on NOR.
        package var pageSize: Int
        /// Spoilt on purpose, after the kernel wrote it.
        package var damaged: Bool

        enum CodingKeys: String, CodingKey {
            case nand, damaged
            case build = "jffs2"
            case eraseSize = "erase_size"
            case pageSize = "page_size"
        }
    }

    /// Nothing is in it: on NAND, where the cleanmarkers are in the spare areas.
    package var isErased: Bool {
        image.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress, bytes.first == 0xff else { return image.isEmpty }
            return memcmp(start, start + 1, bytes.count - 1) == 0
        }
    }

    /// All names of what `read` takes: the archives in Tests/RecordedFlashes, or the images in the directory that the
    /// environment variable JFFS2_AGED names.
    package static let sources: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.filter { !$0.hasPrefix(".") && ($0.hasSuffix(".tar.xz") || $0.hasSuffix(".img")) }.sorted()
    }()

    /// The archives whose names begin so.
    package static func sources(of history: String) -> [String] { sources.filter { $0.hasPrefix("\(history)-") } }

    /// Not those of a directory that somebody named.
    package static let areOfTheRepository = ProcessInfo.processInfo.environment["JFFS2_AGED"] == nil

    private static let directory =
        ProcessInfo.processInfo.environment["JFFS2_AGED"] ?? Checkout.path("Tests/RecordedFlashes")

    /// The flashes of a source: those of one history, its snapshots and damaged copies.
    package static func read(_ source: String) throws -> [RecordedFlash] {
        let path = "\(directory)/\(source)"
        var files: [String: [UInt8]] = [:]
        if source.hasSuffix(".img") {
            for end in ["", ".json"] { files[source + end] = try [UInt8](Data(contentsOf: URL(filePath: path + end))) }
            let spare = path.dropLast(".img".count) + ".oob"
            files[source.dropLast(".img".count) + ".oob"] = (try? Data(contentsOf: URL(filePath: String(spare)))).map(
                Array.init)
        } else {
            files = try unpacked(path)
        }
        return try files.keys.filter { $0.hasSuffix(".img") }.sorted().map { file in
            let name = String(file.dropLast(".img".count))
            let said = Data(try files["\(file).json"].orThrow("\(source): \(file) has no verdict"))
            return RecordedFlash(
                name: name, image: files[file] ?? [], withSpareAreas: files["\(name).oob"],
                verdict: try JSONDecoder().decode(KernelManifest.self, from: said),
                about: try JSONDecoder().decode(About.self, from: said))
        }
    }

    /// The files of an archive, by the names in it.
    private static func unpacked(_ path: String) throws -> [String: [UInt8]] {
        guard let archive = archive_read_new() else { throw RecordedFlashError(what: "out of memory") }
        defer { archive_read_free(archive) }
        archive_read_support_filter_xz(archive)
        archive_read_support_format_tar(archive)
        func check(_ status: Int32) throws {
            if status == ARCHIVE_OK { return }
            throw RecordedFlashError(
                what: "\(path): \(archive_error_string(archive).map { String(cString: $0) } ?? "?")")
        }
        try check(archive_read_open_filename(archive, path, 1 << 16))
        var files: [String: [UInt8]] = [:]
        var entry: OpaquePointer?
        while true {
            let status = archive_read_next_header(archive, &entry)
            if status == ARCHIVE_EOF { return files }
            try check(status)
            guard let name = archive_entry_pathname(entry) else { continue }
            var bytes = [UInt8](repeating: 0, count: Int(archive_entry_size(entry)))
            let count = bytes.withUnsafeMutableBytes { archive_read_data(archive, $0.baseAddress, $0.count) }
            if count != bytes.count { try check(count < 0 ? Int32(count) : ARCHIVE_FATAL) }
            files[String(cString: name)] = bytes
        }
    }
}

struct RecordedFlashError: Error, CustomStringConvertible {
    var what: String

    var description: String { what }
}

extension Optional {
    fileprivate func orThrow(_ what: String) throws -> Wrapped {
        guard let self else { throw RecordedFlashError(what: what) }
        return self
    }
}
