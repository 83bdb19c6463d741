import FileTree
import FlashBytes
import JFFS2
import TestSupport
import Testing

/// The check that follows each build: silent on what is right, and loud on everything else.
@Suite struct BuildCheckTests {
    static let ways: [BuildRoundTripTests.Flash] =
        BuildRoundTripTests.flashes + [
            BuildRoundTripTests.Flash(codecs: [.lzo]), BuildRoundTripTests.Flash(order: .big, eraseSize: 12288),
        ]

    private static func configuration(_ flash: BuildRoundTripTests.Flash, compatible: Bool = false)
        -> ImageConfiguration
    {
        var configuration = ImageConfiguration()
        flash.apply(&configuration)
        configuration.isCompatible = compatible
        return configuration
    }

    private static func problems(
        _ image: [UInt8], _ tree: FileTree, _ report: BuildReport, _ configuration: ImageConfiguration
    ) -> [String] {
        BuildCheck.problems(of: ByteRegion(image), against: tree, configuration, report: report)
    }

    @Test(arguments: ways) func theCheckFindsNothingInARightImage(_ flash: BuildRoundTripTests.Flash) throws {
        let tree = sampleTree()
        for jobs in [1, 3] {
            let (image, report) = try build(tree) {
                flash.apply(&$0)
                $0.jobs = jobs
            }
            var configuration = Self.configuration(flash)
            configuration.jobs = jobs
            #expect(Self.problems(image, tree, report, configuration) == [])
        }
    }

    @Test(arguments: [ImageConfiguration.Times.fixed(5), .notAfter(1_000_000_000), .asTheyAre])
    func theCheckFindsNothingInAnImageWithTheTimesOfMkfs(_ times: ImageConfiguration.Times) throws {
        let tree = sampleTree()
        var configuration = Self.configuration(
            BuildRoundTripTests.Flash(codecs: [.zlib, .rtime], selection: .priority))
        configuration.isCompatible = true
        configuration.times = times
        let (image, report) = try build(tree) { $0 = configuration }
        #expect(Self.problems(image, tree, report, configuration) == [])
        configuration.isCompatible = false
        let (own, ownReport) = try build(tree) { $0 = configuration }
        #expect(Self.problems(own, tree, ownReport, configuration) == [])
        configuration.times = .fixed(6)
        #expect(!Self.problems(own, tree, ownReport, configuration).isEmpty)
    }

    /// A wrong bit anywhere in a node, or where nothing should be.
    @Test(arguments: [false, true]) func theCheckSeesEveryWrongBit(summaries: Bool) throws {
        let tree = sampleTree(large: 1500)
        let flash = BuildRoundTripTests.Flash(eraseSize: 8192, summaries: summaries)
        let configuration = Self.configuration(flash)
        let (image, report) = try build(tree) { $0 = configuration }
        #expect(Self.problems(image, tree, report, configuration) == [])
        let system = FileSystem(ByteRegion(image), byteOrder: .little, eraseSize: 8192, usingSummaries: false)
        var random = SplitMix64(seed: 11)
        var seen = 0
        for node in system.scan.nodes where node.type != .padding {
            // What pads an xattr node is counted in, but covered by no sum.
            let size = Int(node.totalLength) - (node.type == .xattr ? 3 : 0)
            for _ in 0..<2 {
                let place = Int(node.offset) + Int.random(in: 0..<size, using: &random)
                var broken = image
                broken[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                #expect(!Self.problems(broken, tree, report, configuration).isEmpty, "\(node.type) node, byte \(place)")
                seen += 1
            }
        }
        #expect(seen > 300)
    }

    @Test func theCheckSeesEveryMissingBlockAndEveryCut() throws {
        let tree = sampleTree(large: 30_000)
        let configuration = Self.configuration(BuildRoundTripTests.Flash(eraseSize: 8192))
        let (image, report) = try build(tree) { $0 = configuration }
        for start in stride(from: 0, to: image.count, by: 8192) {
            let end = min(start + 8192, image.count)
            var erased = image
            erased.replaceSubrange(start..<end, with: repeatElement(0xff, count: end - start))
            #expect(!Self.problems(erased, tree, report, configuration).isEmpty)
            #expect(!Self.problems(Array(image[..<(end - 1)]), tree, report, configuration).isEmpty)
            // Once more, behind the rest.
            let padding = [UInt8](repeating: 0xff, count: (8192 - image.count % 8192) % 8192)
            let twice = image + padding + image[start..<end]
            #expect(!Self.problems(twice, tree, report, configuration).isEmpty)
        }
    }

    /// What is whole, but not what was asked for.
    @Test func theCheckSeesEveryDifferenceOfTheTree() throws {
        let tree = sampleTree(large: 9000)
        let configuration = Self.configuration(BuildRoundTripTests.Flash())
        let (_, report) = try build(tree) { $0 = configuration }
        func id(_ path: String) throws -> InodeID {
            try #require(tree.find(FilePathBytes(path.split(separator: "/").map { FileName(String($0)) })))
        }
        let etc = try id("etc")
        let data = try id("data")
        let text = try id("data/text")
        let passwd = try id("etc/passwd")
        let changes: [(String, (inout FileTree) throws -> Void)] = [
            ("a mode", { $0[text].metadata.permissions ^= 1 }), ("an owner", { $0[etc].metadata.owner += 1 }),
            ("a group", { $0[text].metadata.group += 1 }), ("a time", { $0[text].metadata.modificationTime += 1 }),
            ("a folder's time", { $0[data].metadata.modificationTime += 1 }),
            ("an access time", { $0[text].metadata.accessTime += 1 }),
            (
                "a byte",
                { tree in
                    guard case .regular(let contents) = tree[text].payload else { return }
                    var bytes = try contents.readAll()
                    bytes[5000] ^= 1
                    tree[text].payload = .regular(MemoryContents(bytes))
                }
            ),
            (
                "a byte more",
                { tree in
                    guard case .regular(let contents) = tree[text].payload else { return }
                    tree[text].payload = .regular(MemoryContents(try contents.readAll() + [1]))
                }
            ),
            (
                "a zero more at the end of a hole",
                { tree in
                    let holes = try id("data/zeros")
                    tree[holes].payload = .regular(MemoryContents([UInt8](repeating: 0, count: 20_002)))
                }
            ),
            ("a target", { $0[try id("etc/link")].payload = .symbolicLink(Array("../etc/passwe".utf8)) }),
            ("a device", { $0[try id("dev/console")].payload = .characterDevice(DeviceNumber(major: 5, minor: 2)) }),
            ("a kind", { $0[try id("dev/fifo")].payload = .socket }),
            ("a name less", { $0.unlink("text", from: data) }),
            ("a hard link less", { $0.unlink("passwd-", from: etc) }),
            ("a name more", { $0.link(passwd, name: "zzz", to: data) }),
            (
                "another name",
                { tree in
                    tree.unlink("text", from: data)
                    tree.link(text, name: "texu", to: data)
                }
            ),
            (
                "two names changed over",
                { tree in
                    tree.link(passwd, name: "text", to: data)
                    tree.link(text, name: "passwd", to: etc)
                }
            ),
            ("no attributes", { $0[passwd].metadata.extendedAttributes = [] }),
            ("another value", { $0[passwd].metadata.extendedAttributes[0].value.append(1) }),
            (
                "an attribute more",
                { tree in
                    let attribute = ExtendedAttribute(name: Array("user.x".utf8), value: [1])
                    tree[text].metadata.extendedAttributes = [attribute]
                }
            ),
        ]
        for (what, change) in changes {
            var other = tree
            try change(&other)
            let (image, otherReport) = try build(other) { $0 = configuration }
            #expect(Self.problems(image, other, otherReport, configuration) == [], "\(what)")
            #expect(!Self.problems(image, tree, report, configuration).isEmpty, "\(what)")
        }
    }

    @Test func problemsAreToldAsSentencesAndTheirNumberIsLimited() throws {
        let tree = sampleTree(large: 1000)
        let configuration = Self.configuration(BuildRoundTripTests.Flash())
        let (image, report) = try build(tree) { $0 = configuration }
        var broken = image
        let place = try #require(broken.indices.first { broken[$0...].starts(with: Array("size4097".utf8)) })
        broken[place] = 0x71
        let problems = Self.problems(broken, tree, report, configuration)
        #expect(
            problems.contains { $0.contains("wrong name CRC") }
                && problems.contains("/etc: 'size4097' was not read back")
        )
        let nothing = Self.problems([], tree, report, configuration)
        #expect(nothing.count == 10 && nothing.first == "/: no node of it was read back")
    }
}
