import FileTree
import FlashBytes
import JFFS2
import TestSupport
import Testing

/// Files that are holes for the most part, up to 4 GiB: what is a hole is neither read nor compressed, whatever its size.
@Suite struct SparseFileTests {
    /// Data at some places; whoever reads a whole hole is told so by an error.
    private final class Sparse: FileContents {
        let size: UInt64
        let losses: [ContentDamage] = []
        let data: [UInt64: [UInt8]]

        init(size: UInt64, data: [UInt64: [UInt8]]) {
            self.size = size
            self.data = data
        }

        func makeReader() -> any ContentReader { Reader(self) }

        private final class Reader: ContentReader {
            private let contents: Sparse

            init(_ contents: Sparse) { self.contents = contents }

            func dataRanges() -> [Range<UInt64>] {
                contents.data.sorted { $0.key < $1.key }.map { $0.key..<$0.key + UInt64($0.value.count) }
            }

            func read(
                into buffer: inout MutableRawSpan, at offset: UInt64
            ) throws(ContentsError) -> [ContentDamage] {
                let wanted = offset..<offset + UInt64(buffer.byteCount)
                for index in 0..<buffer.byteCount { buffer.storeBytes(of: 0, toByteOffset: index, as: UInt8.self) }
                // A piece beside data may be read, and is smaller than any hole that is left out.
                let near = offset > 1 << 20 ? offset - 1 << 20 : 0
                guard dataRanges().contains(where: { $0.overlaps(near..<wanted.upperBound + 1 << 20) }) else {
                    throw ContentsError("a hole was read, at \(offset)")
                }
                for (start, bytes) in contents.data {
                    for (index, byte) in bytes.enumerated() where wanted.contains(start + UInt64(index)) {
                        buffer.storeBytes(of: byte, toByteOffset: Int(start + UInt64(index) - offset), as: UInt8.self)
                    }
                }
                return []
            }
        }
    }

    private static let largest = UInt64(UInt32.max)

    @Test(
        arguments: [
            (largest, [:]), (largest, [0: [1, 2, 3]]), (largest, [largest - 3: [7, 8, 9]]),
            (largest, [3_000_000_001: Array("in the middle".utf8), 3_004_000_000: Array("and again".utf8)]),
            (3 << 20, [1 << 20: [5]]), ((3 << 20) + 1, [(3 << 20): [6]]), (1 << 20, [:]),
        ] as [(UInt64, [UInt64: [UInt8]])])
    func holesAreNotReadAndTheContentIsTheSame(_ size: UInt64, _ data: [UInt64: [UInt8]]) throws {
        var tree = FileTree()
        for name in ["a", "b"] {
            tree.add(
                Inode(
                    metadata: Metadata(permissions: 0o644), payload: .regular(Sparse(size: size, data: data))),
                name: FileName(name), to: FileTree.root)
        }
        var images: [[UInt8]] = []
        for jobs in [1, 4] {
            let (image, report) = try build(tree) { $0.jobs = jobs }
            #expect(report.damage.isEmpty)
            images.append(image)
        }
        #expect(images[0] == images[1])
        let found = read(images[0]).tree
        for name in ["a", "b"] {
            let id = try #require(found.find(FilePathBytes(name)))
            guard case .regular(let contents) = found[id].payload else {
                Issue.record("no file")
                continue
            }
            #expect(contents.size == size)
            let difference = try ContentDifference.pages(contents, new: Sparse(size: size, data: data), pageSize: 4096)
            #expect(difference == [])
            for (start, bytes) in data {
                var buffer = [UInt8](repeating: 0xff, count: bytes.count)
                var span = buffer.mutableSpan
                var raw = span.mutableBytes
                #expect(try contents.makeReader().read(into: &raw, at: start).isEmpty)
                #expect(buffer == bytes)
            }
        }
    }
}
