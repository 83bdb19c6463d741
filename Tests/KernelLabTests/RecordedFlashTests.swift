import FileTree
import FlashBytes
import Foundation
import ImageFile
import JFFS2
import TestSupport
import Testing

/// Flashes that a real kernel wrote (Tests/RecordedFlashes): what we say of them is what it said, in every field.
@Suite struct RecordedFlashTests {
    /// What is asked of a flash; the words stand in the list of what is known to fail.
    enum Question: String {
        case tree, inferredTree = "inferred-tree", eraseSize = "erase-size", verify
        case spareArea = "spare-area"
    }

    /// The erase size is given. `verify` is FileSystemCheck and a status. Where data is lost and the kernel says nothing of it,
    /// it may complain: of new flashes that is not asked.
    @Test(arguments: RecordedFlash.sources)
    func theTreeIsTheKernelsAndSoAreTheComplaints(source: String) throws {
        for flash in try RecordedFlash.read(source) {
            var options = InputOptions()
            options.eraseSize = flash.about.eraseSize
            let opened = Result { try ImageOpener.open(FileBytes(flash.image), path: flash.name, options: options) }
            if flash.verdict.mounted {
                try ask(.tree, of: flash) { try compare(flash, opened.get()) }
            }
            let isSilent = flash.verdict.mounted && flash.verdict.complaints == 0
            if isSilent, flash.about.damaged, !RecordedFlash.areOfTheRepository { continue }
            try ask(.verify, of: flash) {
                let check = FileSystemCheck(try opened.get().fileSystem)
                #expect(
                    check.holds == isSilent,
                    "\(flash.name): the kernel said \(flash.verdict.log)\n\(check)")
            }
        }
    }

    /// As people have them: nobody says the erase size. An erased NAND flash is nothing, until somebody does. Damage may hide
    /// the evidence, but must not forge it.
    @Test(arguments: RecordedFlash.sources)
    func anEraseSizeThatWeAreSureOfIsRightAndTheTreeWithIt(source: String) throws {
        for flash in try RecordedFlash.read(source) where flash.verdict.mounted && !flash.isErased {
            let opened = Result { try ImageOpener.openAll(FileBytes(flash.image), path: flash.name) }
            try ask(.eraseSize, of: flash) {
                // An erased flash in which some bits flipped tells nothing.
                if case .failure = opened, flash.about.damaged, flash.verdict.entries?.count == 1 { return }
                for image in try opened.get() where image.eraseSize.confidence != .low {
                    #expect(
                        image.eraseSize.bytes == flash.about.eraseSize,
                        "\(flash.name): \(image.eraseSize.confidence), \(image.eraseSize.evidence)")
                }
            }
            if flash.about.damaged { continue }
            try ask(.inferredTree, of: flash) {
                let images = try opened.get()
                #expect(images.count == 1, "\(flash.name)")
                try compare(flash, #require(images.first))
            }
        }
    }

    @Test(arguments: RecordedFlash.sources) func dumpsWithSpareAreasAreTheSameFlashes(source: String) throws {
        for flash in try RecordedFlash.read(source) {
            guard let dump = flash.withSpareAreas else { continue }
            try ask(.spareArea, of: flash) {
                let image = try ImageOpener.open(FileBytes(dump), path: flash.name)
                #expect(image.spareArea?.pageSize == flash.about.pageSize, "\(flash.name)")
                try compare(flash, image)
            }
        }
    }

    @Test(.enabled(if: RecordedFlash.areOfTheRepository)) func thereAreFlashesOfEveryKind() throws {
        let flashes = try RecordedFlash.sources.flatMap(RecordedFlash.read)
        let sound = flashes.filter { !$0.about.damaged }
        #expect(Set(sound.map(\.about.build)) == ["stock", "be", "old", "beold", "rtime", "rubin"])
        for nand in [false, true] {
            let sizes = Set(sound.filter { $0.about.nand == nand }.map { $0.about.eraseSize >> 10 })
            #expect(sizes.isSuperset(of: nand ? [16, 128, 256, 512] : [4, 8, 16, 32, 64, 128, 256, 512]))
        }
        #expect(Set(flashes.compactMap { $0.withSpareAreas == nil ? nil : $0.about.pageSize }) == [512, 2048, 4096])
        #expect(sound.count >= 150 && flashes.count - sound.count >= 170)
    }

    private func compare(_ flash: RecordedFlash, _ image: OpenedImage) throws {
        let entries = try #require(flash.verdict.entries, "\(flash.name)")
        let fileSystem = image.fileSystem
        // Nothing in an erased flash has one, whether or not some bits flipped.
        if entries.count > 1 {
            #expect(fileSystem.byteOrder == (flash.about.build.hasPrefix("be") ? .big : .little), "\(flash.name)")
        }
        let lines = differences(
            of: fileSystem.tree, unreadable: fileSystem.unreadable.map(\.path), from: entries)
        #expect(lines == [], "\(flash.name)")
    }

    /// Asks, and expects a wrong answer where one is known of.
    private func ask(_ question: Question, of flash: RecordedFlash, _ body: () throws -> Void) throws {
        let line = "\(question.rawValue) \(flash.name)"
        if KnownFailures.contains(line) {
            return withKnownIssue(Comment(rawValue: line)) { try body() }
        }
        guard let list = ProcessInfo.processInfo.environment["JFFS2_AGED_FAILED"] else { return try body() }
        try withKnownIssue(Comment(rawValue: line), isIntermittent: true) {
            try body()
        } matching: { _ in
            KnownFailures.note(line, in: list)
            return false
        }
    }
}

/// Tests/RecordedFlashes/known-failures: a question and a flash in each line. Who mends one takes its line away.
private enum KnownFailures {
    static func contains(_ line: String) -> Bool { lines.contains(line) }

    private static let lines: Set<String> = {
        let path = Checkout.path("Tests/RecordedFlashes/known-failures")
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return Set(text.split(separator: "\n").map(String.init))
    }()

    /// Adds a line to the list of what failed, for `make age`.
    static func note(_ line: String, in path: String) {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT, 0o644)
        let bytes = Array("\(line)\n".utf8)
        _ = write(descriptor, bytes, bytes.count)
        close(descriptor)
    }
}
