import FileTree
import FlashBytes
import ImageFile
import JFFS2
import Testing

/// One file system in all the dresses in which it arrives.
@Suite struct ImageOpenerTests {
    /// An image of some blocks, and what is in it.
    private func image(
        _ order: ByteOrder = .little, eraseSize: Int = 8192, marker: String = "a", count: Int = 12, changing: Int = -1
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        func append(_ node: [UInt8]) {
            if bytes.count % eraseSize != 0, bytes.count % eraseSize + node.count > eraseSize {
                bytes += [UInt8](repeating: 0xff, count: eraseSize - bytes.count % eraseSize)
            }
            if bytes.count % eraseSize == 0 {
                var writer = ByteWriter(order)
                NodeHeader(type: .cleanmarker, totalLength: 12).write(to: &writer)
                bytes += writer.bytes
            }
            bytes += node
            while bytes.count % 4 != 0 { bytes.append(0xff) }
        }
        for index in 0..<count {
            let name = Array("\(marker)\(index)".utf8)
            var writer = ByteWriter(order)
            Dirent(
                parent: 1, version: UInt32(index + 1), inode: InodeNumber(rawValue: UInt32(index + 2)), changeTime: 9,
                nameLength: UInt8(name.count), type: 8
            ).write(to: &writer, name: name)
            append(writer.bytes)
            let data = (0..<2000).map {
                UInt8(truncatingIfNeeded: $0 &* (index + (index == changing ? 99 : 3)) / 7 + marker.utf8.count)
            }
            var raw = RawInode(
                inode: InodeNumber(rawValue: UInt32(index + 2)), version: 1, mode: 0o100600, uid: 1, gid: 2)
            raw.isize = UInt32(data.count)
            raw.csize = raw.isize
            raw.dsize = raw.isize
            raw.dataCRC = CRC32.jffs2(data)
            var node = ByteWriter(order)
            raw.write(to: &node)
            node.append(data)
            append(node.bytes)
        }
        return bytes + [UInt8](repeating: 0xff, count: (eraseSize - bytes.count % eraseSize) % eraseSize)
    }

    @Test(arguments: ByteOrder.allCases, [0, 2, 4, 8])
    func anImageIsOpenedInEachByteAndWordOrder(_ order: ByteOrder, _ group: Int) throws {
        let plain = image(order)
        let bytes = group == 0 ? plain : WordSwap.swapped(plain.span.bytes, group: group)
        let opened = try ImageOpener.open(FileBytes(bytes), path: "x")
        #expect(opened.fileSystem.byteOrder == order)
        #expect(opened.swapGroup == (group == 0 ? nil : group))
        #expect(opened.eraseSize.bytes == 8192)
        #expect(names(opened).count == 12)
        #expect(!opened.fileSystem.findings.isDamaged)
    }

    @Test(arguments: [0, 1, 3, 64, 128, 4096, 8192, 10_000])
    func bytesInFrontOfAnImageDoNotHideIt(_ count: Int) throws {
        for byte in [UInt8(0xff), 0x00, 0x5a] {
            let bytes = [UInt8](repeating: byte, count: count) + image()
            let opened = try ImageOpener.open(FileBytes(bytes), path: "x")
            #expect(names(opened).count == 12, "\(count) bytes of \(byte)")
            #expect(!opened.fileSystem.findings.isDamaged, "\(count) bytes of \(byte)")
            if byte != 0xff { #expect(opened.range.lowerBound == count) }
        }
    }

    @Test func bytesBehindAnImageAreNotPartOfIt() throws {
        let plain = image()
        for tail in [[UInt8](repeating: 0, count: 5000), [UInt8](repeating: 0x5a, count: 5000)] {
            let opened = try ImageOpener.open(FileBytes(plain + tail), path: "x")
            #expect(opened.range == 0..<plain.count)
            #expect(!opened.fileSystem.findings.isDamaged)
        }
    }

    @Test func severalFileSystemsAreFoundAndOneHasToBeSelected() throws {
        let kernel = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        let first = image(marker: "a")
        let second = image(eraseSize: 16384, marker: "bb")
        let third = image(marker: "ccc")
        let flash = first + kernel + second + third
        let images = try ImageOpener.openAll(FileBytes(flash), path: "flash")
        #expect(
            images.map(\.range.lowerBound) == [
                0, first.count + kernel.count, first.count + kernel.count + second.count,
            ])
        #expect(images.map { names($0).first } == ["a0", "bb0", "ccc0"])
        #expect(images.map(\.eraseSize.bytes) == [8192, 16384, 8192])
        #expect(images.allSatisfy { !$0.fileSystem.findings.isDamaged })
        var options = InputOptions()
        options.selection = .number(2)
        #expect(names(try ImageOpener.open(FileBytes(flash), path: "flash", options: options)).first == "bb0")
        let error = #expect(throws: InputError.self) { _ = try ImageOpener.open(FileBytes(flash), path: "flash") }
        #expect(error?.description.hasPrefix("flash: 3 JFFS2 file systems in it (1 at 0x0, 2 at ") == true)
    }

    @Test func aFileSystemIsSelectedByTheNameOfItsPartition() throws {
        let first = image(marker: "a")
        let second = image(marker: "bb")
        // A U-Boot environment: CRC-32, then NAME=VALUE strings.
        var variables = Array(
            "bootdelay=1\0mtdparts=mtdparts=spi0:64k(boot),\(first.count)(rootfs),\(second.count)(home)\0\0".utf8)
        variables += [UInt8](repeating: 0xff, count: 65_532 - variables.count)
        var environment = ByteWriter(.little)
        environment.uint32(CRC32.zlib(variables.span.bytes))
        environment.append(variables)
        let flash = FileBytes(environment.bytes + first + second)
        #expect(try ImageOpener.openAll(flash, path: "flash").map(\.name) == ["rootfs", "home"])
        var options = InputOptions()
        options.selection = FileSystemSelection("home")
        #expect(names(try ImageOpener.open(flash, path: "flash", options: options)).first == "bb0")
        options.selection = FileSystemSelection("nowhere")
        let error = #expect(throws: InputError.self) {
            _ = try ImageOpener.open(flash, path: "flash", options: options)
        }
        #expect(error?.description.contains("1 (rootfs), 2 (home)") == true)
    }

    /// A firmware and its backup: nearly all nodes stand twice.
    @Test func twoCopiesOfOneFirmwareAreTwoFileSystems() throws {
        let first = image(count: 60)
        let second = image(count: 60, changing: 7)
        let images = try ImageOpener.openAll(FileBytes(first + second), path: "flash")
        #expect(images.map(\.range) == [0..<first.count, first.count..<first.count + second.count])
        #expect(images.allSatisfy { names($0).count == 60 })
    }

    @Test func anEmptyFileAndOneWithoutJFFS2AreErrors() {
        #expect(throws: InputError.empty(path: "x")) { try ImageOpener.open(FileBytes([]), path: "x") }
        for bytes in [[UInt8](repeating: 0xff, count: 5000), Array("hsqs".utf8) + [UInt8](repeating: 1, count: 900)] {
            let error = #expect(throws: InputError.self) { try ImageOpener.open(FileBytes(bytes), path: "x") }
            #expect(error?.description.contains("no JFFS2 in it") == true)
        }
    }

    @Test func nodesOfTheOldMagicAreReadWhereThereAreNoNewOnes() throws {
        // A synthetic image: no writer of the old format is left.
        var bytes = image()
        var at = 0
        while at + 12 <= bytes.count {
            guard let header = NodeHeader(reading: bytes.span.bytes, at: at, .little) else {
                at += 4
                continue
            }
            bytes[at] = 0x84
            var head = ByteWriter(.little)
            head.append(bytes[at..<at + 8])
            head.uint32(CRC32.jffs2(Array(bytes[at..<at + 8])))
            bytes.replaceSubrange(at..<at + 12, with: head.bytes)
            at += header.type == .cleanmarker ? 12 : padded(header.totalLength)
        }
        let opened = try ImageOpener.open(FileBytes(bytes), path: "old")
        #expect(opened.fileSystem.scan.magic == NodeHeader.oldMagic)
    }
}
