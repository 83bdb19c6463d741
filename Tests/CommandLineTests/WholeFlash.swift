import Foundation
import TestSupport

/// A made-up flash of 16 MiB with all that a camera's flash holds.
struct WholeFlash {
    /// Ascending, without a gap.
    let partitions: [(name: String, range: Range<Int>)] = [
        ("boot", 0..<0x40000), ("env", 0x40000..<0x50000), ("kernel", 0x50000..<0x1d0000),
        ("rootfs", 0x1d0000..<0x3b0000), ("sys", 0x3b0000..<0x590000), ("home", 0x590000..<0xa00000),
        ("data", 0xa00000..<0xb00000), ("spare", 0xb00000..<0x1000000),
    ]
    let bytes: [UInt8]
    /// Where what was put in really ends (bytes), by partition.
    let ends: [String: Int]

    /// Builds it with mkenvimage, mkimage, mksquashfs and the test images.
    init(in directory: Scratch) throws {
        var flash = [UInt8](repeating: 0xff, count: 0x1000000)
        var ends: [String: Int] = [:]
        let places = Dictionary(uniqueKeysWithValues: partitions.map { ($0.name, $0.range) })
        func put(_ name: String, _ contents: [UInt8]) {
            guard let range = places[name] else { return }
            flash.replaceSubrange(range.lowerBound..<range.lowerBound + contents.count, with: contents)
            ends[name] = range.lowerBound + contents.count
        }
        var noise = LinearCongruence(state: 7)
        put("boot", noise.bytes(200_000))
        let table = partitions.map { "\($0.range.count / 1024)k(\($0.name))" }.joined(separator: ",")
        try directory.write(
            "variables",
            Array("bootcmd=sf probe 0\nbootargs=console=ttyS0 mtdparts=hi_sfc:\(table)\nbaudrate=115200\n".utf8))
        _ = try Program.run("mkenvimage", ["-s", "0x10000", "-o", "env", "variables"], in: directory.path).checked()
        put("env", try directory.read("env"))
        // Magics without anything behind them.
        var kernel = noise.bytes(1_200_000)
        let magics: [[UInt8]] = [
            [0x85, 0x19, 0x01, 0xe0], [0x19, 0x85, 0xe0, 0x02], Array("hsqs".utf8), Array("UBI#".utf8),
            [0x27, 0x05, 0x19, 0x56], [0xd0, 0x0d, 0xfe, 0xed],
        ]
        for index in 0..<1000 { kernel.replaceSubrange(index * 1180..<index * 1180 + 4, with: magics[index % 6]) }
        try directory.write("vmlinux", kernel)
        _ = try Program.run(
            "mkimage",
            [
                "-A", "arm", "-O", "linux", "-T", "kernel", "-C", "none", "-n", "Linux-3.4.35", "-d", "vmlinux",
                "kernel",
            ],
            in: directory.path
        ).checked()
        put("kernel", try directory.read("kernel"))
        try FileManager.default.createDirectory(atPath: directory("squash"), withIntermediateDirectories: true)
        try directory.write("squash/file", noise.bytes(500_000))
        _ = try Program.run("mksquashfs", ["squash", "rootfs", "-quiet", "-no-progress"], in: directory.path).checked()
        put("rootfs", try directory.read("rootfs"))
        func image(_ name: String) throws -> [UInt8] {
            try [UInt8](Data(contentsOf: URL(filePath: Checkout.path("TestImages/\(name)"))))
        }
        put("sys", try image("sys_demo.swapped"))
        put("home", try image("lived-camera-16k.jffs2"))
        try FileManager.default.createDirectory(atPath: directory("tree"), withIntermediateDirectories: true)
        try directory.write("tree/file", noise.bytes(300_000))
        _ = try Program.run(
            "mkfs.jffs2", ["-l", "-e", "128KiB", "-p", "-r", "tree", "-o", "data"], in: directory.path
        ).checked()
        put("data", try directory.read("data"))
        bytes = flash
        self.ends = ends
    }
}
