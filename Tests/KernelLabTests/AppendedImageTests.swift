import FlashBytes
import Foundation
import JFFS2
import TestSupport
import Testing

/// What `repack -i` writes, behind flashes that a kernel wrote.
@Suite(.enabled(if: KernelLab.isEnabled, "make test sets JFFS2_KERNEL_LAB"), .serialized)
struct AppendedImageTests {
    /// The tree of an image that stands behind one that Linux wrote.
    @Test func linuxShowsBothOfTwoImagesBehindEachOther() throws {
        let scratch = FileManager.default.temporaryDirectory.appending(path: "jffs2-behind-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: scratch.appending(path: "root/added/deep"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let place = { (name: String) in scratch.appending(path: name).path(percentEncoded: false) }
        var random = LinearCongruence(state: 5)
        let contents: [String: [UInt8]] = ["added/one": random.bytes(30_000), "added/deep/two": Array("two\n".utf8)]
        for (name, bytes) in contents { try Data(bytes).write(to: scratch.appending(path: "root/\(name)")) }
        var jobs: [KernelLab.Job] = []
        var fronts: [String: [String: KernelManifest.Entry]] = [:]
        for (index, source) in RecordedFlash.sources.enumerated() where index % 3 == 0 {
            guard let front = try RecordedFlash.read(source).first(where: { "\($0.name).tar.xz" == source }),
                !front.about.damaged, !front.isErased, front.about.build != "rtime", front.about.build != "rubin"
            else { continue }
            try Data(front.image).write(to: scratch.appending(path: "front"))
            let order = front.about.build.hasPrefix("be") ? "-b" : "-l"
            _ = try Program.run(
                Program.jffs2,
                [
                    "repack", "-q", order, "-e", "\(front.about.eraseSize)", "--source-erase-size",
                    "\(front.about.eraseSize)", "-r", place("root"), "-i", place("front"), "-o", place(front.name),
                ] + (front.about.nand ? ["-n"] : [])
            ).checked()
            let behind = try Data(contentsOf: scratch.appending(path: front.name))
            var job = KernelLab.Job(
                name: front.name, image: front.image + behind, eraseSize: front.about.eraseSize,
                build: front.about.build,
                nand: front.about.nand)
            job.pageSize = front.about.pageSize
            jobs.append(job)
            fronts[front.name] = front.verdict.entries
        }
        #expect(jobs.count > 8)
        let manifests = try KernelLab.judge(jobs)
        for job in jobs {
            let manifest = try #require(manifests[job.name])
            let (entries, front) = (try #require(manifest.entries, "\(job.name)"), try #require(fronts[job.name]))
            for (name, bytes) in contents {
                #expect(entries[name]?.sha256 == SHA256.hex(bytes), "\(job.name): \(name)")
            }
            // What was there is there, but for the root, which has one more directory.
            for (name, entry) in front where name != "." { #expect(entries[name] == entry, "\(job.name): \(name)") }
            #expect(entries.count == front.count + contents.count + 2, "\(job.name)")
        }
    }
}
