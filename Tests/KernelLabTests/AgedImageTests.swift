import FileTree
import FlashBytes
import Foundation
import ImageInput
import JFFS2
import TestSupport
import Testing

/// Flashes that a real kernel wrote: what we read is what it shows, in every field.
@Suite(.enabled(if: KernelLab.isEnabled, "make test sets JFFS2_KERNEL_LAB"), .serialized)
struct AgedImageTests {
    @Test func ourTreeIsTheKernels() throws {
        for aged in try KernelLab.agedImages() {
            var options = InputOptions()
            options.eraseSize = aged.eraseSize
            try compare(aged, options)
        }
    }

    /// As people have them: nobody says the erase size.
    @Test func ourTreeIsTheKernelsWithAnInferredEraseSize() throws {
        for aged in try KernelLab.agedImages() where !aged.damaged {
            try compare(aged, InputOptions())
        }
    }

    @Test func anEraseSizeThatWeAreSureOfIsRight() throws {
        var right = 0
        let images = try KernelLab.agedImages().filter { !$0.damaged }
        for aged in images {
            let found = try ImageOpener.open(path: aged.image).eraseSize
            right += found.bytes == aged.eraseSize ? 1 : 0
            if found.confidence != .low {
                #expect(found.bytes == aged.eraseSize, "\(aged.name): \(found.evidence)")
            }
        }
        #expect(right * 10 >= images.count * 8, "\(right) of \(images.count)")
    }

    private func compare(_ aged: KernelLab.AgedImage, _ options: InputOptions) throws {
        let manifest = try KernelManifest(path: aged.manifest)
        let entries = try #require(manifest.entries, "\(aged.name)")
        let fileSystem = try ImageOpener.open(path: aged.image, options: options).fileSystem
        #expect(fileSystem.byteOrder == (aged.build.hasPrefix("be") ? .big : .little), "\(aged.name)")
        let lines = differences(
            of: fileSystem.tree, unreadable: fileSystem.unreadable.map(\.path), from: entries)
        #expect(lines == [], "\(aged.name): \(aged.image)")
    }
}
