import FileTree
import FlashBytes
import JFFS2
import TestSupport
import Testing

/// Images that we wrote: the kernel mounts them without a complaint, shows our tree, and goes on writing.
@Suite(.enabled(if: KernelLab.isEnabled, "make test sets JFFS2_KERNEL_LAB"), .serialized)
struct WrittenImageTests {
    private struct Flash {
        var name: String
        var order = ByteOrder.little
        var eraseSize = 65536
        var nand = false
        var summaries = false
        var change: @Sendable (inout ImageConfiguration) -> Void = { _ in }
    }

    /// Every erase size of NOR and NAND in each way of writing.
    private static let matrix: [Flash] =
        [8, 16, 32, 64, 128, 256].flatMap { ways("\($0)k", $0 << 10, nand: false) }
        + [16, 128].flatMap { ways("nand-\($0)k", $0 << 10, nand: true) }

    private static func ways(_ name: String, _ eraseSize: Int, nand: Bool) -> [Flash] {
        [
            Flash(name: name, eraseSize: eraseSize, nand: nand),
            Flash(name: "summaries-\(name)", eraseSize: eraseSize, nand: nand, summaries: true),
            Flash(name: "compat-\(name)", eraseSize: eraseSize, nand: nand) {
                $0.isCompatible = true
                $0.compression.codecs = [.zlib, .rtime]
                $0.compression.selection = .priority
            },
        ]
    }

    private static let others: [Flash] = [
        Flash(name: "big-endian", order: .big), Flash(name: "4k", eraseSize: 4096),
        Flash(name: "24k", eraseSize: 24576),
        Flash(name: "summaries-be", order: .big, summaries: true),
        Flash(name: "small-pages") { $0.pageSize = 512 },
        Flash(name: "large-pages") { $0.pageSize = 16384 },
        Flash(name: "stored") { $0.compression.selection = .none },
        Flash(name: "best") { $0.compression.level = 12 },
        Flash(name: "rtime") { $0.compression.codecs = [.rtime] },
        Flash(name: "lzo") { $0.compression.codecs = [.lzo] },
        Flash(name: "all-codecs") { $0.compression.codecs = [.lzo, .zlib, .rtime] },
        Flash(name: "favour-lzo") {
            $0.compression.codecs = [.lzo, .zlib, .rtime]
            $0.compression.selection = .favourLZO
            $0.pageSize = 65536
        },
        Flash(name: "padded") { $0.padding = .toSize(2 << 20) },
    ]

    /// Written with `nandwrite -o`.
    private static let withSpareAreas: [Flash] = [(512, 16, 16384), (2048, 64, 131_072), (4096, 128, 262_144)].map {
        (page, spare, eraseSize) in
        Flash(name: "spare-\(page)", eraseSize: eraseSize, nand: true) {
            $0.spareArea = SpareArea(pageSize: page, spareSize: spare).map(SpareAreaForm.init(linux:))
        }
    }

    @Test func linuxShowsOurTree() throws {
        let tree = sampleTree()
        var jobs: [KernelLab.Job] = []
        for flash in Self.matrix + Self.others + Self.withSpareAreas {
            var configuration = ImageConfiguration()
            configuration.byteOrder = flash.order
            configuration.eraseSize = flash.eraseSize
            configuration.writesSummaries = flash.summaries
            if flash.nand { configuration.cleanmarkerSize = nil }
            flash.change(&configuration)
            var image: [UInt8] = []
            _ = try ImageBuilder(configuration).write(tree) { bytes throws(FileError) in
                unsafe bytes.withUnsafeBytes { unsafe image.append(contentsOf: $0) }
            }
            var job = KernelLab.Job(
                name: flash.name, image: image, eraseSize: flash.eraseSize,
                spareBlocks: max(8, 131_072 / flash.eraseSize),
                // Garbage collection spoils nodes with more than a memory page of data, those of mkfs.jffs2 too.
                rewrite: configuration.pageSize <= 4096,
                build: flash.order == .big ? "be" : "stock", nand: flash.nand)
            if let area = configuration.spareArea?.area {
                (job.pageSize, job.spareSize) = (area.pageSize, area.spareSize)
            }
            jobs.append(job)
        }
        let manifests = try KernelLab.judge(jobs)
        for job in jobs {
            let manifest = try #require(manifests[job.name])
            #expect(manifest.mounted, "\(job.name): \(manifest.mountError ?? "")")
            #expect(manifest.complaints == 0, "\(job.name): \(manifest.log)")
            #expect(manifest.errors == [], "\(job.name)")
            #expect(manifest.rw?.ok == (job.rewrite ? true : nil), "\(job.name): \(String(describing: manifest.rw))")
            var shown = tree
            // The kernel counts the directories in a directory, not names.
            for index in shown.inodes.indices where shown.inodes[index].kind == .directory {
                let directories = shown.inodes[index].entries.count { tree[$0.inode].kind == .directory }
                shown.inodes[index].linkCount = UInt32(2 + directories + (index == 0 ? 1 : 0))
            }
            var lines = differences(of: shown, from: manifest.entries ?? [:])
            // mkfs.jffs2 writes no root inode, and one time for all.
            if job.name.hasPrefix("compat") { lines.removeAll { $0.contains("time is") || $0.hasPrefix("/: ") } }
            #expect(lines == [], "\(job.name)")
        }
    }

    /// A kernel that reads a summary does not look at the nodes of its block.
    @Test func linuxMountsByOurSummaries() throws {
        let tree = sampleTree()
        var jobs: [KernelLab.Job] = []
        for flash in Self.matrix + Self.others
        where flash.summaries && ![16384, 32768, 131_072, 262_144].contains(flash.nand ? 0 : flash.eraseSize) {
            var configuration = ImageConfiguration()
            configuration.byteOrder = flash.order
            configuration.eraseSize = flash.eraseSize
            if flash.nand { configuration.cleanmarkerSize = nil }
            let plain = try Self.image { sink in try ImageBuilder(configuration).write(tree, to: sink).discard() }
            let original = FileSystem(ByteRegion(plain), byteOrder: flash.order, eraseSize: flash.eraseSize)
            let added = try Self.image { sink in
                try ImageSummarizer(configuration).write(original, to: sink).discard()
            }
            configuration.writesSummaries = true
            let built = try Self.image { sink in try ImageBuilder(configuration).write(tree, to: sink).discard() }
            for (name, image) in [("none", plain), ("repack", built), ("sum", added)] {
                jobs.append(
                    KernelLab.Job(
                        name: "\(flash.name)-\(name)",
                        image: try Self.withBrokenHeader(image, flash.order, flash.eraseSize),
                        eraseSize: flash.eraseSize, spareBlocks: 8, build: flash.order == .big ? "be" : "stock",
                        nand: flash.nand))
            }
        }
        #expect(jobs.count >= 15)
        let manifests = try KernelLab.judge(jobs)
        for job in jobs {
            let manifest = try #require(manifests[job.name])
            #expect(manifest.mounted)
            let scanned = manifest.log.filter { $0.contains("jffs2_scan_eraseblock") }
            #expect(scanned.isEmpty == !job.name.hasSuffix("-none"), "\(job.name): \(manifest.log)")
        }
    }

    private static func image(_ write: (ImageBuilder.Sink) throws -> Void) throws -> [UInt8] {
        var image: [UInt8] = []
        try write { bytes throws(FileError) in
            unsafe bytes.withUnsafeBytes { unsafe image.append(contentsOf: $0) }
        }
        return image
    }

    /// The image with a wrong CRC in the header of the first file in its first block.
    private static func withBrokenHeader(_ image: [UInt8], _ order: ByteOrder, _ eraseSize: Int) throws -> [UInt8] {
        let system = FileSystem(ByteRegion(image), byteOrder: order, eraseSize: eraseSize)
        let inode = try #require(system.scan.inodeNodes.first { $0.inode > 1 })
        let node = system.scan[inode.node]
        var image = image
        image[Int(node.offset) + 8] ^= 0xff
        return image
    }
}

extension BuildReport {
    fileprivate func discard() {}
}

extension ImageSummarizer.Report {
    fileprivate func discard() {}
}
