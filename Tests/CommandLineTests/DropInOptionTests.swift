import Foundation
import TestSupport
import Testing

/// The options of mkfs.jffs2 2.1.5 and sumtool beside the real ones, in every spelling (JFFS2_PEERS).
@Suite(.enabled(if: ProcessInfo.processInfo.environment["JFFS2_PEERS"] != nil)) struct DropInOptionTests {
    /// What the drop-in does where the real tool does something.
    enum Outcome: String, CaseIterable {
        /// The same status and the same bytes (for sumtool: the same files).
        case same
        /// The real one goes on with a value that it misread; the drop-in refuses it.
        case refused
        /// The real one refuses it, or ignores the value; the drop-in does what is meant.
        case taken
    }

    private static let mkfs: [(Outcome, String)] = [
        (
            .same,
            """
            -s 0x100|-s 256|-s 100|-s 010000|-s 8192|-s 5000|--pagesize 512 -e 4096|--pagesize=1024
            -e 1MiB|-e 0x20000|-e 0200000|-e 0|-e foo|-e 16.5|-e 10000|-e 4095|-e 12KiB|-e 9|-e 16 -e 128
            -p|-p0x20000|--pad|--pad=0x20000|--pad=131072|-p0|-p0400000|-p -n|-n -p0x20000|--pad --no-cleanmarkers
            -c 8|-c 0x10|-c 020|-c 70000|-c 13|-n -c 16|-c 16 -n|--cleanmarker=20 --no-cleanmarkers|--clean=16
            -l -b|-b -l|--little-endian --big-endian|-lb|--little|--big|--no-clean
            -r root|-d root|--root=root|-o x -o y|-i base -i base|-i none|--incremental=base|-ibase|--inc base
            --eraseb=16KiB|--erase 16KiB|--er=16|--eraseblock 0x4000|--squash-u|--squash|--squ|--comp|--compr-mode=size
            --compression-mode=size|--compression-m size|-msize|-m none|-m foo|-m|--disable-compressor=zlib
            --disable zlib|-X foo|-x foo|-x lzo|-x zlib -x rtime|-x zlib -X zlib|-xzlib|-Xrtime -xzlib
            -y 70:rtime|-y foo:zlib|-y 0:zlib|-y -1:zlib|--compressor-priority=10:zlib|--compressor-p 70:rtime
            -t|--test-compression|--test|-v|-tv|-Z|--foo|-lZ|foo|foo bar|-- foo|-- -b|--|-e|-o|-N
            -f -D table|-f --devtable=table|-f --dev table|-D none|-o none/x|--with-xattr|--with-selinux --with-posix-acl
            --faketime|--fake|-f|-q -U -P|-lqfUP|-fqe16|--squash-perms|--squash-p|--squash-uids
            """
        ),
        (.refused, "-y 70|-y 70:foo|-s 0|-s -1|-s 4096x|-s 2000000|-e -5|-e 0x3001|-pfoo|-p-1|-c 12.7|-c 65535"),
        (.taken, "-s 4KiB|-e 16k|-e 64K|-e 64KB|-e 1M|-e 64kib|-p 0x20000|--pad 0x20000|-p1MiB|-L|--list-compressors"),
    ]

    private static let sumtool: [(Outcome, String)] = [
        (
            .same,
            """
            -i m.bin|-e 128 -i m.bin|-l -e 128KiB -i m.bin|--littleendian -e 128KiB -i m.bin|--bigendian -e 128KiB -i mb.bin
            --little -e 0x20000 -i m.bin|--big -e 128KiB -i mb.bin|-b -e 128KiB -i mb.bin|-l -b -e 128KiB -i mb.bin
            -n -e 16 -i mn.bin|-n -e 16KiB -i mn.bin -p|-e 128 -i m.bin --pad|-e 128 -i m.bin -p|-e 128 -p 0x100000 -i m.bin
            -e 128 -i m.bin -p0x100000|--erase=128KiB --inp=m.bin|--eraseblock 128KiB --input m.bin|-ve128 -im.bin
            -e 128 -i m.bin -c 16|-e 128 -i m.bin -c 8|-e 128 -i m.bin -c 020|-e 128 -i m.bin -n -c 16
            -c 16 -n -e 128 -i m.bin|-e 128 -i m.bin --cleanmarker=20|-e 128 -i m.bin --no-clean|-e foo -i m.bin
            -e 128 -i none|-i m.bin -i m.bin|-i m.bin -o S|-e 128||m.bin S|-e 128 -i m.bin --verbose|-e 128 -i m.bin more|-q -e 128 -i m.bin
            """
        ),
        (.taken, "-e 16k -i m16.bin|-e 128 -i m.bin --pad=0x100000"),
    ]

    private static func lines(_ table: [(Outcome, String)], _ outcome: Outcome) -> [String] {
        table.filter { $0.0 == outcome }.flatMap {
            $0.1.split(whereSeparator: { "|\n".contains($0) }).map(String.init)
        }
    }

    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        for name in ["bin", "root/d"] {
            try FileManager.default.createDirectory(atPath: scratch(name), withIntermediateDirectories: true)
        }
        for name in ["mkfs.jffs2", "sumtool"] {
            try FileManager.default.createSymbolicLink(
                atPath: scratch("bin/\(name)"), withDestinationPath: Tool.path)
        }
        var random = LinearCongruence(state: 6)
        try scratch.write("root/d/random", random.bytes(30_000))
        try scratch.write("root/text", Array(String(repeating: "hello ", count: 5000).utf8))
        try scratch.write("table", Array("/dev d 755 0 0\n/dev/a c 640 0 0 1 1 0 0 -   # comment\n".utf8))
        let commands = """
            mkfs.jffs2 -l -r root/d -o base; mkfs.jffs2 -l -e 128KiB -p -r root -o m.bin
            mkfs.jffs2 -b -e 128KiB -p -r root -o mb.bin; mkfs.jffs2 -l -n -e 16 -r root -o mn.bin
            mkfs.jffs2 -l -e 16 -r root -o m16.bin
            """
        _ = try Program.run("sh", ["-ec", commands], in: scratch.path).checked()
    }

    /// Runs both tools on each line; gives back the lines for which `test` fails in the shell, with both statuses.
    private func differences(_ tool: String, _ lines: [String], _ test: String) throws -> [String] {
        try scratch.write("lines", Array((lines.joined(separator: "\n") + "\n").utf8))
        let script = """
            run() { "$@" >out 2>err </dev/null; echo $?; }
            while read -r line; do
                case $1 in
                mkfs.jffs2) more="-s 4096 -r root"; case "$line" in "-r "*|"-d "*|--root*) more="-s 4096";; esac
                    real=$(run $1 $more $line); cp out real.out; ours=$(run bin/$1 $more $line); cp out ours.out;;
                sumtool) rm -f S; real=$(run $1 -o S $line); cp S real.bin 2>/dev/null || : >real.bin
                    rm -f S; ours=$(run bin/$1 -o S $line); cp S ours.bin 2>/dev/null || : >ours.bin
                    for which in real ours; do "$2" ls -lR $which.bin >$which.out 2>/dev/null; done;;
                esac
                \(test) || echo "$line: $real, $ours: $(head -1 err)"
            done <lines
            """
        let output = try Program.run("sh", ["-c", script, "sh", tool, Tool.path], in: scratch.path).checked()
        return output.text.split(separator: "\n").map(String.init)
    }

    @Test(arguments: ["mkfs.jffs2", "sumtool"]) func optionsMeanTheSameAsToTheRealTools(_ tool: String) throws {
        let table = tool == "sumtool" ? Self.sumtool : Self.mkfs
        let same = #"[ $real = $ours ] && { [ $real != 0 ] || cmp -s real.out ours.out; }"#
        #expect(Self.lines(table, .same).count >= 30)
        #expect(try differences(tool, Self.lines(table, .same), same) == [])
        #expect(try differences(tool, Self.lines(table, .refused), "[ $ours != 0 ]") == [])
        #expect(try differences(tool, Self.lines(table, .taken), "[ $ours = 0 ]") == [])
    }

    /// LZO's bytes are another encoder's, the files are the same.
    @Test(arguments: ["-X lzo", "-X lzo -x zlib -x rtime", "-X lzo -m size", "-X lzo -m favourlzo", "-X lzo -e 8 -n"])
    func lzoIsUsedWhereItIsAskedFor(_ options: String) throws {
        let arguments = ["-r", "root", "-f", "-o", "image"] + options.split(separator: " ").map(String.init)
        func codecs(_ program: String) throws -> (codecs: Set<Substring>, files: [String]) {
            _ = try Program.run(program, arguments, in: scratch.path).checked()
            let nodes = try Tool.run("dump", "image", in: scratch).checked().text
            let files = try [["ls", "-lR", "image"], ["cat", "image", "/text", "/d/random"]].map {
                String(
                    decoding: try Program.run(Tool.path, $0, in: scratch.path).checked().standardOutput, as: UTF8.self)
            }
            return (Set(nodes.split(whereSeparator: \.isWhitespace).filter { $0.hasPrefix("compr=") }), files)
        }
        let ours = try codecs(scratch("bin/mkfs.jffs2"))
        let real = try codecs("mkfs.jffs2")
        #expect(ours.codecs == real.codecs && ours.codecs.contains("compr=lzo"))
        #expect(ours.files == real.files)
    }
}
