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
            removed values: as they are, in UTF-16, base64, base32, hexadecimal, lists of numbers and dumps (of od, hexdump, xxd); however \
            JSON, XML, URLs, mails, SQL, C, Lua, CSS and shells escape them; in pieces (adjacent strings, CDATA); and where \
            two of these are around one another. Not in raw deflate, Intel HEX, S-records, uuencode and Ascii85, nor what only a \
            program puts together. Only if nothing is left it is put in its place, with a report, OUT.scrub.json, \
            that may be published with it; what was removed is written down only where --private-report says.

            Packed files (gzip, xz, bzip2, zstd, tar, cpio, zip, 7z; also in each other, and deleted ones) are looked into, \
            and packed again. What is packed in a part of a file is overwritten as a whole: behind a script or a header, in \
            digits or escapes in a setting, in a cell of a database or an attribute; of a text in base64, hexadecimal or numbers \
            the digits of the value. In programs only keys and values that are known are taken out; what else looks like a \
            secret there, in pages, manuals and examples, --list names as what stays (with -v each place). What is not searched is \
            named, and makes the exit status 1: what is encrypted or cannot be unpacked, other file systems, what \
            --offset, --length and --select leave out, and the rules that --skip and --no-identifiers do without. SquashFS is searched where unsquashfs 4.5 or later is installed; what is \
            found there is named, and stays.

            Owners, modes, times, hard links, extended attributes, inode numbers, byte order, erase size, padding and \
            size stay, and the output is word-swapped as the input was. A text (a boot log) is cleaned the same way.

            Without -o, --in-place, --dry-run, --list and --check, at a terminal, it shows what it found, file by file and \
            with all values masked, asks what to do with each, and writes after it has said what will change. --plan \
            keeps the answers for the next image of the same model. With -o and no terminal it never asks.

            Exit status of --list: 0 if nothing is found, 1 otherwise; of --check: 0 if the proof holds, 1 otherwise.
            """)

    @OptionGroup var input: InputArguments

    @Option(name: .shortAndLong, help: "The image to write.", completion: .file())
    var output: String?

    @Flag(help: "Change the image itself. It stays as IMAGE~ until the new one is proven, and is gone then.")
    var inPlace = false

    @OptionGroup var forcing: ForceArguments

    @Flag(
        help: "Only list what the rules find; values are masked. Where the same values stand besides, --dry-run says.")
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

    @Option(
        help: ArgumentHelp(
            "What was decided about files: the dialog writes it there, -o, --in-place and --dry-run do it again.",
            valueName: "file"), completion: .file())
    var plan: String?

    @OptionGroup(title: "What to look for") var rules: RuleArguments

    @Option(
        help: ArgumentHelp(
            "What to do with all findings: delete or empty the file, redact the secret in its place, or take a template; else each rule says.",
            valueName: "action"), transform: Self.action)
    var action: ScrubAction?

    @Option(
        help: ArgumentHelp(
            "Delete a file, or a folder with all that is in it (repeatable; a pattern as of ls stands for all that match).",
            valueName: "path"))
    var delete: [String] = []

    @Option(
        help: ArgumentHelp(
            "Take the content of a file away, but keep the file (repeatable; or a pattern).", valueName: "path"))
    var empty: [String] = []

    @Option(help: ArgumentHelp("Give a file the content of a host file (repeatable).", valueName: "path=file"))
    var template: [String] = []

    @Option(
        help: ArgumentHelp(
            "Change nothing in a file, whatever is found in it (repeatable; or a pattern).", valueName: "path"))
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
    @OptionGroup var sizes: SizeArguments

    private static func action(_ text: String) throws -> ScrubAction {
        guard let action = ScrubAction(rawValue: text) else {
            let known = ScrubAction.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("'\(text)' is no action; write one of \(known).")
        }
        return action
    }

    func validate() throws {
        if check != (report != nil) { throw ValidationError("--check and --report FILE go together.") }
        let ways = [list, check, output != nil || inPlace || dryRun].count { $0 }
        if ways > 1 || ways == 0 && !Self.isAtTerminal {
            throw ValidationError(
                "Say what to do: --list, -o OUT (or --in-place, --dry-run), or --check --report FILE."
                    + (ways == 0 ? " Without one of them scrub asks, which needs a terminal." : ""))
        }
        if ways == 0, input.image == "-" {
            throw ValidationError("Standard input cannot be the image and the answers; give a file, or -o OUT.")
        }
        if plan != nil, list || check {
            throw ValidationError("--plan goes with -o OUT, --in-place, --dry-run or none.")
        }
        if let privateReport, privateReport == output || privateReport == input.image {
            throw ValidationError("--private-report is a file of its own, not the image.")
        }
        if privateReport != nil, list || check || dryRun {
            throw ValidationError("--private-report goes with -o OUT or --in-place.")
        }
        if action == .template, template.isEmpty {
            throw ValidationError("--action template needs --template PATH=FILE.")
        }
    }

    /// Whether somebody sees what is asked, and can answer.
    private static var isAtTerminal: Bool { isatty(0) == 1 && isatty(1) == 1 }

    /// Whether somebody is asked about each file.
    var isDialog: Bool { !list && !check && !inPlace && !dryRun && output == nil }

    func run() throws {
        if let report { return try ScrubCheck.run(input.name, report: report, command: self) }
        var rules = try rules.ruleSet()
        let decided = try plan.map { try Self.plan($0, mayBeNew: isDialog) } ?? ScrubPlan()
        let file = try ImageOpener.read(input.image, options: input.layout.options)
        guard let images = try Self.fileSystems(in: file, input.layout.options) else {
            return try scrub(text: file, rules, decided: decided)
        }
        if !isDialog { try rules.skip(decided.skippedRules) }
        let scrubber = try scrubber(images, rules: rules)
        for image in images where !verbosity.quiet && !verbosity.json {
            StandardStreams.print(ImageDescription(image).line)
        }
        for image in images {
            FindingReport.print(image, quiet: verbosity.quiet, verbose: verbosity.verbose)
        }
        if list { return try print(listed(scrubber), given: rules.secrets) }
        guard isDialog else {
            _ = try scrub(
                images, with: scrubber, decided: decided, written: decided, output: output, layers: file.layers)
            return
        }
        var dialog = try ScrubDialog(listed(scrubber), given: rules.secrets, plan: decided)
        while true {
            guard dialog.run(check: { _ = try places(output: $0) }) else {
                throw Failure("\(input.name): nothing was written")
            }
            var own = scrubber
            try own.rules.skip(dialog.plan.skippedRules)
            // Whoever says no goes on with the answers that there are.
            if try scrub(
                images, with: own, decided: dialog.decisions, written: dialog.plan, output: dialog.output,
                layers: file.layers)
            {
                return
            }
        }
    }

    /// - Parameter written: what of the decisions is written down.
    /// - Returns: false if somebody was asked, and did not want it.
    private func scrub(
        _ images: [OpenedImage], with scrubber: Scrubber, decided: ScrubPlan, written: ScrubPlan, output: String?,
        layers: [InputLayer]
    ) throws -> Bool {
        var scrubber = scrubber
        try scrubber.apply(decided.choices()) { file in try FileBytes(path: file).withBytes { Array($0) } }
        let places = try places(output: output)
        if places?.output.isInPlace == true {
            for image in images { try image.checkInPlace(keepsSurroundings: !raw) }
        }
        let result: ScrubbedImage
        do {
            result = try ProgressLine.showing(input.name, isQuiet: verbosity.quiet) { () throws(ScrubError) in
                try scrubber.run()
            }
        } catch {
            throw Failure("\(input.name): \(error)\(error.remedy)")
        }
        let list = result.comparison.map {
            ChangedBlockList($0, images: images, output: places?.output.path ?? input.name, isRaw: raw)
        }
        return try finish(result, places: places, list: list, layers: layers, decided: written)
    }

    private func listed(_ scrubber: Scrubber) -> SearchResult {
        ProgressLine.showing(input.name, isQuiet: verbosity.quiet) {
            scrubber.list(hasCopies: isDialog, hasStaying: list)
        }
    }

    private func scrubber(_ images: [OpenedImage], rules: RuleSet) throws -> Scrubber {
        var scrubber = try Scrubber(images: images, options: input.layout.options)
        scrubber.rules = rules
        let trees = images.map(\.fileSystem.tree)
        func named(_ texts: [String], option: String) throws -> [FilePathBytes] {
            try PathArguments.expand(option: option, texts, in: trees)
        }
        scrubber.places =
            try named(delete, option: "--delete").map { .delete($0) }
            + named(empty, option: "--empty").map { .empty($0) }
        scrubber.kept = try Set(named(keep, option: "--keep"))
        scrubber.action = action
        scrubber.templates = try templates()
        scrubber.isRaw = raw
        scrubber.keepsLayout = layout.keepLayout
        scrubber.time = time.map(Int64.init)
        if layout.keepLayout, !list, let uncertainty = images.lazy.compactMap(\.eraseSize.uncertainty).first {
            throw Failure("\(input.name): \(uncertainty); give it with --erase-size", status: .usage)
        }
        return scrubber
    }

    /// Reads what was decided before.
    ///
    /// - Parameter mayBeNew: whether there may be no such file yet.
    private static func plan(_ file: String, mayBeNew: Bool) throws -> ScrubPlan {
        if mayBeNew, unsafe access(file, F_OK) != 0 { return ScrubPlan() }
        let bytes = try FileBytes(path: file).withBytes { Array($0) }
        guard let plan = JSON.value(ScrubPlan.self, bytes) else { throw Failure("\(file): no plan of scrub") }
        do throws(ScrubError) {
            _ = try plan.choices()
        } catch {
            throw Failure("\(file): \(error)")
        }
        return plan
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

    private func scrub(text file: InputFile, _ rules: RuleSet, decided: ScrubPlan) throws {
        var rules = rules
        guard !layout.keepLayout else { throw Failure("\(input.name): a text, which has no erase blocks") }
        guard delete.isEmpty, empty.isEmpty, template.isEmpty, keep.isEmpty, !raw else {
            throw Failure("\(input.name): a text, which has no files in it to delete, empty or keep")
        }
        func write(_ rules: RuleSet, decided: ScrubPlan, output: String?) throws -> Bool {
            let places = try places(output: output)
            if places?.output.isInPlace == true { try file.checkInPlace() }
            return try finish(
                TextScrubber(rules).run(file.bytes, path: input.name), places: places, layers: file.layers,
                decided: decided)
        }
        guard isDialog else {
            try rules.skip(decided.skippedRules)
            if list { return try print(TextScrubber(rules).list(file.bytes), given: rules.secrets) }
            _ = try write(rules, decided: decided, output: output)
            return
        }
        var dialog = try ScrubDialog(
            TextScrubber(rules).list(file.bytes, hasCopies: true), given: rules.secrets, plan: decided)
        while true {
            guard dialog.run(check: { _ = try places(output: $0) }) else {
                throw Failure("\(input.name): nothing was written")
            }
            var own = rules
            try own.skip(dialog.plan.skippedRules)
            if try write(own, decided: dialog.plan, output: dialog.output) { return }
        }
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
        let listing = ScrubListing(result.findings + result.staying, given: given)
        if verbosity.json {
            try JSON.print(listing.json(input.name, result: result))
        } else if !verbosity.quiet {
            listing.lines(result.findings).forEach(StandardStreams.print)
            listing.staying(result.staying, isLong: verbosity.verbose).forEach(StandardStreams.print)
            StandardStreams.print(ScrubListing.summary(result.findings, staying: result.staying.count))
            if result.findings.contains(where: { !$0.secret.isEmpty }) { StandardStreams.print(ScrubListing.advice) }
        }
        for sentence in result.notSearched {
            StandardStreams.error("\(input.name): not searched: \(listing.masked(sentence))")
        }
        for rule in result.incompleteRules {
            StandardStreams.error("\(input.name): rule '\(rule)' takes too long on this input and was given up")
        }
        if !result.findings.isEmpty || !result.incompleteRules.isEmpty || !result.notSearched.isEmpty {
            throw Failure.damaged
        }
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
