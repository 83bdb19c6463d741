import ArgumentParser
import FlashBytes
import ImageFile
import RestoreKit

/// `jffs2 kit PROFILE PART=SOURCE… -d DIR`
struct Kit: ParsableCommand {
    private static let builtInNames = CameraProfile.builtIn.map(\.name).joined(separator: ", ")

    static let configuration = CommandConfiguration(
        commandName: "kit",
        abstract: "Make the folder of files that restores a device from an SD card.",
        discussion: """
            Each SOURCE is an image, a dump, or an unpacked folder. The files get the names and headers that the boot \
            loader looks for; SHA256SUMS and README.txt say what they are and what was checked. Whatever would leave \
            the device dead is refused: too large, words reversed, another byte order, erase blocks larger than the \
            device's.

            Profiles: \(builtInNames); --show prints one, as a start for \
            your own file. Example: jffs2 kit yi-hack-mstar --id y203c sys=sys.jffs2 home=home-root -d kit
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
    @OptionGroup var sizes: SizeArguments

    func run() throws {
        let (profile, text) = try readProfile()
        if show {
            StandardStreams.write(Array(text.utf8))
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
            StandardStreams.error(
                "warning: '\(id)' is none of the models that the profile names (\(known)); files of another model ruin "
                    + "a device")
        }
        let others = try DirectoryDestination.strangers(in: directory)
        if !force, let first = others.first {
            throw Failure(
                "\(directory): not empty: there is '\(Printable.text(first))'"
                    + (others.count > 1 ? " and \(others.count - 1) more" : "") + "; -f writes into it nevertheless")
        }
        var kit: RestoreKit
        do {
            kit = try self.kit(profile)
        } catch let error as KitError {
            if case .input(let error) = error { throw error }
            throw Failure(error)
        }
        for index in kit.items.indices {
            kit.items[index].checks = kit.items[index].checks.map(\.withAdvice)
        }
        for item in kit.items {
            for note in item.source.notes { StandardStreams.error(note) }
            if let refused = item.checks.first(where: { $0.verdict == .refused }) {
                throw Failure("\(item.source.path): \(refused.name): \(refused.detail)")
            }
        }
        for item in kit.items {
            for check in item.checks where check.verdict == .warning {
                StandardStreams.error("warning: \(item.file): \(check.name): \(check.detail)")
            }
        }
        // The boot loader takes every file whose name it knows.
        let names = Set(kit.items.map(\.file))
        for other in others where !names.contains(other) && profile.takes(other) {
            StandardStreams.error(
                "warning: \(directory)/\(Printable.text(other)) is there as well; the boot loader may take it too")
        }
        try write(kit, directory: directory)
    }

    private func readProfile() throws -> (CameraProfile, String) {
        let builtIn = CameraProfile.builtIn.first { $0.name == profile }
        let text = try builtIn?.textWithAdvice ?? profileFile()
        do {
            return (try CameraProfile(name: profile, text: text), text)
        } catch {
            throw Failure("\(profile): \(error)")
        }
    }

    private func profileFile() throws -> String {
        do {
            return try FileBytes(path: profile).withBytes {
                PlainText(assuming: $0.extracting(0..<min($0.byteCount, 1 << 20))).string
            }
        } catch {
            throw Failure("\(error); the profiles that are built in are \(Self.builtInNames)")
        }
    }

    private func kit(_ profile: CameraProfile) throws -> RestoreKit {
        try RestoreKit(
            profile: profile, sources: pairs(sources, profile: profile), originals: pairs(like, profile: profile),
            sizes: pairs(size, profile: profile).mapValues { try SizeArgument.size($0) }, id: id, allowsSwapped: swap,
            time: SourceDate.epoch())
    }

    /// `PART=VALUE` as a dictionary.
    private func pairs(_ texts: [String], profile: CameraProfile) throws -> [String: String] {
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

    // MARK: - Writing

    private func write(_ kit: RestoreKit, directory: String) throws {
        let outputs = try DirectoryDestination.begin(directory, mayExist: true, replacing: force)
        let written = try kit.files.map { file in
            let output = try outputs.file(file.name)
            try output.write(file.bytes)
            return output
        }
        for (item, output) in zip(kit.items, written) {
            do throws(SaveError) {
                try VerifiedOutput(output).compare { item.problems(of: $0) }
            } catch {
                throw Failure("\(directory)/\(item.file): \(error)")
            }
        }
        if verbosity.json {
            let files = kit.items.map { item in
                Description.File(
                    name: item.file, size: item.bytes.count, checks: item.checks.map(Description.Check.init))
            }
            try JSON.print(Description(profile: kit.profile.name, directory: directory, kitFiles: files))
        } else if !verbosity.quiet {
            for item in kit.items {
                StandardStreams.print("\(directory)/\(item.file): \(sizes.text(item.bytes.count))")
                if verbosity.verbose {
                    StandardStreams.print("  from \(item.source.path)")
                    if let digest = SHA256.digest(unsafe item.bytes.span.bytes) {
                        StandardStreams.print("  SHA-256 \(hexadecimal(digest))")
                    }
                }
                for check in item.checks {
                    StandardStreams.print("  \(check.verdict.rawValue)  \(check.name): \(check.detail)")
                }
                StandardStreams.print("  ok  read back: the same bytes, the same files")
            }
        }
        try StandardStreams.finish()
        try outputs.commit()
    }

    private struct Description: Encodable {
        struct File: Encodable {
            var name: String
            var size: Int
            var checks: [Check]
        }

        struct Check: Encodable {
            var name: String
            var holds: Bool
            var verdict: String
            var detail: String

            init(_ check: KitCheck) {
                (name, verdict, detail) = (check.name, check.verdict.rawValue, check.detail)
                holds = check.verdict == .ok
            }
        }

        var profile: String
        var directory: String
        var kitFiles: [File]
    }
}

extension CameraProfile.BuiltIn {
    /// The text, with the options that help above the first part.
    fileprivate var textWithAdvice: String {
        guard case .giveSize? = advice, let parts = text.firstRange(of: "\n[") else { return text }
        return text[..<parts.lowerBound]
            + "\n# Partition sizes differ; --like checks against your backup, --size against what your boot log says."
            + text[parts.lowerBound...]
    }
}

extension KitCheck {
    /// The same with the option that helps.
    fileprivate var withAdvice: KitCheck {
        var check = self
        switch advice {
        case .putWordsRight?: check.detail += ". --swap puts them right"
        case .giveSize?: check.detail += ": give --like or --size"
        case nil: break
        }
        return check
    }
}
