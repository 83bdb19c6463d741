import Foundation
import TestSupport
import Testing

/// What `--json` prints is what `man/schema/` says: no key that is not there, none missing, each of one type in all commands.
@Suite struct JSONSchemaTests {
    private let directory: Scratch

    init() throws { directory = try Scratch() }

    /// Validates NUMBER.COMMAND.json in a folder, each with one or more values, and says what does not fit.
    private static let validator = #"""
        import json, os, sys
        from jsonschema import Draft202012Validator
        schemas, folder = sys.argv[1:]
        # Of thousands of nodes the first and the last, and some in between.
        def shortened(value):
            if isinstance(value, dict): return {key: shortened(each) for key, each in value.items()}
            if not isinstance(value, list): return value
            step = max(1, len(value) // 40)
            return [shortened(each) for each in (value if len(value) <= 100 else value[:30] + value[30:-30:step] + value[-30:])]
        common = json.load(open(f"{schemas}/common.json"))["$defs"]
        for name in sorted(os.listdir(folder)):
            command = name.split(".")[1]
            path = f"{schemas}/files/{command}.json" if command.startswith("scrub-") else f"{schemas}/{command}.json"
            schema = json.loads(open(path).read().replace("common.json#", "#"))
            schema["$defs"] = common
            Draft202012Validator.check_schema(schema)
            text = open(f"{folder}/{name}").read()
            try:
                value = json.loads(text)
            except ValueError as error:
                print(f"{name}: {error}: {text[:80]}")
                continue
            value = shortened(value)
            keys = set(value)
            forms = [form for form in schema["anyOf"] if set(form["required"]) <= keys] or schema["anyOf"]
            for form in forms[:1]:
                form = dict(form, **{"$defs": common})
                for error in Draft202012Validator(form).iter_errors(value):
                    print(f"{name}: {'/'.join(map(str, error.absolute_path))}: {error.message[:300]}")
        """#

    /// Runs commands in the directory, each a line for the shell with `--json` in it, and validates what each prints.
    ///
    /// - Parameter files: files that they wrote, with the names of their schemas.
    private func validate(_ commands: [String], files: [String: String] = [:]) throws {
        let folder = directory("outputs")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (index, line) in commands.enumerated() {
            let output = try Program.run(
                "sh", ["-c", "exec \(Tool.path) \(line)"], environment: ["LC_ALL": "C", "TZ": "UTC"],
                in: directory.path)
            #expect([0, 1, 2, 3, 64].contains(output.status), "\(line): \(output.messages)")
            #expect(!output.standardOutput.isEmpty, "\(line): \(output.messages)")
            let command = line.split(separator: " ").first ?? ""
            try directory.write("outputs/\(index).\(command).json", output.standardOutput)
        }
        for (file, schema) in files { try directory.write("outputs/file.\(schema).json", directory.read(file)) }
        let said = try Program.run("python3", ["-c", Self.validator, Checkout.path("man/schema"), folder]).checked()
        #expect(said.text.isEmpty, "\(said.text)\(commands.enumerated().map { "\($0) \($1)" })")
    }

    @Test(arguments: [
        "good-summary.jffs2", "good-nand.jffs2", "good-nothing-in-it.jffs2", "home_demo", "bad-data-crc.jffs2",
        "bad-noise.jffs2", "bad-names.jffs2", "bad-empty.jffs2", "lived-camera-16k.jffs2", "lived-xattrs-be-16k.jffs2",
        "lived-spare-area-16k.jffs2", "lived-special-be-16k.jffs2", "unsupported-incompat-node.jffs2",
    ])
    func whatIsSaidOfAnImageFitsTheSchema(_ name: String) throws {
        try directory.write(
            "image", try [UInt8](Data(contentsOf: URL(filePath: Checkout.path("TestImages/\(name)")))))
        try directory.write("log", Array("jffs2: Empty flash at 0x00001234 ends at 0x00002000\njffs2: x\n".utf8))
        try validate([
            "info --json image", "ls --json -R image", "tree --json image", "find --json image",
            "stat --json image / '/*' '/*/*'", "du --json -a image", "verify --json image",
            "verify --json --kernel-log log image", "doctor --json image", "doctor --json image log",
            "scan image", "scan --no-secrets --json image",
            "dump --json image", "history --json image", "history --timeline --json image",
            "recover --json image -d recovered", "recover --json --all-versions image -d older",
            "unpack --json image -d unpacked", "unpack --json image --tar tar",
            "repack --json --from image -o repacked", "sum --json image -o summed", "swap --json image -o swapped",
            "pad --json image -o padded", "diff --json --blocks image image", "diff --json image log",
            "scrub --json --list image", "scrub --json --dry-run image", "scrub --json image -o clean",
            "scrub --json --check clean --report clean.scrub.json", "partitions --json image",
            "uimage info --json image", "map --json image", "report --json image -o page.html",
            "report --json --no-secrets image -o page2.html",
        ])
    }

    @Test func whatIsSaidOfOtherFilesFitsTheSchema() throws {
        try directory.write("data", Array("some data, long enough for it".utf8))
        try directory.write(
            "log",
            Array("=> md.b 82000000 20\n82000000: \(String(repeating: "41 ", count: 16))   AAAAAAAAAAAAAAAA\n".utf8))
        try directory.write("table", Array("mtdparts=spi0.0:64k(boot),64k(home),-(rest)\n".utf8))
        try directory.write("flash", [UInt8](repeating: 0xff, count: 0x40000))
        try directory.shell(
            """
            mkdir root kit-root; echo x >root/file; echo 'psk="swordfish77"' >root/wpa_supplicant.conf; cp -r root/. kit-root
            mkfs.jffs2 -r root -o image -l -e 16KiB -p; echo y >root/other; mkfs.jffs2 -r root -o new -l -e 16KiB -p
            cat image image >two
            """)
        try validate(
            [
                "repack --json -r root -o packed", "repack --json --list-compressors",
                "repack --json --from image --delete /file --keep-layout --erase-size 16K -o kept",
                "diff --json --blocks image new", "info --json two", "map --json two", "unpack --json two -d two-root",
                "uimage wrap --json -d data wrapped -A arm -O linux -T kernel -C none -n name",
                "uimage info --json wrapped", "uimage verify --json wrapped", "uimage unwrap --json wrapped -o data2",
                "partitions --json -t table", "partitions --json -t table flash",
                "partitions --json -t table flash --split -d split", "partitions --json --join split -o joined",
                "acquire --json --list", "acquire --json --log log -o memory", "acquire --json --log log",
                "kit --json yi-hack-mstar --id y203c home=image -d kit",
                "scrub --json image -o clean --keep-layout --erase-size 16K --private-report private",
                "scrub --json data --list", "scan two", "scan data", "scan nowhere", "scan --json --files-from nowhere",
            ], files: ["clean.scrub.json": "scrub-report", "private": "scrub-private-report"])
    }

    @Test func whatFailsIsAnObject() throws {
        try directory.write("image", Array("nothing of the kind".utf8))
        let lines = [
            "info --json nowhere", "ls --json image", "stat --json image", "find --json image -foo",
            "repack --json -o x",
            "scrub --json image", "uimage info --json image", "acquire --json --log nowhere", "cat --json image",
        ]
        try validate(lines.filter { !$0.hasPrefix("cat") })
        for line in lines {
            let output = try Tool.run(line.split(separator: " ").map(String.init), in: directory)
            let object = try JSONSerialization.jsonObject(with: Data(output.standardOutput)) as? [String: [String: Any]]
            #expect(object?["error"]?["exitStatus"] as? Int32 == output.status, "\(line)")
            let message = try #require(object?["error"]?["message"] as? String)
            #expect(output.messages.contains(message), "\(line)")
        }
        // An image on standard output stays one.
        let output = try Tool.run(["swap", "--json", "nowhere", "-o", "-"], in: directory)
        #expect(output.status == 2 && output.standardOutput.isEmpty)
    }

    /// Each key is a `$ref` to the definition that has its name, and stands in the manual page.
    @Test func aKeyIsTheSameEverywhere() throws {
        var keys: Set<String> = []
        func check(_ value: Any, in file: String) {
            if let list = value as? [Any] { for each in list { check(each, in: file) } }
            guard let object = value as? [String: Any] else { return }
            if let properties = object["properties"] as? [String: [String: Any]] {
                #expect(object["additionalProperties"] as? Bool == false, "\(file)")
                for (key, property) in properties {
                    keys.insert(key)
                    let reference = (file == "common.json" ? "" : "common.json") + "#/$defs/\(key)"
                    #expect(property["$ref"] as? String == reference, "\(file): \(key)")
                }
            }
            for each in object.values { check(each, in: file) }
        }
        let schemas = Checkout.path("man/schema")
        for name in try FileManager.default.contentsOfDirectory(atPath: schemas) where name.hasSuffix(".json") {
            check(
                try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: "\(schemas)/\(name)"))), in: name)
        }
        let page = try String(contentsOfFile: Checkout.path("man/jffs2-json.5"), encoding: .utf8)
        for key in keys { #expect(page.contains(".It Cm \(key)\n"), "\(key)") }
        #expect(keys.count > 200)
    }
}
