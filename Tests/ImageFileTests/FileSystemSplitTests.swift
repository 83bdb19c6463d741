import FileTree
import FlashBytes
import JFFS2
import TestSupport
import Testing

@testable import ImageFile

/// How many file systems the nodes of an input belong to.
@Suite struct FileSystemSplitTests {
    private func open(_ bytes: [UInt8]) throws -> [OpenedImage] { try ImageOpener.openAll(FileBytes(bytes), path: "x") }

    private func paths(_ image: OpenedImage) -> Set<String> { Set(image.fileSystem.tree.paths) }

    /// A camera that makes a temporary file at every start and deletes it: on NOR flash Linux marks its nodes obsolete and
    /// gives inode number and dirent version again after the next start.
    @Test(arguments: [3, 60, 300]) func inodeNumbersUsedAgainOnNORAreOneFileSystem(boots: Int) throws {
        var flash = SimulatedFlash(eraseSize: 65536)
        flash.write(SimulatedFlash.dirent("cfg", version: 1, inode: 2, type: 4))
        flash.write(SimulatedFlash.inode(2, mode: 0o40755))
        flash.write(SimulatedFlash.dirent("app.ini", parent: 2, version: 1, inode: 4))
        flash.write(SimulatedFlash.inode(4, data: Array("[app]\nvolume=3\n".utf8)))
        for boot in 0..<boots {
            func marked(_ node: [UInt8]) -> [UInt8] { boot < boots - 1 ? SimulatedFlash.obsolete(node) : node }
            flash.write(marked(SimulatedFlash.dirent("net.tmp", parent: 2, version: 2, inode: 5)))
            flash.write(SimulatedFlash.obsolete(SimulatedFlash.inode(5)))
            flash.write(marked(SimulatedFlash.inode(5, version: 2, data: flash.noise(400 + flash.number(below: 2600)))))
        }
        flash.erase(blocks: 4)
        let images = try open(flash.bytes)
        #expect(images.count == 1)
        let image = try #require(images.first)
        #expect(paths(image) == ["/cfg", "/cfg/app.ini", "/cfg/net.tmp"])
        #expect(image.eraseSize.bytes == 65536 && image.eraseSize.confidence > .low)
        #expect(!image.fileSystem.findings.isDamaged)
    }

    /// One block copied over another is damage and no second file system.
    @Test(arguments: [nil, 2048]) func aBlockThatIsThereTwiceIsNoSecondFileSystem(pageSize: Int?) throws {
        for blocks in [1, 3, 6] {
            var flash = SimulatedFlash(eraseSize: 131072, pageSize: pageSize)
            flash.writeFiles(blocks * 35, flushingEach: 9)
            flash.erase(blocks: 5)
            let used = blocks + 1
            for (from, to) in [(0, used), (blocks - 1, 0), (0, blocks)] {
                var bytes = flash.bytes
                let size = flash.eraseSize
                bytes.replaceSubrange(to * size..<(to + 1) * size, with: flash.bytes[from * size..<(from + 1) * size])
                #expect(try open(bytes).count == 1, "block \(from) of \(used) over \(to)")
            }
        }
    }

    /// The places of garbage-collected holes and of nodes that a loss of power made Linux write again.
    @Test func fewNodesOfOneVersionAreNoSecondFileSystem() throws {
        var flash = SimulatedFlash(eraseSize: 16384)
        flash.writeFiles(20)
        flash.write(SimulatedFlash.inode(3, version: 9, offset: 0, data: [1, 2, 3]))
        flash.closeBlock()
        flash.write(SimulatedFlash.inode(3, version: 9, offset: 0, data: [4, 5, 6]))
        flash.write(SimulatedFlash.inode(4, version: 7, offset: 0, data: [7]))
        flash.write(SimulatedFlash.inode(4, version: 7, offset: 0, data: [8]))
        flash.writeFiles(20, first: 30)
        flash.erase(blocks: 3)
        #expect(try open(flash.bytes).count == 1)
    }

    /// Two file systems of any byte order, erase size and place behind each other.
    @Test(arguments: [0, 4, 1000, 65536], [ByteOrder.little, .big])
    func twoFileSystemsBehindEachOtherAreToldApart(gap: Int, order: ByteOrder) throws {
        for (firstSize, secondSize) in [(65536, 65536), (65536, 16384), (16384, 65536)] {
            for filling in [UInt8(0xff), 0] {
                var first = SimulatedFlash(eraseSize: firstSize)
                first.writeFiles(40, prefix: "first")
                var second = SimulatedFlash(eraseSize: secondSize, order: order, seed: 9)
                second.writeFiles(30, prefix: "second")
                let bytes = first.bytes + [UInt8](repeating: filling, count: gap) + second.bytes
                let images = try open(bytes)
                let comment: Comment = "\(firstSize), \(gap) of \(filling), \(secondSize)"
                #expect(images.count == 2, comment)
                guard images.count == 2 else { continue }
                #expect(paths(images[0]) == Set((2..<42).map { "/first\($0)" }), comment)
                #expect(paths(images[1]) == Set((2..<32).map { "/second\($0)" }), comment)
                #expect(images.map(\.fileSystem.byteOrder) == [.little, order], comment)
                #expect(images[1].range.lowerBound == first.bytes.count + gap, comment)
                for image in images {
                    #expect(
                        !image.fileSystem.findings.isDamaged,
                        "\(comment): \(image.range) \(image.fileSystem.findings.findings)")
                }
                for (image, size) in zip(images, [firstSize, secondSize]) where image.eraseSize.confidence > .low {
                    #expect(image.eraseSize.bytes == size, comment)
                }
            }
        }
    }

    /// What mkfs.jffs2 makes of two small directories: numbers and versions are the same, and nodes of directories are equal.
    @Test(arguments: [(1, 1), (3, 1), (40, 3), (3, 40), (14, 2)], [4096, 65536])
    func twoSmallFileSystemsWithEqualNumbersAreToldApart(counts: (Int, Int), eraseSize: Int) throws {
        func flash(_ files: Int, _ name: String, seed: UInt64) -> [UInt8] {
            var flash = SimulatedFlash(eraseSize: eraseSize, seed: seed)
            flash.write(SimulatedFlash.dirent(name, version: 0, inode: 2, type: 4))
            flash.write(SimulatedFlash.inode(2, mode: 0o40755))
            for number in 0..<UInt32(files) {
                flash.write(
                    SimulatedFlash.dirent(
                        "\(name)\(number)", parent: 2, version: number + 1, inode: InodeNumber(rawValue: number + 3)))
                flash.write(
                    SimulatedFlash.inode(
                        InodeNumber(rawValue: number + 3), data: flash.noise(200 + flash.number(below: 2000))))
            }
            flash.closeBlock()
            return flash.bytes
        }
        for gap in [0, eraseSize] {
            let erased = [UInt8](repeating: 0xff, count: gap)
            let images = try open(flash(counts.0, "bin", seed: 1) + erased + flash(counts.1, "home", seed: 2))
            #expect(images.map { paths($0).count } == [counts.0 + 1, counts.1 + 1])
            #expect(images.allSatisfy { !$0.fileSystem.findings.isDamaged })
        }
    }

    /// Without cleanmarkers nothing but the numbers shows where the second one begins.
    @Test func twoFileSystemsWithoutCleanmarkersAreToldApart() throws {
        var first = SimulatedFlash(eraseSize: 65536, hasCleanmarkers: false)
        first.writeFiles(10, prefix: "first")
        var second = SimulatedFlash(eraseSize: 65536, hasCleanmarkers: false, seed: 3)
        second.writeFiles(8, prefix: "second")
        let images = try open(first.bytes + second.bytes)
        #expect(images.map { paths($0).count } == [10, 8])
    }

    /// A file system of the other byte order in a file of a damaged one.
    @Test func contentsOfADamagedNodeAreNoFileSystem() throws {
        var inner = SimulatedFlash(eraseSize: 4096, order: .big)
        inner.writeFiles(1, longest: 300)
        var flash = SimulatedFlash(eraseSize: 16384)
        flash.writeFiles(10)
        let node = SimulatedFlash.inode(50, data: inner.bytes)
        flash.write(node)
        flash.writeFiles(10, first: 60)
        var bytes = flash.bytes
        let place = try #require(bytes.indices.first { bytes[$0...].starts(with: node) })
        bytes[place + 4] ^= 1
        #expect(try open(bytes).map(\.fileSystem.byteOrder) == [.little])
    }

    @Test func cleanmarkersInProgramsAreNoFileSystem() throws {
        for order in ByteOrder.allCases {
            for count in [1, 2] {
                var random = SimulatedFlash(eraseSize: 4096)
                var bytes = random.noise(24396)
                for _ in 0..<count { bytes += SimulatedFlash.cleanmarker(order) + random.noise(1700) }
                let error = #expect(throws: InputError.self) { _ = try open(bytes) }
                #expect(error?.description.contains("no JFFS2 in it") == true)
                // In front of a file system it is not where that begins.
                var flash = SimulatedFlash(eraseSize: 16384)
                flash.writeFiles(20)
                bytes += random.noise(32768 - bytes.count)
                let images = try open(bytes + flash.bytes)
                #expect(images.map(\.range.lowerBound) == [32768])
                #expect(images.first?.eraseSize.bytes == 16384)
            }
        }
    }

    @Test func flashWithNothingButCleanmarkersIsAnEmptyFileSystem() throws {
        var flash = SimulatedFlash(eraseSize: 65536)
        flash.erase(blocks: 6)
        let images = try open(flash.bytes)
        #expect(images.map(\.range) == [0..<6 * 65536])
        #expect(images.first?.eraseSize.bytes == 65536)
    }

    /// A stranger's file of nothing but cleanmarkers takes as long for each of many as for each of few.
    @Test func timeForCleanmarkersIsLinear() {
        func seconds(_ count: Int) -> Double {
            let bytes = FileBytes([[UInt8]](repeating: SimulatedFlash.cleanmarker(), count: count).flatMap { $0 })
            return bytes.withBytes { bytes in
                let census = NodeCensus(bytes)
                #expect(census.sightings.count == count)
                return (0..<3).map { _ in threadSeconds { _ = LoneCleanmarker.isAll(census, of: bytes) } }.min() ?? 0
            }
        }
        let small = seconds(10_000) / 10_000
        let large = seconds(300_000) / 300_000
        // Thirty times as long if it were not.
        #expect(large < 5 * small, "\(small * 1e9) ns each of 10,000, \(large * 1e9) ns each of 300,000")
    }
}
