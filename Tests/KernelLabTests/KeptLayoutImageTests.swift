import FileTree
import FlashBytes
import Foundation
import ImageFile
import JFFS2
import TestSupport
import Testing

/// Flashes that a kernel wrote and `--keep-layout` changed: Linux mounts them, shows the wanted tree, goes on writing, and
/// brings nothing back when it collects garbage.
@Suite(.enabled(if: KernelLab.isEnabled, "make test sets JFFS2_KERNEL_LAB"), .serialized)
struct KeptLayoutImageTests {
    private struct Case {
        var job: KernelLab.Job
        var wanted: FileTree
        var what: String
        /// What the kernel said of the flash before it was changed.
        var before: KernelManifest
        var hasAttributes: Bool
    }

    /// With JFFS2_FLASHES=all in the environment, all flashes are tried instead of each fifth one.
    private static let isThorough = ProcessInfo.processInfo.environment["JFFS2_FLASHES"] == "all"

    /// Writes and deletes, so that the collector has to run, and lets it move what is left.
    private static let churn = """
        collect 40
        i=0
        while [ $i -lt 12 ]; do guest rnd $i 20000 >.churn || break; i=$((i + 1)); done
        rm -f .churn
        sync
        remount
        collect 40
        """

    private func cases() throws -> [Case] {
        var cases: [Case] = []
        for (index, source) in RecordedFlash.sources.enumerated() where index % 5 == 0 || Self.isThorough {
            // What a history ended with.
            guard let aged = try RecordedFlash.read(source).first(where: { "\($0.name).tar.xz" == source }),
                !aged.about.damaged, !aged.isErased
            else { continue }
            var options = InputOptions()
            options.eraseSize = aged.about.eraseSize
            let opened = try ImageOpener.open(FileBytes(aged.image), path: aged.name, options: options)
            let original = opened.fileSystem
            var edits = RandomEdits(seed: UInt64(index))
            var wanted = original.tree
            let done = edits.apply(6, to: &wanted)
            let what = "\(aged.name): \(done.joined(separator: ", "))"
            var configuration = ImageConfiguration(like: original)
            configuration.compression = CompressionSettings(like: original)
            // The factory's image of such a flash has what its kernel cannot read.
            if aged.about.build == "rtime" { configuration.compression.codecs = [.rtime] }
            if aged.about.build == "rubin" { configuration.compression.codecs = [] }
            configuration.maximumSize = UInt64(original.image.count + 2 * original.eraseSize)
            let result: KeptLayout
            do {
                result = try LayoutRewriter(original: original, configuration: configuration, mayGrow: true).write(
                    wanted)
            } catch {
                Issue.record("\(what): \(error)")
                continue
            }
            for isChurned in index % 10 == 0 ? [false, true] : [false] {
                var job = KernelLab.Job(
                    name: "\(index)-\(isChurned)", image: result.bytes, eraseSize: aged.about.eraseSize,
                    // Linux itself may be stuck for good after a flash of few small blocks was full.
                    spareBlocks: aged.about.eraseSize < 16384 ? 16 : max(6, 65536 / aged.about.eraseSize),
                    rewrite: !isChurned, build: aged.about.build, nand: aged.about.nand)
                job.pageSize = aged.about.pageSize
                if isChurned { job.script = Self.churn }
                cases.append(
                    Case(
                        job: job, wanted: wanted, what: what, before: aged.verdict,
                        hasAttributes: !original.scan.xattrNodes.isEmpty))
            }
        }
        return cases
    }

    @Test func linuxShowsTheWantedTreeAndKeepsShowingIt() throws {
        let cases = try cases()
        #expect(cases.count > 15)
        let manifests = try KernelLab.judge(cases.map(\.job))
        for item in cases {
            let manifest = try #require(manifests[item.job.name])
            #expect(manifest.mounted, "\(item.what): \(manifest.mountError ?? "")")
            // Linux 6.1 collects nothing where a summary of its own told of an xattr node (see SummaryBuilder), and says so
            // each time that it tries.
            let isWeak = item.hasAttributes && manifest.log.contains(where: Self.isOfUnchecked)
            #expect(
                Self.complaints(manifest, isWeak) <= Self.complaints(item.before, isWeak),
                "\(item.what): \(manifest.log)")
            #expect(manifest.errors?.filter { !isWeak || $0 != KernelLab.stuck } == [], "\(item.what)")
            if item.job.script == nil, manifest.rw?.ok != true {
                // An older value of an attribute comes back where Linux collects the newer one first. When it does so depends
                // on the moment, and it does with the flash as it was, too.
                let changes = manifest.rw.map { ($0.changed ?? ["?"]) + ($0.lostOnRemount ?? ["?"]) } ?? ["?"]
                #expect(
                    item.hasAttributes && !changes.isEmpty && changes.allSatisfy { $0.contains(": xattrs ") },
                    "\(item.what): \(String(describing: manifest.rw))")
            }
            var lines = differences(of: numbered(item.wanted), from: manifest.entries ?? [:])
            // The root's times are those of the last file that was deleted in it.
            if item.job.script != nil { lines.removeAll { $0.hasPrefix("/: mtime") || $0.hasPrefix("/: ctime") } }
            #expect(lines == [], "\(item.what)")
        }
    }

    /// Different ones: each mount tells of a torn node again.
    private static func complaints(_ manifest: KernelManifest, _ isWeak: Bool) -> Int {
        Set(
            manifest.log.filter { !isOfLinuxItself($0) && !(isWeak && isOfUnchecked($0)) }
                .map { $0.replacing(#/^\[ *[0-9.]+\] |\([0-9]+\) /#, with: "") }
        ).count
    }

    /// The second is about a block that Linux is filling when it says so: whether its summary has room depends on the moment.
    private static func isOfLinuxItself(_ line: String) -> Bool {
        line.contains("complete building xattr subsystem") || line.contains("jffs2_sum_write_data: Summary too big")
    }

    private static func isOfUnchecked(_ line: String) -> Bool {
        line.contains("bytes of unchecked space") || line.contains("No space for garbage collection")
    }

    /// The tree with what an edit leaves open: link counts as the kernel counts, and no numbers for what is new.
    private func numbered(_ tree: FileTree) -> FileTree {
        var tree = tree
        let names = tree.nameCounts()
        for index in tree.inodes.indices {
            if tree.inodes[index].kind == .directory {
                let directories = tree.inodes[index].entries.count { tree[$0.inode].kind == .directory }
                tree.inodes[index].linkCount = UInt32(2 + directories + (index == 0 ? 1 : 0))
            } else {
                tree.inodes[index].linkCount = names[index]
            }
        }
        return tree
    }
}
