import FlashBytes
import ImageFile
import JFFS2
import TestSupport
import Testing

@testable import Scrub

/// NAND dumps with spare area: their sums cannot be kept, and nothing of the old content may stay.
@Suite struct SpareAreaScrubTests {
    @Test func theSpareAreaIsLeftOutOfAScrubbedDump() throws {
        let images = try ImageOpener.openAll(path: Checkout.path("TestImages/lived-spare-area-16k.jffs2"))
        var scrubber = try Scrubber(images: images, options: InputOptions())
        scrubber.rules = RuleSet(builtIn: false)
        scrubber.places = [.delete("/var/log/messages"), .delete("/var/log/messages.0")]
        let result = try scrubber.run()
        #expect(result.report.report.notes.contains { $0.contains("spare area (512+16) is left out") })
        #expect(result.bytes.count == 16 * 16384)
        let after = try ImageOpener.open(FileBytes(result.bytes), path: "out")
        #expect(after.spareArea == nil)
        #expect(!after.fileSystem.findings.isDamaged)
        #expect(after.fileSystem.tree.find("/var/log/messages") == nil)
        #expect(after.fileSystem.tree.find("/var/log/boot") != nil)
        // Of the 190 nodes, those of the two files are gone for good.
        let bytes = result.bytes
        let census = NodeCensus(bytes.span.bytes, byteOrder: .little)
        let numbers = ["/var/log/messages", "/var/log/messages.0"].compactMap { path in
            images[0].fileSystem.tree.find(path).flatMap { images[0].fileSystem.tree[$0].number }
        }
        #expect(numbers.count == 2)
        for sighting in census.sightings where sighting.header.type == .inode {
            let node = try RawInode(reading: bytes.span.bytes, at: sighting.offset, .little)
            #expect(!numbers.contains(node.inode))
        }
    }
}
