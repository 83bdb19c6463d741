import Foundation
import TestSupport
import Testing

/// The commands that write, each with all of its outputs: what is asked of one of them is asked of all.
struct OutputCase: CustomTestStringConvertible, Sendable {
    var testDescription: String
    /// `in` is an image, `o` the output.
    var arguments: [String]
    /// Everything that must be there together.
    var outputs = ["o"]
    /// The option that replaces what is there.
    var force: String? = "-f"
    /// An input, for the same command with that in the place of its output; nil where that cannot be.
    var input: String? = "in"
    /// What stands for `o` then, where it is not the input itself.
    var directoryOfInput: String?
    /// Whether the output can be a pipe.
    var writesPipes = true

    static let all: [OutputCase] = [
        OutputCase(
            testDescription: "unpack", arguments: ["unpack", "-q", "-d", "o", "in"], outputs: ["o", "o.mtree"],
            input: nil, writesPipes: false),
        OutputCase(
            testDescription: "unpack --tar", arguments: ["unpack", "-q", "--tar", "o", "in"]),
        OutputCase(
            testDescription: "repack --from", arguments: ["repack", "--quiet", "--from", "in", "-o", "o"],
            force: "--force"),
        OutputCase(
            testDescription: "repack -r", arguments: ["repack", "--quiet", "-r", "tree", "-o", "o"], force: "--force",
            input: "tree/etc/state"),
        OutputCase(
            testDescription: "repack --tar", arguments: ["repack", "--quiet", "--tar", "tar", "-o", "o"],
            force: "--force", input: "tar"),
        OutputCase(
            testDescription: "repack -i",
            arguments: ["repack", "--quiet", "-r", "tree", "-i", "in", "-e", "16K", "--no-check", "-o", "o"],
            force: "--force"),
        OutputCase(
            testDescription: "repack --keep-layout",
            arguments: [
                "repack", "--quiet", "--from", "in", "--delete", "/etc/state", "--keep-layout", "--changed-blocks",
                "o.blocks", "-o", "o",
            ], outputs: ["o", "o.blocks"], force: "--force"),
        OutputCase(
            testDescription: "scrub",
            arguments: ["scrub", "-q", "--yes", "--private-report", "o.secret", "-o", "o", "in"],
            outputs: ["o", "o.scrub.json", "o.secret"], writesPipes: false),
        OutputCase(
            testDescription: "scrub --keep-layout",
            arguments: [
                "scrub", "-q", "--yes", "--private-report", "o.secret", "--keep-layout", "--changed-blocks", "o.blocks",
                "-o", "o", "in",
            ], outputs: ["o", "o.blocks", "o.scrub.json", "o.secret"], writesPipes: false),
        OutputCase(
            testDescription: "sum", arguments: ["sum", "-q", "in", "-o", "o"], force: "--force"),
        OutputCase(
            testDescription: "partitions --split",
            arguments: ["partitions", "-q", "--split", "-t", "mtdparts=x:64k(a),128k(b),-(c)", "-d", "o", "in"],
            input: nil, writesPipes: false),
        OutputCase(
            testDescription: "partitions --join", arguments: ["partitions", "-q", "--join", "parts", "-o", "o"],
            input: "parts/01-b.bin"),
        OutputCase(
            testDescription: "uimage wrap", arguments: ["uimage", "wrap", "-q", "-d", "in", "o"]),
        OutputCase(
            testDescription: "uimage unwrap", arguments: ["uimage", "unwrap", "-q", "wrapped", "-o", "o"],
            input: "wrapped"),
        OutputCase(
            testDescription: "uimage unwrap -d", arguments: ["uimage", "unwrap", "-q", "parts/0", "-d", "o"],
            input: "parts/0", directoryOfInput: "parts",
            writesPipes: false),
        OutputCase(
            testDescription: "swap", arguments: ["swap", "-q", "in", "-o", "o"]),
        OutputCase(
            testDescription: "pad", arguments: ["pad", "-q", "in", "--to", "0x50000", "-o", "o"]),
        OutputCase(
            testDescription: "kit", arguments: ["kit", "-q", "plain", "in", "-d", "o"], input: nil,
            writesPipes: false),
        OutputCase(
            testDescription: "acquire --log", arguments: ["acquire", "-q", "--log", "log", "-o", "o"], input: "log"),
    ]

    // MARK: - Where it runs

    /// The inputs of all commands, made once.
    private static let inputs: Result<Scratch, any Error> = Result {
        let scratch = try Scratch()
        try scratch.write("in", [UInt8](Data(contentsOf: image)))
        try scratch.write("log", [UInt8](Data(contentsOf: log)))
        for arguments in [
            ["unpack", "-q", "-d", "tree", "in"], ["unpack", "-q", "--tar", "tar", "in"],
            ["uimage", "wrap", "-q", "-d", "in", "wrapped"],
            ["partitions", "-q", "--split", "-t", "mtdparts=x:64k(a),128k(b),-(c)", "-d", "parts", "in"],
        ] {
            _ = try Program.run(Tool.path, arguments, in: scratch.path).checked()
        }
        try FileManager.default.copyItem(atPath: scratch("wrapped"), toPath: scratch("parts/0"))
        try FileManager.default.createDirectory(atPath: scratch("tmp"), withIntermediateDirectories: false)
        return scratch
    }
    private static let image = URL(filePath: Checkout.path("TestImages/lived-camera-16k.jffs2"))
    private static let log = URL(filePath: Checkout.path("Tests/SerialLab/transcripts/u-boot-2023.01-qemu"))

    /// A directory with all inputs, and an empty one for temporary files.
    static func makeDirectory() throws -> Scratch {
        let scratch = try Scratch()
        let inputs = try inputs.get()
        // With times and modes: they are in what is made of a directory.
        _ = try Program.run("cp", ["-a", inputs.path + "/.", scratch.path]).checked()
        return scratch
    }

    /// Runs it; `arguments` are others than its own.
    func run(
        _ scratch: Scratch, arguments: [String]? = nil, environment: [String: String] = [:]
    ) throws -> Program.Output {
        let environment = environment.merging([
            "SOURCE_DATE_EPOCH": "1700000000", "TMPDIR": scratch("tmp"), "SWIFT_BACKTRACE": "enable=no",
        ]) { $1 }
        return try Program.run(Tool.path, arguments ?? self.arguments, environment: environment, in: scratch.path)
    }

    // MARK: - What came out

    /// What is in a directory: of each path what it is, its mode, and its content.
    static func listing(_ directory: String) throws -> [String: String] {
        var listing: [String: String] = [:]
        let walk = FileManager.default.enumerator(atPath: directory)
        while let name = walk?.nextObject() as? String {
            let path = directory + "/" + name
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            let kind = attributes[.type] as? FileAttributeType
            let content: String =
                switch kind {
                case .typeRegular?: try fingerprint(path)
                case .typeSymbolicLink?: try FileManager.default.destinationOfSymbolicLink(atPath: path)
                default: ""
                }
            listing[name] = "\(kind?.rawValue ?? "") \(attributes[.posixPermissions] ?? "") \(content)"
        }
        return listing
    }

    private static func fingerprint(_ path: String) throws -> String {
        let data = try Data(contentsOf: URL(filePath: path))
        var hasher = Hasher()
        data.withUnsafeBytes { hasher.combine(bytes: $0) }
        return "\(data.count) \(hasher.finalize())"
    }

    /// Whether a path belongs to the outputs.
    func isOutput(_ path: String) -> Bool { outputs.contains { path == $0 || path.hasPrefix($0 + "/") } }
}

/// What a run has made of a directory, beside a run in which nothing went wrong.
struct OutputState: Equatable {
    /// All outputs as they should be.
    var isWhole: Bool
    /// All outputs as they were before.
    var isUntouched: Bool
    /// Paths that are neither input nor output, and inputs that changed.
    var strange: [String]

    init(_ scratch: Scratch, _ one: OutputCase, before: [String: String], reference: [String: String]) throws {
        let now = try OutputCase.listing(scratch.path)
        let outputs = now.filter { one.isOutput($0.key) }
        isWhole = outputs == reference.filter { one.isOutput($0.key) }
        isUntouched = outputs == before.filter { one.isOutput($0.key) }
        let others = Set(now.keys).union(before.keys).filter { !one.isOutput($0) }
        strange = others.filter { now[$0] != before[$0] }.sorted()
    }
}
