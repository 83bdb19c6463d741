import FileTree
import FlashBytes
import TestSupport
import Testing

@testable import JFFS2

/// Which node fills which part of a file.
@Suite struct FragmentTests {
    /// A node that fills bytes of a file.
    private func piece(_ node: UInt32, version: UInt32, _ range: Range<UInt32>) -> Fragments.Piece {
        Fragments.Piece(
            version: version, start: range.lowerBound, end: UInt64(range.upperBound), node: NodeIndex(rawValue: node))
    }

    private func fragment(_ node: UInt32, _ range: Range<UInt32>) -> Fragment {
        Fragment(start: range.lowerBound, end: range.upperBound, node: NodeIndex(rawValue: node))
    }

    /// Nodes of one version get here only where the kernel's own way takes too long; the one that was scanned last wins there, too.
    @Test(arguments: [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]])
    func ofEqualVersionsTheLaterNodeWins(order: [Int]) {
        let pieces = [piece(0, version: 5, 0..<9), piece(1, version: 5, 3..<6), piece(2, version: 4, 2..<12)]
        #expect(
            Fragments.resolve(order.map { pieces[$0] })
                == [fragment(0, 0..<3), fragment(1, 3..<6), fragment(0, 6..<9), fragment(2, 9..<12)])
        let same = [piece(0, version: 5, 0..<9), piece(1, version: 5, 0..<9), piece(2, version: 5, 0..<9)]
        #expect(Fragments.resolve(order.map { same[$0] }) == [fragment(2, 0..<9)])
    }

    /// A file that was cut has nothing of what lies behind the cut: neither of a node that begins there, nor of one that goes on.
    @Test(arguments: [(4, [4]), (6, [4, 2]), (8, [4, 4]), (3, [3])] as [(UInt32, [Int])])
    func aFileThatWasCutEndsThere(_ size: UInt32, _ fragments: [Int]) throws {
        var flash = FlashAssembler()
        flash.append(flash.dirent("f", 2, version: 1))
        flash.append(flash.inode(2, version: 1, isize: 8, data: Array("head".utf8)))
        flash.append(flash.inode(2, version: 2, isize: 8, offset: 4, data: Array("tail".utf8)))
        flash.append(flash.inode(2, version: 3, isize: size))
        let fileSystem = flash.fileSystem()
        let node = try #require(fileSystem.tree.find("f"))
        guard case .regular(let contents) = fileSystem.tree[node].payload else {
            Issue.record("no file")
            return
        }
        #expect(contents.size == UInt64(size))
        #expect(try contents.makeReader().dataRanges() == [0..<UInt64(size)])
        #expect((contents as? NodeContents)?.fragments.map(\.count) == fragments)
    }
}
