import Foundation
import TestSupport

/// The names by which the program is other tools, in a directory of their own, beside the real ones.
struct DropInNames {
    let scratch: Scratch
    /// Whether the real tools are there (JFFS2_PEERS).
    static let hasPeers = ProcessInfo.processInfo.environment["JFFS2_PEERS"] != nil

    init() throws {
        scratch = try Scratch()
        try FileManager.default.createDirectory(atPath: scratch("bin"), withIntermediateDirectories: true)
        for name in ["jefferson", "mkfs.jffs2", "sumtool", "jffs2dump", "jffs2reader", "mkimage", "dumpimage"] {
            try FileManager.default.createSymbolicLink(atPath: scratch("bin/\(name)"), withDestinationPath: Tool.path)
        }
    }

    /// Runs ours.
    func run(_ name: String, _ arguments: [String], zone: String = "UTC") throws -> Program.Output {
        try Program.run(
            scratch("bin/\(name)"), arguments, environment: ["TZ": zone, "SOURCE_DATE_EPOCH": "1700000000"],
            in: scratch.path)
    }

    /// Runs ours with a line of arguments.
    func run(_ name: String, _ line: String) throws -> Program.Output { try run(name, Self.words(line)) }

    /// Runs the real one.
    func real(_ name: String, _ arguments: [String], zone: String = "UTC") throws -> Program.Output {
        try Program.run(
            name, arguments, environment: ["TZ": zone, "SOURCE_DATE_EPOCH": "1700000000"], in: scratch.path)
    }

    /// Bytes that do not compress.
    static func noise(_ count: Int) -> [UInt8] {
        var random = LinearCongruence(state: 6)
        return random.bytes(count)
    }

    static func words(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }

    /// What differs between status and standard output of both; nil for nothing.
    func difference(_ name: String, _ arguments: [String], zone: String = "UTC") throws -> String? {
        let (real, ours) = try (real(name, arguments, zone: zone), run(name, arguments, zone: zone))
        if real.status != ours.status { return "\(ours.command): \(ours.status), not \(real.status): \(ours.messages)" }
        if real.standardOutput == ours.standardOutput { return nil }
        let lines = zip(ours.text.split(separator: "\n"), real.text.split(separator: "\n")).first { $0 != $1 }
        return "\(ours.command): '\(lines?.0 ?? "")', not '\(lines?.1 ?? "")'"
    }

    /// The images in TestImages.
    static let testImages: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: Checkout.path("TestImages"))) ?? []
        return names.filter { $0.hasSuffix(".jffs2") || $0 == "home_demo" || $0.hasPrefix("sys_demo") }
            .filter { !$0.hasSuffix(".json") }.sorted()
    }()

    /// Options of mkfs.jffs2 for images that differ in all that readers have to know.
    static let imageOptions = [
        "-l -e 64KiB", "-b -e 64KiB", "-l -e 16KiB -n", "-b -e 128KiB -n", "-l -e 128KiB -p", "-b -e 8KiB -p",
        "-l -e 64KiB -p0x40000", "-l -m none", "-b -m none", "-l -x zlib", "-b -x zlib -e 256KiB", "-l -m size",
        "-l -s 1024", "-b -s 512 -e 16KiB", "-l -c 20 -e 32KiB", "-l -f -q", "-b -f -U -p",
    ]

    /// A tree that mkfs.jffs2 packs: no file of more than a node, no special files.
    func makeSmallTree() throws {
        try scratch.shell(
            """
            mkdir -p root/first root/etc/init.d root/empty root/www
            printf 'root:x:0:0::/:/bin/sh\\n' >root/etc/passwd; printf '#!/bin/sh\\n' >root/etc/init.d/rcS
            chmod 755 root/etc/init.d/rcS; chmod 600 root/etc/passwd; : >root/www/nothing
            i=0; while [ $i -lt 60 ]; do echo "line $i of a page"; i=$((i + 1)); done | head -c 500 >root/www/index.html
            ln -s etc/passwd root/link; ln -s /www root/pages
            """)
    }
}
