// The hot parts of reading and writing an image, beside what the machine and libdeflate alone can do with the same bytes.
//
//     part-benchmarks IMAGE [RUNS]
//
// An executable of our own rather than package-benchmark: that one would make every build fetch four more packages, and wants
// jemalloc to be installed. It is part of no product.

import CDeflate
import FileTree
import FlashBytes
import ImageFile
import JFFS2

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Seconds of processor time of this process.
func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

let arguments = CommandLine.arguments
guard arguments.count >= 2 else {
    print("usage: part-benchmarks IMAGE [RUNS]")
    exit(64)
}
let runs = arguments.count > 2 ? Int(arguments[2]) ?? 7 : 7
/// What is made is added up here, so that it has to be made.
nonisolated(unsafe) var sink = 0

/// Prints the median of the runs, by the bytes that went in.
@MainActor func measure(_ name: String, bytes: Int, _ body: () -> Int) {
    var seconds: [Double] = []
    for run in 0...runs {
        let start = processorTime()
        sink &+= body()
        if run > 0 { seconds.append(processorTime() - start) }
    }
    seconds.sort()
    let median = max(seconds[seconds.count / 2], 1e-6)
    func padded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
    let megabytes = String(Int(Double(bytes) / median / 1e6))
    print(
        name + String(repeating: " ", count: max(1, 40 - name.count)) + padded(String(Int(median * 1e6)), 9) + " us "
            + padded(megabytes, 8) + " MB/s")
}

let opened = try ImageOpener.open(path: arguments[1])
let fileSystem = opened.fileSystem
let image = fileSystem.image
let byteOrder = fileSystem.byteOrder
let bytes = image.withBytes { $0.withUnsafeBytes { Array($0) } }
/// The nodes with zlib pages, as they lie in the image.
let pages: [(stored: Range<Int>, raw: RawInode)] = bytes.withUnsafeBytes { buffer in
    fileSystem.scan.nodes.compactMap { node in
        guard node.type == .inode, let raw = try? RawInode(reading: buffer.bytes, at: Int(node.offset), byteOrder),
            raw.compression == .zlib, raw.dataRange(at: Int(node.offset)).upperBound <= buffer.count
        else { return nil }
        return (raw.dataRange(at: Int(node.offset)), raw)
    }
}
let stored = pages.reduce(0) { $0 + $1.stored.count }
let inflated = pages.reduce(0) { $0 + Int($1.raw.dsize) }
print(
    "\(arguments[1]): \(bytes.count) bytes, \(pages.count) zlib nodes of \(stored) bytes, \(inflated) inflated; \(runs) runs"
)

var copy = [UInt8](repeating: 0, count: bytes.count)
measure("memcpy", bytes: bytes.count) {
    copy.withUnsafeMutableBytes { target in
        bytes.withUnsafeBytes { target.copyMemory(from: $0) }
        return Int(target[target.count / 2])
    }
}
measure("libdeflate_crc32", bytes: bytes.count) {
    bytes.withUnsafeBytes { Int(libdeflate_crc32(0, $0.baseAddress, $0.count)) }
}
measure("CRC32, node by node", bytes: stored) {
    bytes.withUnsafeBytes { buffer in
        pages.reduce(0) { $0 &+ Int(CRC32.jffs2(buffer.bytes.extracting($1.stored))) }
    }
}
measure("NodeCensus (node headers)", bytes: bytes.count) {
    bytes.withUnsafeBytes { NodeCensus($0.bytes).sightings.count }
}
copy = [UInt8](repeating: 0xff, count: bytes.count)
measure("NodeCensus (blank flash)", bytes: bytes.count) {
    copy.withUnsafeBytes { NodeCensus($0.bytes).sightings.count }
}
measure("FileSystem (scan, index, tree)", bytes: bytes.count) {
    FileSystem(image, byteOrder: byteOrder, eraseSize: fileSystem.eraseSize).tree.inodes.count
}

var page = [UInt8](repeating: 0, count: 1 << 16)
measure("libdeflate, inflate alone", bytes: inflated) {
    let decompressor = libdeflate_alloc_decompressor()
    defer { libdeflate_free_decompressor(decompressor) }
    var total = 0
    bytes.withUnsafeBytes { buffer in
        page.withUnsafeMutableBytes { target in
            for (range, raw) in pages where range.count > 2 && Int(raw.dsize) <= target.count {
                var made = 0
                _ = libdeflate_deflate_decompress(
                    decompressor, buffer.baseAddress.map { $0 + range.lowerBound + 2 }, range.count - 2,
                    target.baseAddress, Int(raw.dsize), &made)
                total += made
            }
        }
    }
    return total
}
measure("NodeData (inflate a node)", bytes: inflated) {
    let decompressor = Decompressor()
    var buffer: [UInt8] = []
    var total = 0
    bytes.withUnsafeBytes { all in
        for (range, raw) in pages {
            let data = NodeData(
                of: raw, storedAs: all.bytes.extracting(range), by: decompressor, reusing: consume buffer)
            buffer = data.bytes
            total += buffer.count
        }
    }
    return total
}

/// All pages, inflated, in a row.
let plain: [[UInt8]] = bytes.withUnsafeBytes { all in
    let decompressor = Decompressor()
    return pages.prefix(2000).map {
        NodeData(of: $0.raw, storedAs: all.bytes.extracting($0.stored), by: decompressor).bytes
    }
}
let plainCount = plain.reduce(0) { $0 + $1.count }
measure("libdeflate level 6, deflate alone", bytes: plainCount) {
    let compressor = libdeflate_alloc_compressor(6)
    defer { libdeflate_free_compressor(compressor) }
    return page.withUnsafeMutableBytes { target in
        plain.reduce(0) { sum, one in
            sum
                + one.withUnsafeBytes {
                    libdeflate_zlib_compress(compressor, $0.baseAddress, $0.count, target.baseAddress, target.count)
                }
        }
    }
}
if let compressor = PageCompressor(CompressionSettings(), pageSize: 4096) {
    measure("PageCompressor, default", bytes: plainCount) {
        plain.reduce(0) { sum, one in
            sum
                + one.withUnsafeBytes { source in
                    var span = page.mutableSpan
                    var output = span.mutableBytes
                    return compressor.compress(source.bytes, into: &output).count
                }
        }
    }
}
exit(sink == .min ? 1 : 0)
