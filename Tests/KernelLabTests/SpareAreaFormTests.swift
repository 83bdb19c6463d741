import FlashBytes
import JFFS2
import TestSupport
import Testing

/// The spare areas that we write, beside those that Linux wrote.
@Suite struct SpareAreaFormTests {
    /// What Linux puts into the spare area of a block that it has erased is what we put there.
    @Test func cleanmarkersInSpareAreasAreThoseOfLinux() throws {
        var seen: Set<Int> = []
        for flash in try RecordedFlash.sources.flatMap(RecordedFlash.read) where !flash.about.damaged {
            guard let dump = flash.withSpareAreas else { continue }
            let stride = dump.count / (flash.image.count / flash.about.pageSize)
            let area = try #require(SpareArea(pageSize: flash.about.pageSize, spareSize: stride - flash.about.pageSize))
            let order: ByteOrder = flash.about.build.hasPrefix("be") ? .big : .little
            let marker = SpareAreaForm(linux: area).spare(hasCleanmarker: true, order)
            let block = flash.about.eraseSize / area.pageSize * stride
            for start in Swift.stride(from: 0, to: dump.count, by: block) {
                let (data, spare) = (dump[start..<start + area.pageSize], dump[start + area.pageSize..<start + stride])
                guard data.allSatisfy({ $0 == 0xff }), spare.contains(where: { $0 != 0xff }) else { continue }
                #expect(Array(spare) == marker || flash.about.build.contains("old"), "\(flash.name) at \(hex(start))")
                seen.insert(area.pageSize)
            }
        }
        #expect(seen == [512, 2048, 4096])
    }
}
