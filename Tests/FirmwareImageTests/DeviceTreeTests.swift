import FirmwareImage
import FlashBytes
import Foundation
import TestSupport
import Testing

struct DeviceTreeTests {
    private static func source(cells: Int) -> String {
        let high = cells == 2 ? "0 " : ""
        let nodes = camera.map { part in
            """
            partition@\(String(part.offset, radix: 16)) {
              label = "\(part.name)"; reg = <\(high)\(part.offset) \(high)\(hex(part.size))>;
            };
            """
        }
        return """
            /dts-v1/; / { spi { #address-cells = <1>; #size-cells = <0>; flash@0 { compatible = "jedec,spi-nor"; reg = <0>;
              partitions { compatible = "fixed-partitions"; #address-cells = <\(cells)>; #size-cells = <\(cells)>;
              \(nodes.joined(separator: "\n"))
            }; }; }; };
            """
    }

    private static let nested = """
        /dts-v1/; / { flash@0 { partitions { compatible = "fixed-partitions"; #address-cells = <1>; #size-cells = <1>;
          partition@0 { label = "u-boot"; reg = <0x0 0x30000>; };
          partition@50000 { compatible = "fixed-partitions"; #address-cells = <1>; #size-cells = <1>;
            label = "firmware"; reg = <0x50000 0xfb0000>;
            partition@0 { label = "kernel"; reg = <0x0 0x200000>; };
            partition@200000 { label = "rootfs"; reg = <0x200000 0xdb0000>; };
          };
        }; }; };
        """

    /// The blob that dtc makes of a source.
    private func blob(_ source: String) throws -> [UInt8] {
        let directory = FileManager.default.temporaryDirectory.appending(path: "jffs2-dtb-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try Data(source.utf8).write(to: directory.appending(path: "dts"))
        _ = try Program.run(
            "dtc", ["-q", "-I", "dts", "-O", "dtb", "-o", "dtb", "dts"], in: directory.path(percentEncoded: false)
        ).checked()
        return try [UInt8](Data(contentsOf: directory.appending(path: "dtb")))
    }

    @Test(arguments: [1, 2])
    func blobAndSourceShowTheSame(cells: Int) throws {
        let source = Self.source(cells: cells)
        let blob = try blob(source)
        #expect(Reading.of(blob).tables.map(\.parts) == [camera])
        #expect(Reading.of(blob).tables.first?.device == "flash@0")
        #expect(Reading.of(source).tables == Reading.of(blob).tables)
        // Whatever is cut off, nothing is made up.
        for count in stride(from: 4, to: blob.count, by: 7) {
            let reading = Reading.of(Array(blob.prefix(count)))
            #expect(reading.tables.isEmpty && reading.problems.count == 1)
        }
    }

    @Test func nestedPartitionsCountFromTheFlash() throws {
        for tables in [Reading.of(Self.nested).tables, try Reading.of(blob(Self.nested)).tables] {
            #expect(tables.map(\.inside) == [nil, "firmware"])
            #expect(tables[0].parts == [Part("u-boot", 0, 0x30000), Part("firmware", 0x50000, 0xfb0000)])
            #expect(tables[1].parts == [Part("kernel", 0x50000, 0x200000), Part("rootfs", 0x250000, 0xdb0000)])
        }
    }

    /// Before there was `fixed-partitions`, every child of a flash was one, whatever its name; not so those of a switch.
    @Test func childrenOfAFlashArePartitionsInOldTrees() throws {
        let source = """
            /dts-v1/; / { m25p80@0 { compatible = "n25q128a11", "jedec,spi-nor"; reg = <0>;
              #address-cells = <1>; #size-cells = <1>;
              uboot@0 { label = "boot"; reg = <0x0 0x40000>; read-only; };
              data@40000 { label = "rootfs"; reg = <0x40000 0x7c0000>; };
            };
            switch@0 { compatible = "realtek,rtl8367"; reg = <0>; #address-cells = <1>; #size-cells = <1>;
              port@0 { label = "lan1"; reg = <0 1>; };
            }; };
            """
        for tables in [Reading.of(source).tables, try Reading.of(blob(source)).tables] {
            #expect(tables.map(\.parts) == [[Part("boot", 0, 0x40000), Part("rootfs", 0x40000, 0x7c0000)]])
        }
    }

    /// An excerpt, as forums and repositories have it.
    @Test func partitionsInAnExcerptOfASourceAreRead() {
        let source = """
            Here is my board:
            &spi0 {
            \tflash@0 {
            \t\tcompatible = "jedec,spi-nor";
            \t\tpartitions {
            \t\t\tcompatible = "fixed-partitions";
            \t\t\t#address-cells = <1>;
            \t\t\t#size-cells = <1>;
            \t\t\tpartition@0 { label = "u-boot"; reg = <0x0 0x30000>; read-only; };
            \t\t\tpartition@30000 { label = "u-boot-env"; reg = <0x30000 0x10000>; };
            \t\t\tfactory: partition@40000 { label = "factory"; reg = <0x40000 0x10000>; };
            \t\t\tpartition@50000 { compatible = "denx,uimage"; label = "firmware"; reg = <0x50000 0xfb0000>; };
            \t\t};
            \t};
            };
            """
        let table = Reading.of(source).tables.first
        #expect(
            table?.parts == [
                Part("u-boot", 0, 0x30000), Part("u-boot-env", 0x30000, 0x10000), Part("factory", 0x40000, 0x10000),
                Part("firmware", 0x50000, 0xfb0000),
            ])
        #expect(table?.device == "flash@0")
        #expect(table?.partitions.map(\.name).count == 4)
    }

    /// What U-Boot's `fdt print` shows, in a log with other things, cut at its end.
    @Test func partitionsInACutFdtPrintAreRead() {
        let text = """
            => fdt print /soc/spi@0
            spi@0 {
            \tstatus = "okay";
            \tflash@0 {
            \t\tpartition@0 {
            \t\t\tlabel = "boot";
            \t\t\treg = <0x00000000 0x00050000>;
            \t\t};
            \t\tpartition@50000 {
            \t\t\tlabel = "kernel";
            \t\t\treg = <0x00050000 0x00180000>;
            \t\t};
            """
        #expect(Reading.parts(text) == Array(camera[..<2]))
    }

    @Test func arithmeticAndMacrosInRegAreEvaluated() {
        let source = """
            #include <dt-bindings/gpio/gpio.h>
            #define HOME_SIZE 0xc50000
            &nor { partitions { compatible = "fixed-partitions"; #address-cells = <1>; #size-cells = <1>;
              partition@0 { /* the boot loader */ label = "boot"; reg = <0 (5 * SZ_64K)>; };
              // reg = <1 2>;
              partition@50000 { label = "kernel"; reg = <0x50000 (SZ_1M + 0x80000)>; };
              partition@1d0000 { label = "rootfs"; reg = <(0x1d << 16) 0x1e0000>; };
              partition@3b0000 { label = "home"; reg = <0x3b0000 HOME_SIZE>; };
              partition@1000000 { label = "lost"; reg = <0x1000000 SOME_SIZE>; };
            }; };
            """
        let reading = Reading.of(source)
        #expect(reading.tables.first?.parts == camera)
        #expect(
            reading.problems.map(\.description) == [
                "line 9: device tree: 'SOME_SIZE' in the 'reg' of partition@1000000 is no number"
            ])
    }

    @Test func bracesOfOtherTextsAreNoNodes() {
        for text in [
            String(repeating: "{", count: 100_000), String(repeating: "a{b=<1>;", count: 20_000),
            "{\"label\": \"x\", \"reg\": <1 2>}", "< < < \"", "partition@0 { label = \"a\"; reg = <",
            "partition@0 { label = \"a\"; reg = <0 (((((((((((((((((((((1)>; };",
        ] {
            #expect(Reading.of(text).tables.isEmpty)
        }
    }

    /// Each property names the whole string block.
    @Test func aDeviceTreeWithHugePropertyNamesIsRefused() {
        func tree(nameLength: Int) -> [UInt8] {
            var structure = ByteWriter(.big)
            structure.uint32(1)
            structure.uint32(0)
            for _ in 0..<4000 {
                structure.uint32(3)
                structure.uint32(0)
                structure.uint32(0)
            }
            structure.uint32(2)
            structure.uint32(9)
            let names = [UInt8](repeating: 0x61, count: nameLength) + [0]
            var blob = ByteWriter(.big)
            let start = 56
            for field in [
                0xd00d_feed, start + structure.bytes.count + names.count, start, start + structure.bytes.count, 40, 17,
                16, 0,
                names.count, structure.bytes.count,
            ] { blob.uint32(UInt32(field)) }
            for _ in 0..<4 { blob.uint32(0) }
            blob.append(structure.bytes)
            blob.append(names)
            return blob.bytes
        }
        let long = FileBytes(tree(nameLength: 400_000))
        #expect(throws: DeviceTree.Malformed.self) {
            try long.withBytes { (bytes: RawSpan) throws(DeviceTree.Malformed) in try DeviceTree(bytes) }
        }
        let short = FileBytes(tree(nameLength: 31))
        #expect(short.withBytes { try? DeviceTree($0) }?.root.properties.count == 4000)
    }
}
