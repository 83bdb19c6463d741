import Foundation
import RestoreKit
import TestSupport
import Testing

struct KitTests {
    private let directory: Scratch
    private let sys = Checkout.path("TestImages/sys_demo.swapped")
    private let home = Checkout.path("TestImages/home_demo")

    init() throws { directory = try Scratch() }

    private func image(_ path: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: URL(filePath: path))) }

    @Test func mStarTakesImagesAsTheyAre() throws {
        let output = try Tool.run(
            "kit", "yi-hack-mstar", "--id", "y203c", "sys=\(sys)", "home=\(home)", "-d", "kit", in: directory
        ).checked()
        #expect(output.text.contains("kit/sys_y203c: 1.9 MiB"))
        #expect(try directory.read("kit/sys_y203c") == image(sys))
        #expect(try directory.read("kit/home_y203c") == image(home))
        let sums = try Program.run("sha256sum", ["-c", "SHA256SUMS"], in: directory("kit")).checked()
        #expect(sums.text == "sys_y203c: OK\nhome_y203c: OK\n")
        let text = String(decoding: try directory.read("kit/README.txt"), as: UTF8.self)
        #expect(text.contains("Put the files into the root of an SD card"))
        #expect(text.contains("ok  size: 1966080 of the partition's 1966080 bytes"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory("kit")).count == 4)
    }

    @Test(arguments: [
        ("yi-hack-v3", "h20", "home_h20", "0001-hi3518-home"), ("yi-hack-v4", "y18", "home_y18", "0001-hi3518-home"),
        ("yi-hack-allwinner", "y20ga", "home_y20ga", "xiaoyi-home"),
        ("yi-hack-allwinner", "y21ga", "backup_y21ga", "xiaoyi-backup"),
        ("yi-hack-allwinner-v2", "y21ga", "backup_y21ga", "xiaoyi-backup"),
    ])
    func theHeadersOfAKitAreThoseOfMkimage(profile: String, id: String, file: String, name: String) throws {
        let environment = ["SOURCE_DATE_EPOCH": "1700000000"]
        let part = file.prefix { $0 != "_" }
        var image = home
        if part == "backup" {
            // As the family has it: erase blocks of 4 KiB.
            try FileManager.default.createDirectory(atPath: directory("t"), withIntermediateDirectories: true)
            try directory.write("t/init.sh", Array("x\n".utf8))
            _ = try Tool.run(
                "repack", "-r", "t", "-e", "4096", "-p0x130000", "-l", "-o", "backup.img", in: directory
            ).checked()
            image = directory("backup.img")
        }
        let output = try Tool.run(
            "kit", profile, "--id", id, "\(part)=\(image)", "--size", "\(part)=0xb80000", "-d", "kit",
            environment: environment, in: directory
        ).checked()
        #expect(output.messages.isEmpty)
        _ = try Program.run(
            "mkimage",
            [
                "-A", "arm", "-O", "linux", "-T", "filesystem", "-C", "none", "-a", "0", "-e", "0", "-n", name, "-d",
                image, "expected",
            ], environment: environment, in: directory.path
        ).checked()
        #expect(try directory.read("kit/\(file)") == directory.read("expected"))
    }

    /// Blocks smaller than the device's are no harm, whoever made them.
    @Test func eraseBlocksSmallerThanTheDevicesAreAWarning() throws {
        let small = Checkout.path("TestImages/lived-camera-16k.jffs2")
        for more in [[], ["--like", "home=\(small)"]] {
            let output = try Program.run(
                Tool.path,
                ["kit", "yi-hack-allwinner", "--id", "y20ga", "home=\(small)", "-d", "kit-\(more.count)"] + more,
                in: directory.path
            ).checked()
            #expect(
                output.messages.contains("warning: home_y20ga: erase size: 16 KiB, but these devices have 64 KiB"),
                "\(output.messages)")
        }
    }

    /// The user's own dump has its words reversed; whoever follows the text must not write it as it is.
    @Test func readMeWarnsOfReversedWords() throws {
        let dumped = Checkout.path("TestImages/sys_demo")
        try directory.write("my_dump", image(dumped))
        _ = try Tool.run(
            "kit", "yi-hack-mstar", "--id", "y203c", "sys=my_dump", "--swap", "-d", "kit", in: directory
        ).checked()
        let text = String(decoding: try directory.read("kit/README.txt"), as: UTF8.self)
        #expect(text.contains("NEVER put my_dump itself onto the card"))
        #expect(text.contains("sys_y203c is the same with the words put right"))
        // And the general advice about backups says it too.
        #expect(text.contains("not a dump whose words are reversed"))
        _ = try Tool.run("kit", "yi-hack-mstar", "--id", "y203c", "home=\(home)", "-d", "plain", in: directory)
            .checked()
        let plain = String(decoding: try directory.read("plain/README.txt"), as: UTF8.self)
        #expect(!plain.contains("NEVER") && plain.contains("not a dump whose words are reversed"))
    }

    @Test func aKitGoesIntoAnEmptyDirectoryOrCardAndReplacesWithForceOnly() throws {
        func kit(_ arguments: String...) throws -> Program.Output {
            try Program.run(
                Tool.path, ["kit", "yi-hack-mstar", "--id", "y203c", "home=\(home)", "-d", "card", "-q"] + arguments,
                in: directory.path)
        }
        try FileManager.default.createDirectory(
            atPath: directory("card/System Volume Information"), withIntermediateDirectories: true)
        try directory.write("card/.Trashes", [])
        _ = try kit().checked()
        #expect(try directory.read("card/home_y203c") == image(home))
        // Now it is not empty.
        try directory.write("card/home_y203c", [1])
        #expect(try kit().isOneLine(2, "card: not empty: there is 'README.txt' and 2 more", "-f"))
        #expect(try directory.read("card/home_y203c") == [1])
        try directory.write("card/sys_y28ga", [2])
        let forced = try kit("-f").checked()
        #expect(forced.messages.contains("warning: card/sys_y28ga is there as well"))
        #expect(try directory.read("card/home_y203c") == image(home))
        #expect(try directory.read("card/sys_y28ga") == [2])
        try directory.write("file", [])
        let file = try Tool.run("kit", "plain", "image=\(home)", "-d", "file", "-f", in: directory)
        #expect(file.isOneLine(2, "file: exists already"))
    }

    @Test func shownProfileSaysWhereTheSizeComesFrom() throws {
        let shown = try Tool.run("kit", "yi-hack-v3", "--show", in: directory).checked()
        #expect(
            shown.text.contains(
                """


                # Partition sizes differ; --like checks against your backup, --size against what your boot log says.
                [home]
                file = home_{id}

                """))
        #expect(shown.text.count { $0 == "#" } == 1)
    }

    /// A profile that was written with another system.
    @Test func aProfileInUTF16WithCRLFIsRead() throws {
        let shown = try Tool.run("kit", "yi-hack-mstar", "--show", in: directory).checked()
        let text = "\u{feff}" + shown.text.replacing("\n", with: "\r\n")
        try directory.write("own", text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] })
        _ = try Tool.run("kit", "own", "--id", "y203c", "home=\(home)", "-d", "kit", in: directory).checked()
        #expect(try directory.read("kit/home_y203c") == image(home))
    }

    @Test func partsAreToldByTheNamesOfTheFiles() throws {
        try directory.write("home_y203c", image(home))
        try directory.write("sys_mine.backup", image(sys))
        _ = try Tool.run(
            "kit", "yi-hack-mstar", "--id", "y203c", "home_y203c", "sys_mine.backup", "--like", "sys_mine.backup", "-d",
            "kit", in: directory
        ).checked()
        #expect(try directory.read("kit/home_y203c") == image(home))
        #expect(try directory.read("kit/sys_y203c") == image(sys))
        _ = try Tool.run("kit", "plain", home, "--like", home, "-d", "one", in: directory).checked()
        #expect(try directory.read("one/image.jffs2") == image(home))
        try directory.write("home.sys_x", image(home))
        for name in ["homely", "other"] {
            #expect(try Tool.run("kit", "yi-hack-mstar", "--id", "x", name, "-d", "no", in: directory).status == 64)
        }
    }

    @Test func directoryIsPackedForTheProfile() throws {
        _ = try Tool.run("unpack", home, "-d", "root", in: directory).checked()
        _ = try Tool.run("kit", "yi-hack-mstar", "--id", "y203c", "home=root", "-d", "kit", in: directory).checked()
        let ours = try Tool.run("ls", "-R", "kit/home_y203c", in: directory).checked()
        #expect(try ours.text == Tool.run("ls", "-R", home, in: directory).checked().text)
        #expect(try Tool.run("info", "kit/home_y203c", in: directory).checked().text.contains("little-endian"))
    }

    @Test func plainAndOwnProfilesAreTakenAndBrokenOnesRefused() throws {
        _ = try Tool.run("kit", "plain", "image=\(home)", "-d", "kit", in: directory).checked()
        #expect(try directory.read("kit/image.jffs2") == image(home))
        let shown = try Tool.run("kit", "yi-hack-mstar", "--show", in: directory).checked()
        let own = shown.text.replacing("home_{id}", with: "data-{id}.img")
        try directory.write("own", Array(own.utf8))
        _ = try Tool.run("kit", "own", "--id", "y203c", "home=\(home)", "-d", "other", in: directory).checked()
        #expect(try directory.read("other/data-y203c.img") == image(home))
        try directory.write("broken", Array("[home]\nfile = a/b\n".utf8))
        #expect(try Tool.run("kit", "broken", "home=\(home)", "-d", "x", in: directory).isOneLine(2, "without '/'"))
        #expect(try Tool.run("kit", "nothing", "home=\(home)", "-d", "x", in: directory).isOneLine(2, "yi-hack-v3"))
    }

    /// By name, so that one that cannot be read fails under it.
    @Test(arguments: CameraProfile.builtIn.map(\.name)) func eachBuiltInProfileIsReadAndShownAndInTheHelp(name: String)
        throws
    {
        let builtIn = try #require(CameraProfile.builtIn.first { $0.name == name })
        let profile = try CameraProfile(name: name, text: builtIn.text)
        #expect(!profile.title.isEmpty && !profile.parts.isEmpty)
        let shown = try Tool.run("kit", name, "--show", in: directory).checked().text
        #expect(try CameraProfile(name: name, text: shown) == profile)
        let help = try Tool.run("kit", "--help", environment: ["COLUMNS": "1000"], in: directory).checked().text
        let list = try #require(help.firstMatch(of: /Profiles:([^;]*);/)?.output.1)
        #expect(list.split { ",".contains($0) || $0.isWhitespace }.contains(Substring(name)))
    }

    private func refused(_ sources: [String], _ reason: String, _ more: [String] = []) throws {
        let arguments = ["kit", "yi-hack-mstar", "--id", "y203c", "-d", "refused", "-q"] + sources + more
        let output = try Program.run(Tool.path, arguments, in: directory.path)
        #expect(output.status == 2 && output.messages.contains(reason), "\(output.messages)")
        #expect(try !directory.names.contains("refused"))
    }

    @Test func imagesThatWouldRuinADeviceAreRefused() throws {
        // One byte too large.
        try directory.write("large", image(sys) + [0xff])
        try refused(["sys=large"], "size: 1966081 bytes, 1 more than the partition's 1966080")
        // Words reversed, as dumped.
        let dumped = Checkout.path("TestImages/sys_demo")
        try refused(["sys=\(dumped)"], "word order: the words of")
        _ = try Tool.run(
            "kit", "yi-hack-mstar", "--id", "y203c", "sys=\(dumped)", "--swap", "-d", "kit", in: directory
        ).checked()
        #expect(try directory.read("kit/sys_y203c") == image(sys))
        // The other byte order, by profile and by the user's own backup.
        let big = Checkout.path("TestImages/good-big-endian.jffs2")
        try refused(["home=\(big)"], "byte order: big-endian, but these devices are little-endian")
        try directory.write("own", Array("[home]\nfile = home\n".utf8))
        let output = try Tool.run("kit", "own", "home=\(home)", "--like", "home=\(big)", "-d", "refused", in: directory)
        #expect(output.isOneLine(2, "byte order: little-endian, but the original", "is big-endian"))
        // Erase blocks larger than the device's: nodes would cross its blocks.
        _ = try Tool.run("unpack", home, "-d", "root", in: directory).checked()
        _ = try Tool.run("repack", "-r", "root", "-e", "128KiB", "-o", "wide", in: directory).checked()
        try refused(["home=wide"], "erase size: 128 KiB, but these devices have 64 KiB")
        // Damage.
        try refused(["home=\(Checkout.path("TestImages/bad-node-crc.jffs2"))"], "soundness: damaged")
        #expect(try !directory.names.contains("refused"))
    }

    @Test func ownBackupDecidesTheHeader() throws {
        let environment = ["SOURCE_DATE_EPOCH": "1700000000"]
        _ = try Tool.run(
            "uimage", "wrap", "-n", "0001-hi3518-home", "-A", "mips", "-d", home, "backup", environment: environment,
            in: directory
        ).checked()
        _ = try Tool.run(
            "kit", "yi-hack-v4", "--id", "y18", "home=\(home)", "--like", "home=backup", "-d", "kit",
            environment: environment, in: directory
        ).checked()
        #expect(try directory.read("kit/home_y18") == directory.read("backup"))
        let output = try Tool.run(
            "kit", "yi-hack-mstar", "--id", "y203c", "home=\(home)", "--like", "home=backup", "-d", "refused",
            in: directory)
        #expect(output.isOneLine(2, "header: no header, but the original has uImage '0001-hi3518-home', MIPS"))
    }

    @Test func wrongArgumentsOfKitAreRefused() throws {
        #expect(try Tool.run("kit", "yi-hack-mstar", "home=\(home)", "-d", "kit", in: directory).status == 64)
        #expect(try Tool.run("kit", "plain", "home=\(home)", "-d", "kit", in: directory).status == 64)
        #expect(try Tool.run("kit", "plain", "image=\(home)", in: directory).status == 64)
        #expect(try Tool.run("kit", "plain", "image=missing", "-d", "kit", in: directory).isOneLine(2, "missing"))
        _ = try Tool.run("kit", "plain", "image=\(home)", "-d", "kit", in: directory).checked()
        #expect(try Tool.run("kit", "plain", "image=\(home)", "-d", "kit", "-q", in: directory).status == 2)
    }
}
