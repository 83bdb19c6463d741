import ArgumentParser
import FileTree
import FirmwareImage
import FlashBytes
import ImageFile
import JFFS2

/// `jffs2 kit PROFILE PART=SOURCE… -d DIR`
struct Kit: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make the folder of files that restores a device from an SD card.",
        discussion: """
            Each SOURCE is an image, a dump, or an unpacked folder. The files get the names and headers that the boot \
            loader looks for; SHA256SUMS and README.txt say what they are and what was checked. Whatever would leave \
            the device dead is refused: too large, words reversed, another byte order, erase blocks larger than the \
            device's.

            Profiles: yi-hack-v3, yi-hack-v4, yi-hack-mstar, yi-hack-allwinner, yi-hack-allwinner-v2, plain; --show \
            prints one, as a start for your own file. Example: jffs2 kit yi-hack-mstar --id y203c sys=sys.jffs2 home=home-root -d kit
            """)

    @Argument(help: "A profile's name, or a file with a profile.", completion: .file())
    var profile: String

    @Argument(
        help: ArgumentHelp(
            """
            What goes into the kit: the part's name in the profile and an image or a folder. PART= may be left out \
            for a file whose name begins like the part's, as home_y203c. IMAGE@2 is the second file system in it, \
            IMAGE@NAME that in the partition NAME.
            """, valueName: "part=source"))
    var sources: [String] = []

    @Option(help: "The device's model, as in its files' names: y203c.")
    var id: String?

    @Option(
        name: [.customShort("d"), .long], help: "The folder to make, or an empty one, such as a card.",
        completion: .directory)
    var directory: String?

    @Flag(name: .shortAndLong, help: "Write into a folder that is not empty, and replace files of the same names.")
    var force = false

    @Option(
        help: ArgumentHelp(
            "Your own backup, to compare the part with (repeatable); PART= as with the sources.",
            valueName: "part=original"))
    var like: [String] = []

    @Option(help: ArgumentHelp("Size of the part's partition (repeatable).", valueName: "part=size"))
    var size: [String] = []

    @Flag(help: "Take a dump whose words are reversed, and put them right.")
    var swap = false

    @Flag(help: "Print the profile and stop.")
    var show = false

    @OptionGroup var verbosity: OutputArguments

    /// One file of the kit.
    private struct Item {
        var part: CameraProfile.Part
        var file: String
        var source: KitSource
        var bytes: [UInt8]
        var checks: [KitCheck]
    }

    func run() throws {
        let (profile, text) = try readProfile()
        if show {
            Console.write(Array(text.utf8))
            return
        }
        guard let directory else { throw ValidationError("Where to? Give -d DIR.") }
        guard !sources.isEmpty else {
            let parts = profile.parts.map { "\($0.name)=SOURCE" }.joined(separator: " ")
            throw ValidationError("What goes into the kit? Give \(parts) or some of them.")
        }
        if profile.needsID, id == nil { throw ValidationError("The files' names need --id, the device's model.") }
        if let id, id.contains("/") || id.isEmpty { throw ValidationError("'\(id)' is no model.") }
        if let id, !profile.ids.isEmpty, !profile.ids.contains(id) {
            let known = profile.ids.joined(separator: " ")
            Console.error(
                "warning: '\(id)' is none of the models that the profile names (\(known)); files of another model ruin "
                    + "a device")
        }
        let others = try Directory.strangers(in: directory)
        if !force, let first = others.first {
            throw Failure(
                "\(directory): not empty: there is '\(Printable.text(first))'"
                    + (others.count > 1 ? " and \(others.count - 1) more" : "") + "; -f writes into it nevertheless")
        }
        let items = try items(profile)
        for item in items {
            if let refused = item.checks.first(where: { $0.verdict == .refused }) {
                throw Failure("\(item.source.path): \(refused.name): \(refused.detail)")
            }
        }
        for item in items {
            for check in item.checks where check.verdict == .warning {
                Console.error("warning: \(item.file): \(check.name): \(check.detail)")
            }
        }
        // The boot loader takes every file whose name it knows.
        let names = Set(items.map(\.file))
        for other in others where !names.contains(other) && profile.parts.contains(where: { takes(other, $0) }) {
            Console.error(
                "warning: \(directory)/\(Printable.text(other)) is there as well; the boot loader may take it too")
        }
        try write(items, profile, directory)
    }

    /// Whether a file's name is that of a part, for any model.
    private func takes(_ name: String, _ part: CameraProfile.Part) -> Bool {
        guard let place = part.file.firstIndex(of: "{") else { return name == part.file }
        return name.hasPrefix(part.file[..<place])
    }

    private func readProfile() throws -> (CameraProfile, String) {
        if let text = CameraProfile.builtIn.first(where: { $0.name == profile })?.text,
            let known = CameraProfile.builtIn(profile)
        {
            return (known, text)
        }
        let text: String
        do {
            text = try FileBytes(path: profile).withBytes {
                PlainText(assuming: $0.extracting(0..<min($0.byteCount, 1 << 20))).string
            }
        } catch {
            let names = CameraProfile.builtIn.map(\.name).joined(separator: ", ")
            throw Failure("\(error); the profiles that are built in are \(names)")
        }
        do {
            return (try CameraProfile(name: profile, text: text), text)
        } catch {
            throw Failure("\(profile): \(error)")
        }
    }

    private func items(_ profile: CameraProfile) throws -> [Item] {
        let originals = try pairs(like, profile)
        let sizes = try pairs(size, profile).mapValues { try SizeArgument.size($0) }
        let given = try pairs(sources, profile)
        var items: [Item] = []
        for part in profile.parts {
            guard let text = given[part.name] else { continue }
            let original = try originals[part.name].map { try KitSource.open($0) }
            var configuration = original.map { ImageConfiguration(like: $0.fileSystem) } ?? ImageConfiguration()
            if original == nil {
                configuration.eraseSize = profile.eraseSize(part) ?? configuration.eraseSize
                configuration.byteOrder = profile.byteOrder ?? .little
            }
            let source = try KitSource.open(text, configuration: configuration)
            let header = try header(part, source, original)
            let checks = KitCheck.all(
                source, profile, part, size: sizes[part.name] ?? profile.size(part, id: id), like: original,
                header: header, allowsSwapped: swap)
            items.append(
                Item(
                    part: part, file: profile.fileName(part, id: id ?? ""), source: source,
                    bytes: try wrapped(source.payload, header), checks: checks))
        }
        return items
    }

    /// `PART=VALUE` as a dictionary.
    private func pairs(_ texts: [String], _ profile: CameraProfile) throws -> [String: String] {
        var pairs: [String: String] = [:]
        for text in texts {
            let names = profile.parts.map(\.name).joined(separator: ", ")
            let name: String
            let value: String
            if let equals = text.firstIndex(of: "=") {
                name = String(text[..<equals])
                value = String(text[text.index(after: equals)...])
            } else if let part = Self.part(ofFile: text, profile) {
                (name, value) = (part.name, text)
            } else {
                throw ValidationError("'\(text)' should be PART=…; the parts are \(names).")
            }
            guard profile.parts.contains(where: { $0.name == name }), pairs[name] == nil else {
                throw ValidationError(
                    pairs[name] == nil
                        ? "'\(name)' is no part of this profile; the parts are \(names)." : "'\(name)' twice.")
            }
            pairs[name] = value
        }
        return pairs
    }

    /// The part that a file is by its name, as in `home_y203c`, or the only one.
    private static func part(ofFile path: String, _ profile: CameraProfile) -> CameraProfile.Part? {
        if profile.parts.count == 1 { return profile.parts.first }
        let name = path.split(separator: "/").last ?? ""
        let fitting = profile.parts.filter {
            name == $0.name || name.hasPrefix($0.name + "_") || name.hasPrefix($0.name + ".")
        }
        return fitting.count == 1 ? fitting.first : nil
    }

    private func header(
        _ part: CameraProfile.Part, _ source: KitSource, _ original: KitSource?
    ) throws -> UImageHeader? {
        guard let name = part.header else { return nil }
        // The user's own backup knows best.
        var header = original?.header ?? UImageHeader()
        if original?.header == nil {
            do {
                try header.setName(Array(name.utf8))
            } catch {
                throw Failure("[\(part.name)]: \(error)")
            }
        }
        header.time = try SourceDate.epoch() ?? source.modified ?? 0
        return header
    }

    private func wrapped(_ payload: [UInt8], _ header: UImageHeader?) throws -> [UInt8] {
        guard let header else { return payload }
        var bytes: [UInt8] = []
        let result = UImageBuilder(header, [ByteRegion(payload)]).write { piece in
            bytes += (try? piece.bytes(in: 0..<piece.byteCount)) ?? []
        }
        do {
            _ = try result.get()
        } catch {
            throw Failure(error)
        }
        return bytes
    }

    // MARK: - Writing

    private func write(_ items: [Item], _ profile: CameraProfile, _ directory: String) throws {
        var files: [(name: String, bytes: [UInt8])] = items.map { ($0.file, $0.bytes) }
        let sums = files.map { (digest($0.bytes), $0.name) }
        files.append(("SHA256SUMS", Array(sums.map { "\($0.0)  \($0.1)\n" }.joined().utf8)))
        files.append(("README.txt", Array(readMe(items, profile).utf8)))
        let kit = try Directory.begin(directory, mayExist: true, replacing: force)
        let outputs = try files.map { file in
            let output = try kit.file(file.name)
            try output.write(file.bytes)
            return output
        }
        for ((item, sum), output) in zip(zip(items, sums), outputs) {
            guard let back = try output.written() else { continue }
            let isSame = back.withBytes { (try? $0.bytes(in: 0..<$0.byteCount)) == item.bytes }
            let read = try? ImageOpener.open(back, path: item.file)
            guard isSame, let read, Self.names(read.fileSystem) == Self.names(item.source.fileSystem) else {
                throw Failure("\(directory)/\(item.file): reads back differently (SHA-256 should be \(sum.0))")
            }
        }
        if verbosity.json {
            let files = items.map { Description.File(name: $0.file, size: $0.bytes.count, checks: $0.checks) }
            try JSON.print(Description(profile: profile.name, directory: directory, files: files))
        } else if !verbosity.quiet {
            for item in items {
                Console.print("\(directory)/\(item.file): \(item.bytes.count) bytes")
                for check in item.checks {
                    Console.print("  \(check.verdict.rawValue)  \(check.name): \(check.detail)")
                }
                Console.print("  ok  read back: the same bytes, the same files")
            }
        }
        try Console.finish()
        try kit.commit()
    }

    /// All paths with their sizes.
    private static func names(_ fileSystem: FileSystem) -> [String] {
        var names: [String] = []
        fileSystem.tree.walk { path, id in names.append("\(path) \(fileSystem.tree[id].size)") }
        return names
    }

    private func digest(_ bytes: [UInt8]) -> String {
        let digest = FileBytes(bytes).withBytes { SHA256.digest($0) } ?? []
        return hexadecimal(digest)
    }

    private struct Description: Encodable {
        struct File: Encodable {
            var name: String
            var size: Int
            var checks: [KitCheck]
        }

        var profile: String
        var directory: String
        var files: [File]
    }

    private func readMe(_ items: [Item], _ profile: CameraProfile) -> String {
        var lines = ["\(profile.title)" + (id.map { ", model \($0)" } ?? ""), "", "What to do", ""]
        lines += profile.notes.enumerated().map { "\($0 + 1). \($1)" }
        for item in items where item.source.isSwapped {
            lines += [
                "",
                "NEVER put \(item.source.path) itself onto the card, under whatever name: its words are reversed, and "
                    + "the boot loader would write them so. \(item.file) is the same with the words put right.",
            ]
        }
        lines += ["", "Check the card first, in its folder: sha256sum -c SHA256SUMS", "", "What was checked", ""]
        for item in items {
            lines.append("\(item.file): \(item.bytes.count) bytes")
            lines += item.checks.map { "  \($0.verdict.rawValue)  \($0.name): \($0.detail)" }
            lines += ["  ok  read back: the same bytes, the same files", ""]
        }
        return lines.joined(separator: "\n")
    }
}
