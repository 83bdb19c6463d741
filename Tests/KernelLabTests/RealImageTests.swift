import FileTree
import FlashBytes
import Foundation
import ImageFile
import JFFS2
import TestSupport
import Testing

private let directory = Checkout.path("../shared/images")
private let areThere = FileManager.default.fileExists(atPath: "\(directory)/real")

/// Images that others made and published. They are not part of the project: these tests run where a directory
/// `shared/images` lies beside the checkout.
@Suite(.enabled(if: areThere, "no ../shared/images beside the checkout"))
struct RealImageTests {
    struct Published: Sendable, CustomTestStringConvertible {
        var name: String
        var counts: [FileKind: Int]
        var byteOrder = ByteOrder.little
        var damaged = false
        var testDescription: String { name }
    }

    static let published: [Published] = [
        .init(
            name: "arcturus-buildroot.summary.rootfs.jffs2", counts: [.directory: 41, .symbolicLink: 297, .regular: 63]),
        .init(
            name: "bang.test-big-cut-data-from-middle.jffs2", counts: [.regular: 1], byteOrder: .big, damaged: true),
        .init(name: "bang.test-big.jffs2", counts: [.regular: 1], byteOrder: .big),
        .init(name: "bang.test-little-prepend-random-data.jffs2", counts: [.regular: 1]),
        .init(name: "dafang.5.5.1.177.backupa.bin", counts: [.regular: 4]),
        .init(name: "dissect.jffs2.zlib.bin", counts: [.directory: 1, .symbolicLink: 1, .regular: 3]),
        .init(name: "fact.jffs2_be.img", counts: [.directory: 1, .regular: 3], byteOrder: .big),
        .init(name: "fact.jffs2_be_trailing.img", counts: [.directory: 1, .regular: 3], byteOrder: .big),
        .init(name: "fact.jffs2_le.img", counts: [.directory: 1, .regular: 3]),
        .init(name: "s3linux-esp32.rootfs.jffs2", counts: [.directory: 9, .symbolicLink: 4, .regular: 34]),
        .init(name: "zeevro.sample_image.jffs2", counts: [.directory: 1, .regular: 3]),
    ]

    private func unpacked(_ path: String) throws -> [UInt8] {
        try Program.run("xz", ["-dkc", "\(directory)/\(path).xz"]).checked().standardOutput
    }

    @Test(arguments: published)
    func publishedImagesHoldTheExpectedFilesOfEachKind(image: Published) throws {
        let opened = try ImageOpener.open(FileBytes(unpacked("real/\(image.name)")), path: image.name)
        var counts: [FileKind: Int] = [:]
        let tree = opened.fileSystem.tree
        tree.walk { _, id in counts[tree[id].kind, default: 0] += 1 }
        #expect(counts == image.counts)
        #expect(opened.fileSystem.byteOrder == image.byteOrder)
        #expect(opened.fileSystem.findings.isDamaged == image.damaged)
    }

    @Test(.enabled(if: KernelLab.isEnabled, "make test sets JFFS2_KERNEL_LAB"))
    func ourTreeIsTheKernels() throws {
        let opened = try Self.published.map { image in
            try ImageOpener.open(FileBytes(unpacked("real/\(image.name)")), path: image.name)
        }
        let verdicts = try KernelLab.judge(
            opened.map { image in
                .init(
                    name: image.path, image: image.fileSystem.image.withBytes { $0.withUnsafeBytes { Array($0) } },
                    eraseSize: image.eraseSize.bytes, build: image.fileSystem.byteOrder == .big ? "be" : "stock")
            })
        for image in opened {
            let entries = try #require(verdicts[image.path]?.entries, "\(image.path)")
            let lines = differences(
                of: image.fileSystem.tree, unreadable: image.fileSystem.unreadable.map(\.path), from: entries)
            #expect(lines == [], "\(image.path)")
        }
    }
}
