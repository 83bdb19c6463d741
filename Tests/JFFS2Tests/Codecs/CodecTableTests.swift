import JFFS2
import Testing

@Suite struct CodecTableTests {
    @Test func eachCodecStandsInTheTableOnceAndUnderOneName() {
        #expect(Set(Codec.all.map(\.compression)).count == Codec.all.count)
        #expect(Set(Codec.all.map(\.name)).count == Codec.all.count)
        #expect(Codec.of(.zlib)?.name == "zlib")
        #expect(Codec.of(.lzmaWithProperties)?.name == "lzma-props")
        #expect(Codec.of(Compression(rawValue: 9)) == nil)
        #expect("\(Compression(rawValue: 9))" == "unknown 9")
    }

    /// The order decides between results of one size.
    @Test func zlibIsTriedFirst() {
        #expect(Codec.writable.map(\.name).starts(with: ["zlib", "rtime", "lzo"]))
    }

    @Test func usersChooseAmongLZOLZMAZlibAndRtime() {
        #expect(Codec.ranked.map(\.name) == ["lzo", "lzma", "zlib", "rtime"])
        #expect(Codec.ranked.filter(\.isUsedByDefault).map(\.name) == ["zlib", "rtime"])
    }

    @Test func linuxKnowsAllButCopyAndLZMA() {
        let unknown = Codec.all.filter { !$0.compression.isKnownToLinux }.map(\.name)
        #expect(Set(unknown) == ["copy", "lzma", "lzma-props"])
    }
}
