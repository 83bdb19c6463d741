import FileTree
import Foundation
import ImageFile
import TestSupport
import Testing

/// `jffs2 mount --kernel` in a guest: the program itself, its libraries beside it, with modules, a loop device and block2mtd.
@Suite(.enabled(if: KernelLab.isEnabled, "make test sets JFFS2_KERNEL_LAB"), .serialized)
struct KernelMountTests {
    /// The program and the libraries that the loader finds for it, by name; the loader is `ld.so`.
    private static func program() throws -> [String: String] {
        var files = ["jffs2": Program.jffs2]
        // name => path (address), or only a path for the loader.
        for line in try Program.run("ldd", [Program.jffs2]).checked().text.split(separator: "\n") {
            let words = line.split(separator: " ").map { $0.trimmingCharacters(in: .whitespaces) }
            guard let path = words.first(where: { $0.hasPrefix("/") }) else { continue }
            let name = URL(filePath: path).lastPathComponent
            files[name.hasPrefix("ld-linux") ? "ld.so" : words[0]] = path
        }
        return files
    }

    private static let script = """
        V=/lib/modules/$(uname -r); mkdir -p $V /tmp/k
        for m in loop block2mtd; do [ ! -f /modules/$m.ko ] || cp /modules/$m.ko $V/; echo "$m.ko:" >>$V/modules.dep; done
        # What a process of a sanitized build has when it ends is no leak.
        export ASAN_OPTIONS=detect_leaks=0
        jffs2() { "$JOB/ld.so" --library-path "$JOB" "$JOB/jffs2" "$@"; }
        jffs2 mount --kernel "$JOB/flash.img" /tmp/k
        guest walk /tmp/k >"$JOB/seen-kernel.walk"
        grep ' /tmp/k jffs2 ro,' /proc/mounts >/dev/null && echo read-only
        jffs2 mount --umount /tmp/k
        # The kernel may let go of the loop device a moment later.
        undone() {
            for i in 1 2 3 4 5 6 7 8 9 10; do
                if [ ! -e /sys/module/block2mtd/refcnt ] && [ ! -e /sys/block/loop0/loop/backing_file ] &&
                    [ -z "$(ls -A /tmp/k)" ] && [ -z "$(ls -A /var/lib/jffs2 | grep mount-)" ]; then
                    echo undone
                    return 0
                fi
                sleep 1
            done
            return 1
        }
        undone
        jffs2 mount --kernel --rw --copy /tmp/copy.img -q "$JOB/flash.img" /tmp/k
        echo changed >/tmp/k/new-file; sync
        guest walk /tmp/k >"$JOB/seen-changed.walk"
        (cd /tmp/k && jffs2 mount --umount /tmp/k) 2>&1 | grep -o 'is in use'
        jffs2 mount --umount -q /tmp/k
        undone
        jffs2 repack --from /tmp/copy.img -o /tmp/new.img --quiet
        jffs2 cat /tmp/new.img /new-file
        """

    @Test func theKernelShowsTheTreeAndAllIsUndone() throws {
        var jobs: [KernelLab.Job] = []
        var trees: [String: FileTree] = [:]
        for name in ["home_demo", "lived-camera-16k.jffs2"] {
            let opened = try ImageOpener.open(path: Checkout.path("TestImages/\(name)"))
            let bytes = opened.fileSystem.image.withBytes { bytes in
                unsafe bytes.withUnsafeBytes { unsafe Array($0) }
            }
            var job = KernelLab.Job(name: name, image: bytes, eraseSize: opened.eraseSize.bytes, spareBlocks: 6)
            job.script = Self.script
            job.files = try Self.program()
            jobs.append(job)
            trees[name] = opened.fileSystem.tree
        }
        for (name, manifest) in try KernelLab.judge(jobs) {
            let said = manifest.scriptSaid ?? ""
            #expect(manifest.scriptStatus == 0, "\(name): \(said)")
            let tree = try #require(trees[name])
            #expect(differences(of: tree, from: manifest.seen?["kernel"] ?? [:]) == [], "\(name)")
            #expect(manifest.seen?["changed"]?["new-file"]?.size == 8)
            #expect(manifest.seen?["changed"]?.count == (manifest.seen?["kernel"]?.count ?? 0) + 1)
            let lines = said.split(separator: "\n").map(String.init)
            #expect(lines.contains { $0.hasPrefix("/tmp/k: ") && $0.contains("read-only, by the kernel's jffs2") })
            #expect(
                lines.suffix(7).filter { !$0.hasPrefix("/tmp/k: ") } == [
                    "read-only", "undone", "is in use", "undone", "changed",
                ], "\(name): \(said)")
        }
    }
}
