import FirmwareImage
import Testing

struct LayoutTests {
    private func table(_ parts: Part...) -> PartitionTable {
        PartitionTable(
            device: "", source: "", partitions: parts.map { Partition(name: $0.name, offset: $0.offset, size: $0.size) }
        )
    }

    @Test func partitionsOfTheWholeFlashAndContainersAreNoFault() {
        let nested = table(
            Part("all", 0, 0x1000), Part("boot", 0, 0x100), Part("firmware", 0x100, 0xe00),
            Part("kernel", 0x100, 0x200),
            Part("rootfs", 0x300, 0xc00), Part("data", 0x800, 0x700), Part("art", 0xf00, 0x100))
        #expect(nested.faults(flashSize: 0x1000).isEmpty)
        #expect(nested.contents(flashSize: 0x1000) == [0: [1, 2, 6], 2: [3, 4], 4: [5]])
        #expect(
            nested.pieces(flashSize: 0x1000).map { Part($0) } == [
                Part("boot", 0, 0x100), Part("kernel", 0x100, 0x200), Part("rootfs-0x300", 0x300, 0x500),
                Part("data", 0x800, 0x700), Part("art", 0xf00, 0x100),
            ])
    }

    @Test func thePiecesOfATableAreTheWholeFlash() {
        for table in [
            table(Part("a", 0x100, 0x200), Part("b", 0x800, 0x100)), table(), table(Part("all", 0, 0x1000)),
            table(Part("same", 0, 0x800), Part("alias", 0, 0x800), Part("rest", 0x800, 0x800)),
            table(Part("all", 0, 0x1000), Part("all too", 0, 0x1000)), table(Part("empty", 0x10, 0)),
            table(Part("outer", 0x100, 0x800), Part("inner", 0x200, 0x100)),
        ] {
            let pieces = table.pieces(flashSize: 0x1000)
            var end = 0
            for piece in pieces {
                #expect(piece.offset == end)
                end += piece.size ?? 0
            }
            #expect(end == 0x1000)
        }
    }

    @Test func overlapsGapsEmptyAndDoublePartitionsAreFaultsOfATable() {
        #expect(
            table(Part("a", 0, 0x200), Part("b", 0x100, 0x200)).faults(flashSize: nil)
                == [.overlap("a", "b", at: 0x100)])
        #expect(table(Part("a", 0, 0x200)).faults(flashSize: 0x100) == [.beyondFlash("a", end: 0x200, flash: 0x100)])
        #expect(
            table(Part("a", 0, 0x100), Part("a", 0x200, 0x100), Part("none", 0x100, 0)).faults(flashSize: 0x400)
                == [.sameName("a"), .empty("none"), .gap(0x100..<0x200), .gap(0x300..<0x400)])
        #expect(PartitionTable.Fault.empty("x").isSerious == false)
        #expect(PartitionTable.Fault.overlap("x", "y", at: 0).isSerious)
        // An overlap inside a container is one all the same.
        #expect(
            table(Part("all", 0, 0x1000), Part("a", 0, 0x200), Part("b", 0x100, 0x200)).faults(flashSize: 0x1000)
                == [.overlap("a", "b", at: 0x100)])
    }
}
