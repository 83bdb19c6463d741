import Foundation
import TestSupport
import Testing

/// jffs2dump, jffs2reader, sumtool, mkimage and dumpimage beside the real ones (JFFS2_PEERS): the same text and the same status,
/// but for the corrections that their manual pages list, which have a test each.
@Suite(.enabled(if: DropInNames.hasPeers)) struct DropInListingTests {
    private let names: DropInNames
    private var scratch: Scratch { names.scratch }

    init() throws { names = try DropInNames() }

    // MARK: - jffs2dump

    @Test(arguments: DropInNames.testImages) func jffs2dumpListsTheNodesInTheSameWords(_ name: String) throws {
        let image = Checkout.path("TestImages/\(name)")
        for options in ["-c", "-cv", "-c -b", "-cv --littleendian"] {
            let arguments = DropInNames.words(options) + [image]
            // The sum over a node that is cut off: the original's is over memory behind the image, another one each time.
            if name == "bad-truncated-in-node.jffs2" {
                func lines(_ output: Program.Output) -> [Substring] {
                    output.text.split(separator: "\n").filter { !$0.hasPrefix("Wrong data_crc at  0x000022e8") }
                }
                #expect(try lines(names.run("jffs2dump", arguments)) == lines(names.real("jffs2dump", arguments)))
            } else {
                #expect(try names.difference("jffs2dump", arguments) == nil)
            }
        }
    }

    @Test(arguments: ["append-4k", "churn-be-16k", "xattr-32k-zlib-s1017", "names-be-16k-none", "links-beold-16k"])
    func jffs2dumpListsFlashesOfTheKernelInTheSameWords(_ source: String) throws {
        for flash in try RecordedFlash.read("\(source).tar.xz") {
            let image = try scratch.write(flash.name, flash.image)
            for options in ["-cv", "-cv -b"] {
                #expect(try names.difference("jffs2dump", DropInNames.words(options) + [image]) == nil)
            }
        }
    }

    @Test func jffs2dumpTakesTheSameArguments() throws {
        try scratch.write("image", [UInt8](repeating: 0xff, count: 4096))
        for line in [
            "-c image", "--cont image", "image", "-c nothing", "-c -d 512 -o 512 image", "-bc image", "-c -l -- image",
        ] {
            #expect(try names.difference("jffs2dump", DropInNames.words(line)) == nil)
        }
        for (line, status) in [
            ("-Z", 1), ("--foo", 1), ("-e", 1), ("", 0), ("image image", 0), ("-h", 0), ("-V", 0), ("--e", 1),
        ] as [(String, Int32)] {
            #expect(try names.run("jffs2dump", line).status == status, "\(line)")
            #expect(try names.real("jffs2dump", DropInNames.words(line)).status == status, "\(line)")
        }
        // A file that cannot be written is a failure; the original ends with 0.
        #expect(try names.run("jffs2dump", "-e none/out image").status == 1)
        // Its -r has a value in the long form only, which it ignores.
        #expect(try names.run("jffs2dump", "-c --recalccrc image").status == 0)
    }

    @Test(arguments: DropInNames.imageOptions) func jffs2dumpConvertsWhatMkfsMadeToTheSameBytes(_ options: String)
        throws
    {
        try names.makeSmallTree()
        _ = try names.real("mkfs.jffs2", DropInNames.words("\(options) -r root -o image")).checked()
        let order = options.hasPrefix("-b") ? "-b" : "-l"
        for more in ["", " -r", " -c"] {
            try scratch.shell("rm -f ours theirs")
            let ours = try names.run("jffs2dump", "\(order)\(more) -e ours image").checked()
            let theirs = try names.real("jffs2dump", DropInNames.words("\(order)\(more) -e theirs image")).checked()
            #expect(ours.text == theirs.text)
            #expect(try scratch.read("ours") == scratch.read("theirs"))
        }
    }

    // MARK: - jffs2reader

    /// The original leaves out the first entry of the root folder, and shows sizes and modes of a file's first node: here, each has
    /// one node, and the first entry is an empty folder.
    @Test(
        arguments: DropInNames.imageOptions.filter { $0.hasPrefix("-l") } + [
            "-l -e 8KiB", "-l -e 512KiB", "-l -y 80:rtime", "-l -P", "-l -U", "-l -i root.img",
        ])
    func jffs2readerListsInTheSameWords(_ options: String) throws {
        try names.makeSmallTree()
        try scratch.shell("rmdir root/first; mkdir root/a")
        let isIncrement = options.contains("-i ")
        if isIncrement { try scratch.shell("mkdir before; mkfs.jffs2 -l -r before -o root.img") }
        _ = try names.real("mkfs.jffs2", DropInNames.words("\(options) -r root -o image")).checked()
        func isFirst(_ line: Substring) -> Bool { line.hasSuffix(" /a/") }
        for zone in ["UTC", "America/New_York"] {
            for line in ["image", "image -t", "image -d /", "image -d www -t", "image -r -d etc", "image -d /pages"] {
                let arguments = DropInNames.words(line)
                let (ours, theirs) = try (
                    names.run("jffs2reader", arguments, zone: zone), names.real("jffs2reader", arguments, zone: zone)
                )
                // It decompresses no rtime, so it has no targets of links then, but those are not compressed.
                #expect(ours.status == theirs.status && ours.status == 0)
                let lines = ours.text.split(separator: "\n").filter { !isFirst($0) }
                #expect(lines == theirs.text.split(separator: "\n").filter { !isFirst($0) }, "\(line)")
            }
        }
        for line in [
            "image -f /etc/passwd", "image -f link", "image -f /etc", "image -f nothing", "image -d nothing", "none",
            "-Z", "image -d",
        ] {
            #expect(try names.difference("jffs2reader", DropInNames.words(line)) == nil)
        }
    }

    @Test func jffs2readerShowsWhatLinuxShows() throws {
        let output = try names.run("jffs2reader", [Checkout.path("TestImages/good-big-endian.jffs2"), "-t"]).checked()
        #expect(output.text.contains("/app/rmm \n"))
        let whole = try Tool.run("cat", Checkout.path("TestImages/home_demo"), "/app/rmm").checked()
        let read = try names.run("jffs2reader", [Checkout.path("TestImages/home_demo"), "-f", "/app/rmm"]).checked()
        #expect(read.standardOutput == whole.standardOutput && read.standardOutput.count == 120_000)
        // Damage is named, and a file that lacks something is no success.
        let damaged = Checkout.path("TestImages/bad-data-crc.jffs2")
        #expect(try names.run("jffs2reader", [damaged]).messages.contains("wrong data CRC"))
        #expect(try names.run("jffs2reader", [damaged, "-f", "/etc/conf"]).status == 1)
        #expect(try names.run("jffs2reader", [Checkout.path("TestImages/bad-noise.jffs2")]).status == 255)
    }

    // MARK: - sumtool

    @Test(arguments: DropInNames.imageOptions.filter { !$0.contains("-c ") })
    func sumtoolMakesAnImageOfTheSameFiles(_ options: String) throws {
        try names.makeSmallTree()
        try scratch.write("root/www/large", DropInNames.noise(150_000))
        _ = try names.real("mkfs.jffs2", DropInNames.words("\(options) -r root -o image")).checked()
        var sum = [options.hasPrefix("-b") ? "--bigendian" : "--littleendian"]
        if let place = DropInNames.words(options).firstIndex(of: "-e") {
            sum += ["-e", DropInNames.words(options)[place + 1]]
        }
        if options.contains("-n") { sum.append("-n") }
        for more in [[], ["-p"]] {
            let arguments = sum + more + ["-i", "image", "-o"]
            let theirs = try names.real("sumtool", arguments + ["theirs"])
            let ours = try names.run("sumtool", arguments + ["ours"])
            #expect(ours.status == theirs.status && ours.standardOutput == theirs.standardOutput)
            guard theirs.status == 0 else { continue }
            let listings = try ["ours", "theirs", "image"].map {
                try Tool.run("ls", "-R", $0, in: scratch).checked().text
            }
            #expect(listings[0] == listings[1] && listings[0] == listings[2])
        }
    }

    // MARK: - mkimage and dumpimage

    @Test(arguments: ["standalone", "kernel", "ramdisk", "multi", "firmware", "script", "filesystem", "kernel_noload"])
    func mkimageMakesAndListsTheSameImages(_ type: String) throws {
        try scratch.write("data", DropInNames.noise(3001))
        try scratch.write("more", DropInNames.noise(778))
        let files = type == "multi" || type == "script" ? "data:more" : "data"
        for fields in [
            "-A arm -C none", "-A mips -C lzma -O netbsd -a 80008000", "-A arm64 -C gzip -a 0x10 -e 20", "-A ppc",
        ] {
            for zone in ["UTC", "America/New_York"] {
                let line = DropInNames.words("\(fields) -T \(type) -n \(type)-name -d \(files)")
                let theirs = try names.real("mkimage", line + ["theirs"], zone: zone).checked()
                let ours = try names.run("mkimage", line + ["ours"], zone: zone).checked()
                // Of a script with several files the original prints where they are in its memory.
                func lines(_ output: Program.Output) -> [Substring] {
                    output.text.split(separator: "\n").filter { !$0.hasPrefix("    Offset = ") }
                }
                #expect(lines(ours) == lines(theirs))
                #expect(try scratch.read("ours") == scratch.read("theirs"))
                for tool in ["mkimage", "dumpimage"] {
                    let listings = try (
                        names.run(tool, ["-l", "ours"], zone: zone), names.real(tool, ["-l", "ours"], zone: zone)
                    )
                    #expect(lines(listings.0) == lines(listings.1) && listings.0.status == listings.1.status)
                }
                for position in ["0", "1"] {
                    let part = ["-T", type, "-p", position, "-o"]
                    _ = try names.real("dumpimage", part + ["their-part", "ours"]).checked()
                    _ = try names.run("dumpimage", part + ["our-part", "ours"]).checked()
                    #expect(try scratch.read("our-part") == scratch.read("their-part"))
                }
            }
        }
    }

    @Test func mkimageTakesTheSameArguments() throws {
        try scratch.write("data", DropInNames.noise(3001))
        try scratch.write("empty", [])
        try scratch.write("room", [UInt8](repeating: 0xff, count: 64) + DropInNames.noise(500))
        for line in [
            "-d data o", "-A foo -d data o", "-A list", "-T list", "-C list", "-O list", "-d none o", "-d data", "-l",
            "-l none", "-a zz -d data o", "-e zz -d data o", "-Z", "-d empty o", "-T multi -d data:none o",
            "-d data none/o", "-A arm", "-A arm -T multi -d data: o", "-A ARM -d data o", "-A 2 -d data o",
            "-A ppc -T KERNEL -d data o", "-A arm -d data o more", "-s -n x -d data o", "-q -A arm -d data o",
            "-v -A arm -d data o", "-x -A arm -a 8000 -d data o", "-x -A arm -C none -a 8000 -d room o",
            "-x -A arm -a 8000 -e 8000 -d room o", "-n 0123456789012345678901234567890123 -d data o",
            "-Aarm -Tkernel -ddata -nfoo o", "-q -l o", "-R foo -d data o", "-A arm -d data:data o",
        ] { #expect(try names.difference("mkimage", DropInNames.words(line)) == nil) }
        for line in [
            "-l o", "-l none", "-T kernel o", "-T kernel -o part o", "-T kernel -p x -o part o", "-T list",
            "-T foo -l o",
            "-T kernel -o none/part o", "-h", "-Z", "", "-l",
        ] { #expect(try names.difference("dumpimage", DropInNames.words(line)) == nil) }
    }

    @Test func mkimageSaysWhatIsWrongWhereTheRealOneSeesSomethingElse() throws {
        try scratch.write("data", DropInNames.noise(3001))
        _ = try names.run("mkimage", "-A arm -C none -n x -d data image").checked()
        var image = try scratch.read("image")
        try scratch.write("padded", image + [UInt8](repeating: 0xff, count: 500))
        let padded = try names.run("mkimage", "-l padded").checked()
        #expect(padded.text == (try names.run("mkimage", "-l image").text) && padded.messages.contains("500 bytes"))
        image[100] ^= 1
        try scratch.write("flipped", image)
        let flipped = try names.run("mkimage", "-l flipped")
        #expect(flipped.status == 255 && flipped.text.hasPrefix("Image Name:   x") && flipped.messages.contains("CRC"))
        #expect(try names.run("dumpimage", "-p 0 -o part flipped").status == 255)
        #expect(try names.run("mkimage", "-l data").status == 255)
        try scratch.write("short", image.prefix(40))
        #expect(try names.run("mkimage", "-l short").status == 1)
        #expect(try names.run("mkimage", "-f auto -d data fit").status == 1)
        #expect(try !scratch.names.contains("part"))
    }
}
