import FlashBytes
import JFFS2
import Testing

/// Lists that Linux 6.1 was given by `setxattr`, returned by `getxattr`, and stored in between.
@Suite struct AccessControlListTests {
    struct Example: Sendable {
        let host: String
        let little: String
        let big: String
    }

    static let examples = [
        // Owner, user 1000, group, group 66051, mask, others.
        Example(
            host: "02000000 01000600ffffffff 02000600e8030000 04000400ffffffff 0800050002010100 10000600ffffffff"
                + " 20000400ffffffff",
            little: "01000000 01000600 02000600e8030000 04000400 0800050002010100 10000600 20000400",
            big: "00000001 00010006 00020006000003e8 00040004 0008000500010102 00100006 00200004"),
        Example(
            host: "02000000 01000700ffffffff 04000500ffffffff 20000500ffffffff",
            little: "01000000 01000700 04000500 20000500", big: "00000001 00010007 00040005 00200005"),
    ]

    @Test(arguments: examples) func hostAndFlashFormsOfAnACLAreThoseOfTheKernel(example: Example) throws {
        let fromHost = try #require(AccessControlList(host: bytes(example.host)))
        #expect(fromHost.flashValue(.little) == bytes(example.little))
        #expect(fromHost.flashValue(.big) == bytes(example.big))
        let fromLittle = try #require(AccessControlList(flash: bytes(example.little), .little))
        #expect(fromLittle == fromHost)
        let fromBig = try #require(AccessControlList(flash: bytes(example.big), .big))
        #expect(fromBig.hostValue == bytes(example.host))
    }

    @Test(arguments: examples) func brokenACLsAreRefused(example: Example) {
        let host = bytes(example.host)
        let flash = bytes(example.little)
        // The other byte order shows in the version.
        #expect(AccessControlList(flash: flash, .big) == nil)
        #expect(AccessControlList(host: flash) == nil)
        for cut in 0..<host.count where cut % 8 != 4 { #expect(AccessControlList(host: Array(host[..<cut])) == nil) }
        for cut in 0..<flash.count where cut % 4 != 0 {
            #expect(AccessControlList(flash: Array(flash[..<cut]), .little) == nil)
        }
        var unknownTag = flash
        unknownTag[4] = 3
        #expect(AccessControlList(flash: unknownTag, .little) == nil)
    }

    private func bytes(_ text: String) -> [UInt8] {
        let digits = text.filter { $0 != " " }.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
