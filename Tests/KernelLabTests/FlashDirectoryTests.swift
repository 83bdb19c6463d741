import FileTree
import FlashBytes
import Foundation
import ImageFile
import JFFS2
import TestSupport
import Testing

private let flashDirectory = ProcessInfo.processInfo.environment["JFFS2_FLASHES"]

/// Flashes that a kernel wrote, in a directory that JFFS2_FLASHES names: NAME.img with the kernel's verdict in NAME.img.json
/// (Tests/KernelLab/README.md). For those who look for differences in flashes that are not recorded.
@Suite(.enabled(if: flashDirectory != nil, "JFFS2_FLASHES names a folder of flashes"))
struct FlashDirectoryTests {
    private struct Geometry: Decodable {
        var erase_size: Int
        /// Which build of the kernel's jffs2.
        var jffs2: String
        /// Spoilt on purpose.
        var damaged: Bool?
        /// Kernel lines of a mount of the finished flash, where `log` has those of ageing it.
        var fresh_mount_complaints: Int?
        var script_status: Int?
    }

    private func flashes() throws -> [(name: String, path: String, manifest: KernelManifest, geometry: Geometry)] {
        let directory = try #require(flashDirectory)
        let names = try FileManager.default.contentsOfDirectory(atPath: directory).filter { $0.hasSuffix(".img") }
        return try names.sorted().compactMap { name in
            let path = "\(directory)/\(name)"
            guard FileManager.default.fileExists(atPath: path + ".json") else { return nil }
            let data = try Data(contentsOf: URL(filePath: path + ".json"))
            let geometry = try JSONDecoder().decode(Geometry.self, from: data)
            return (name, path, try KernelManifest(path: path + ".json"), geometry)
        }
    }

    /// As Linux gets it: the whole flash, its erase size and its byte order.
    @Test func treeAndVerdictAreTheKernels() throws {
        for (name, path, manifest, geometry) in try flashes() {
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
            let system = FileSystem(
                ByteRegion(bytes), byteOrder: geometry.jffs2.hasPrefix("be") ? .big : .little,
                eraseSize: geometry.erase_size)
            compare(name, system, manifest, geometry)
        }
    }

    /// As people have it: nobody says anything about the flash.
    @Test func inferredTreeIsTheKernels() throws {
        for (name, path, manifest, geometry) in try flashes() where manifest.entries?.count ?? 0 > 1 {
            guard let opened = try? ImageOpener.open(path: path) else {
                Issue.record("\(name): not one file system for us")
                continue
            }
            #expect(
                opened.eraseSize.bytes == geometry.erase_size || opened.eraseSize.confidence == .low,
                "\(name): \(opened.eraseSize.evidence)")
            if opened.eraseSize.bytes == geometry.erase_size {
                compare(name, opened.fileSystem, manifest, geometry)
            }
        }
    }

    private func compare(
        _ name: String, _ system: FileSystem, _ manifest: KernelManifest, _ geometry: Geometry
    ) {
        #expect(system.scan.refusal == nil || !manifest.mounted, "\(name): \(system.scan.refusal ?? "")")
        // These kernels know only one codec.
        if ["rtime", "rubin"].contains(geometry.jffs2), manifest.log.contains(where: { $0.contains("not available") }) {
            return
        }
        if let entries = manifest.entries, manifest.mounted {
            let lines = differences(of: system.tree, unreadable: system.unreadable.map(\.path), from: entries)
            #expect(lines == [], "\(name)")
        }
        // The log of an aged flash is that of ageing it.
        guard let complaints = geometry.script_status == nil ? manifest.complaints : geometry.fresh_mount_complaints
        else { return }
        let check = FileSystemCheck(system)
        let faults = check.findings.kinds.keys.filter(FileSystemCheck.isFault)
        let isSilent = faults.contains { $0.linux == .silent }
        #expect(
            check.holds == (complaints == 0 && manifest.mounted) || isSilent && geometry.damaged == true,
            "\(name): \(complaints) complaints of Linux: \(manifest.log.prefix(6)); ours: \(faults.map(\.code))")
    }
}
