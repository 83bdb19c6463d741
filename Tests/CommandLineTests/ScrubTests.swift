import TestSupport
import Testing

@Suite struct ScrubCommandTests {
    private let image = Checkout.path("TestImages/sys_demo")

    @Test func takesNamedPlacesOut() throws {
        let folder = try Scratch()
        let output = folder("clean")
        let done = try Tool.run("scrub", image, "-o", output, "--empty", "/etc/back.bin", "--delete", "/etc/init.d")
        #expect(done.status == 0)
        let list = try Tool.run("ls", "-R", output)
        #expect(list.status == 0)
        #expect(String(decoding: list.standardOutput, as: UTF8.self).contains("etc/back.bin"))
        #expect(!String(decoding: list.standardOutput, as: UTF8.self).contains("init.d"))
    }

    @Test func aPathThatIsNotThereIsAnErrorAndNothingIsWritten() throws {
        let folder = try Scratch()
        let done = try Tool.run("scrub", image, "-o", folder("clean"), "--delete", "/etc/nothing")
        #expect(done.isOneLine(2, "/etc/nothing", "not in the image"))
        #expect(try folder.names.isEmpty)
    }
}
