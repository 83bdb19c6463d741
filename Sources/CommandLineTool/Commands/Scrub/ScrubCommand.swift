import ArgumentParser
import FileTree
import FlashBytes
import ImageFile
import JFFS2
import Scrub
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// `jffs2 scrub IMAGE -o OUT`
struct ScrubCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scrub",
        abstract: "Take credentials out of an image, and prove that they are gone.",
        discussion: """
            Finds passwords, keys, names of networks, accounts and identifiers in all files and in everything dead: \
            deleted files, older contents, damaged nodes, unused bytes. The new image is written from the live files \
            only, without what was found, and then searched again from its raw bytes, for all rules and for all \
            removed values in every notation. Only if nothing is left it is put in its place, with a report, OUT.scrub.json, \
            that may be published with it; what was removed is written down only where --private-report says.

            Packed files (gzip, xz, bzip2, zstd, tar, cpio, zip, 7z; also in each other) are looked into, and packed again. \
            What is not searched is named, and makes the exit status 1: what is encrypted or cannot be unpacked, other file \
            systems, and what --offset, --length and --select leave out.

            Owners, modes, times, hard links, extended attributes, inode numbers, byte order, erase size, padding and \
            size stay, and the output is word-swapped as the input was. A text (a boot log) is cleaned the same way.

            Exit status of --list: 0 if nothing is found, 1 otherwise; of --check: 0 if the proof holds, 1 otherwise.
            """)

    @OptionGroup var input: InputArguments

    @Option(name: .shortAndLong, help: "The image to write.", completion: .file())
    var output: String?

    @Flag(help: "Change the image itself. It stays as IMAGE~ until the new one is proven, and is gone then.")
    var inPlace = false

    @OptionGroup var forcing: ForceArguments

    @Flag(help: "Only list what is found; values are masked.")
    var list = false

    @Flag(help: "Search the image again as --report says.")
    var check = false

    @Option(
        help: ArgumentHelp("With --check: a report, the public or the private one.", valueName: "file"),
        completion: .file())
    var report: String?

    @Option(
        help: ArgumentHelp(
            "Where to write what was removed, in clear; only you can read it.", valueName: "file"),
        completion: .file())
    var privateReport: String?

    @OptionGroup(title: "What to look for") var rules: RuleArguments

    @Option(
        help: ArgumentHelp(
            "What to do with all findings: delete or empty the file, redact the secret in its place, or take a template; else each rule says.",
            valueName: "action"), transform: Self.action)
    var action: ScrubAction?

    @Option(help: ArgumentHelp("Delete a file, or a folder with all that is in it (repeatable).", valueName: "path"))
    var delete: [String] = []

    @Option(help: ArgumentHelp("Take the content of a file away, but keep the file (repeatable).", valueName: "path"))
    var empty: [String] = []

    @Option(help: ArgumentHelp("Give a file the content of a host file (repeatable).", valueName: "path=file"))
    var template: [String] = []

    @Option(help: ArgumentHelp("Change nothing in a file, whatever is found in it (repeatable).", valueName: "path"))
    var keep: [String] = []

    @Option(
        help: ArgumentHelp(
            "Give everything this time instead of its own: seconds since 1970, up to 4294967295.", valueName: "time"))
    var time: UInt32?

    @Flag(help: "Write the file system alone, not swapped, without what was around it.")
    var raw = false

    @OptionGroup(title: "Keeping the layout") var layout: KeepLayoutArguments

    @Flag(help: "Do all but write.")
    var dryRun = false

    @Flag(help: "Do not ask.")
    var yes = false

    @OptionGroup var verbosity: OutputArguments

    private static func action(_ text: String) throws -> ScrubAction {
        guard let action = ScrubAction(rawValue: text) else {
            let known = ScrubAction.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("'\(text)' is no action; write one of \(known).")
        }
        return action
    }

    func validate() throws {
        if check != (report != nil) { throw ValidationError("--check and --report FILE go together.") }
        if [list, check, output != nil || inPlace || dryRun].count(where: { $0 }) != 1 {
            throw ValidationError("Say what to do: --list, -o OUT (or --dry-run), or --check --report FILE.")
        }
        if privateReport != nil, list || check || dryRun {
            throw ValidationError("--private-report goes with -o OUT or --in-place.")
        }
        if action == .template, template.isEmpty {
            throw ValidationError("--action template needs --template PATH=FILE.")
        }
    }

    func run() throws {
        if let report { return try ScrubCheck.run(input.name, report: report, command: self) }
        let rules = try rules.ruleSet()
        let file = try ImageOpener.read(input.image, options: input.layout.options)
        guard let images = try Self.fileSystems(in: file, input.layout.options) else {
            return try scrub(text: file, rules)
        }
        var scrubber = try Scrubber(images: images, options: input.layout.options)
        scrubber.rules = rules
        scrubber.places = delete.map { .delete(FilePathBytes($0)) } + empty.map { .empty(FilePathBytes($0)) }
        scrubber.kept = Set(keep.map { FilePathBytes($0) })
        scrubber.action = action
        scrubber.templates = try templates()
        scrubber.isRaw = raw
        scrubber.keepsLayout = layout.keepLayout
        scrubber.time = time.map(Int64.init)
        if layout.keepLayout, !list, let uncertainty = images.lazy.compactMap(\.eraseSize.uncertainty).first {
            throw Failure("\(input.name): \(uncertainty); give it with --erase-size", status: .usage)
        }
        for image in images where !verbosity.quiet && !verbosity.json { Console.print(ImageDescription(image).line) }
        for image in images {
            FindingReport.print(image, quiet: verbosity.quiet, verbose: verbosity.verbose)
        }
        if list { return try print(scrubber.list(), given: rules.secrets) }
        let places = try places()
        if places?.output.isInPlace == true {
            for image in images { try image.checkInPlace(keepsSurroundings: !raw) }
        }
        let result: ScrubbedImage
        do {
            result = try scrubber.run()
        } catch {
            throw Failure("\(input.name): \(error)\(error.remedy)")
        }
        let list = result.comparison.map {
            ChangedBlockList($0, images: images, output: places?.output.path ?? input.name, isRaw: raw)
        }
        try finish(result, places: places, list: list, layers: file.layers)
    }

    /// All file systems in a file; nil for a text.
    static func fileSystems(in file: InputFile, _ options: InputOptions) throws(InputError) -> [OpenedImage]? {
        do {
            return try ImageOpener.openAll(file, options: options)
        } catch {
            guard case .noFileSystem = error, file.damage == nil, TextScrubber.isText(file.bytes) else { throw error }
            return nil
        }
    }

    private func scrub(text file: InputFile, _ rules: RuleSet) throws {
        guard !layout.keepLayout else { throw Failure("\(input.name): a text, which has no erase blocks") }
        guard delete.isEmpty, empty.isEmpty, template.isEmpty, keep.isEmpty, !raw else {
            throw Failure("\(input.name): a text, which has no files in it to delete, empty or keep")
        }
        let scrubber = TextScrubber(rules)
        if list { return try print(scrubber.list(file.bytes), given: rules.secrets) }
        let places = try places()
        if places?.output.isInPlace == true { try file.checkInPlace() }
        try finish(scrubber.run(file.bytes, path: input.name), places: places, layers: file.layers)
    }

    private func templates() throws -> [FilePathBytes: [UInt8]] {
        var templates: [FilePathBytes: [UInt8]] = [:]
        for text in template {
            guard let split = text.firstIndex(of: "=") else {
                throw ValidationError("--template takes PATH=FILE, not '\(text)'.")
            }
            let file = try FileBytes(path: String(text[text.index(after: split)...]))
            templates[FilePathBytes(String(text[..<split]))] = try file.withBytes { try $0.bytes(in: 0..<$0.byteCount) }
        }
        return templates
    }

    private func print(_ result: SearchResult, given: [KnownSecret]) throws {
        let listing = ScrubListing(result.findings, given: given)
        if verbosity.json {
            try JSON.print(listing.json(input.name, result: result))
        } else if !verbosity.quiet {
            listing.lines(result.findings).forEach(Console.print)
            Console.print(ScrubListing.summary(result.findings))
        }
        for sentence in result.notSearched { Console.error("\(input.name): not searched: \(listing.masked(sentence))") }
        for rule in result.incompleteRules {
            Console.error("\(input.name): rule '\(rule)' takes too long on this input and was given up")
        }
        if !result.findings.isEmpty || !result.incompleteRules.isEmpty || !result.notSearched.isEmpty {
            throw Failure.damaged
        }
    }

    // MARK: - Writing

    /// Where everything goes.
    private struct Places {
        var output: Destination
        var report: Destination
        /// Nil unless it is asked for.
        var privateReport: Destination?
        var list: Destination?
    }

    /// Nil where nothing is written.
    private func places() throws -> Places? {
        guard output != nil || inPlace, !dryRun else { return nil }
        let place = try Destination(
            output: output, orChanging: input.image, inPlace: (inPlace, "--in-place"), forcing.replacing)
        if place.isStandardOutput {
            throw ValidationError("The reports stand beside the output, so it must be a file: give -o FILE.")
        }
        let replacing = forcing.replacing
        return Places(
            output: place,
            report: try Destination(output: place.path + ".scrub.json", replacing: replacing, role: .sideFile),
            privateReport: try privateReport.map {
                try Destination(output: $0, replacing: replacing, role: .secret)
            },
            list: try layout.listPlace(replacing))
    }

    private func finish(
        _ result: ScrubbedImage, places: Places?, list: ChangedBlockList? = nil, layers: [InputLayer]
    ) throws {
        let place = places?.output.path
        var report = result.report
        if let remark = InputFile.unpackedRemark(layers) {
            report.report.notes.append("\(remark), and the input's size and sum are those of what was in it")
        }
        report.report.output.name = (place ?? "").split(separator: "/").last.map(String.init) ?? ""
        if !verbosity.quiet, !verbosity.json { plan(report.report).forEach(Console.print) }
        for note in report.report.notes { Console.error("\(input.name): \(note)") }
        let notSearched = report.report.searched.notSearched
        for sentence in notSearched { Console.error("\(input.name): not searched: \(sentence)") }
        for path in report.report.searched.keptPaths { Console.error("\(input.name): kept as it is: \(path)") }
        if report.report.searched.commonValues > 0 {
            let count = report.report.searched.commonValues
            Console.error(
                "\(input.name): \(count) removed value\(count == 1 ? " is" : "s are") too common to be looked for elsewhere"
            )
        }
        guard report.report.proof.holds else {
            let listing = ScrubListing(result.left, given: [])
            for line in listing.lines(result.left).prefix(20) { Console.error("still there: \(line)") }
            for line in result.remains.prefix(20) { Console.error("still there: \(line)") }
            throw Failure("\(place ?? "the output"): not written: not everything could be taken out")
        }
        if let places, !dryRun {
            guard confirmed() else { throw Failure("\(places.output.path): not written") }
            var files = try write(result.bytes, report: report, places: places)
            if let file = try places.list.flatMap({ try list?.write(to: $0) }) { files.append(file) }
            if !verbosity.quiet, !verbosity.json {
                if places.list?.isStandardOutput != true { list?.lines.forEach(Console.print) }
                if let caution = list?.caution {
                    Console.error("warning: \(places.output.path) is not for the flash as it is: \(caution)")
                }
                let size = result.bytes.count
                Console.print(
                    "\(places.output.path): \(size) bytes (\(hex(size))); nothing found "
                        + (notSearched.isEmpty ? "in it" : "in what was searched"))
                Console.print(
                    "\(places.report.path): the report, which may be published"
                        + (places.privateReport.map { "; \($0.path) has what was removed" } ?? ""))
            }
            if verbosity.json { try JSON.print(report.report) }
            try Console.commit(files)
        } else if verbosity.json {
            try JSON.print(report.report)
        }
        if result.isDamaged || !result.notSearched.isEmpty { throw Failure.damaged }
    }

    private func plan(_ report: ScrubReport) -> [String] {
        var lines = report.found.map { "  found \($0.live) live, \($0.dead) dead: \($0.rule)" }
        lines += report.changes.map { change in
            "  \(change.action) \(change.path)"
                + (change.rules.isEmpty ? "" : " (" + change.rules.joined(separator: ", ") + ")")
        }
        return lines
    }

    private func confirmed() -> Bool {
        // The input stays as it is: without somebody to ask, there is nothing to ask about.
        if yes || isatty(0) == 0 || isatty(2) == 0 { return true }
        Console.flush()
        _ = try? FileDescriptor.standardError.writeAll("Write it? [y/N] ".utf8)
        return readLine()?.lowercased().hasPrefix("y") ?? false
    }

    private func write(_ bytes: [UInt8], report: PrivateScrubReport, places: Places) throws -> [OutputFile] {
        var report = report
        report.report.seal = try Self.seal(of: report.report)
        var files: [OutputFile] = []
        if let secret = try places.privateReport?.open() {
            try secret.write(try JSON.bytes(report))
            files.append(secret)
        }
        let open = try places.report.open()
        try open.write(try JSON.bytes(report.report))
        let file = try places.output.open()
        try places.output.saving { () throws(SaveError) in try VerifiedOutput(file).write(bytes) }
        return files + [open, file]
    }

    /// The digest that a report holds of itself.
    static func seal(of report: ScrubReport) throws -> String {
        var report = report
        report.seal = ""
        return hexadecimal(FileBytes(try JSON.bytes(report)).withBytes { SHA256.digest($0) } ?? [])
    }
}

extension ScrubError {
    /// What the user can do about it, as the end of the sentence.
    fileprivate var remedy: String {
        switch self {
        case .noTemplate(let path): "; give one with --template \(path)=FILE"
        case .save(.surroundings): "; --raw writes the file system alone"
        case .save(.layout(let error)): error.remedy(takesSize: false)
        default: ""
        }
    }
}
