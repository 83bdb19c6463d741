import ArgumentParser
import FlashBytes
import ImageFile
import Scrub

/// `jffs2 scan PATH…`
struct Scan: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan",
        abstract:
            "Look at many images: one line of JSON for each, on all cores, and where it was interrupted it goes on.",
        discussion: """
            Folders are walked, not through symlinks in them; a symlink that is named itself stands for what it leads to. With - \
            or --files-from, names come from standard input or a file, one a line, and each line of output is written as soon \
            as it is known, whole: so it can be one of many on other machines (GNU parallel, Slurm, Spark). Only regular files \
            are read; FIFOs, devices and sockets that are named are an error, others are passed over.

            A line has what the file is, its SHA-256 and, of a JFFS2 image, what info says, the checks of verify, and how many \
            secrets scrub --list finds by which rule, never a value. Of a file without JFFS2 it has what it most probably is; \
            that is no error. Lines come as files are done; with --jobs 1 in the order of the names.

            Files are read by processes of their own with limits of time and memory, so that none of them ends the scan: one \
            that cannot be read, or is given up, has a line with an error. No other program is run.

            With --state, results are kept in a file, too. What is there already and has the same size and time is not looked \
            at again; its line is printed from there, so that the output is always that of all files. Options that change \
            results, and another version of jffs2, begin anew.

            Exit status 0 if all is well, 1 if an image is damaged or has secrets, 2 if a file could not be read or was given \
            up, 3 if the scan ended early: then lines are missing.
            """)

    @Argument(
        help: ArgumentHelp("Files and folders; - reads names from standard input.", valueName: "path"),
        completion: .file())
    var paths: [String] = []

    @Option(
        help: ArgumentHelp("Read names of files and folders from a file, one a line.", valueName: "file"),
        completion: .file())
    var filesFrom: String?

    @Flag(name: [.customShort("0"), .long], help: "Names that are read end with a NUL, not with a line.")
    var null = false

    @Option(help: "How many files are looked at at a time (default: one for each processor).")
    var jobs: Int?

    @Option(
        help: ArgumentHelp("Keep results here, and take from here what is done already.", valueName: "file"),
        completion: .file())
    var state: String?

    @Flag(help: "Do not search for secrets: faster.")
    var noSecrets = false

    @Option(help: ArgumentHelp("Give a file up that takes longer; 0 for no limit.", valueName: "seconds"))
    var timeLimit = 600.0

    @Option(
        help: ArgumentHelp(
            "Give a file up that takes more memory (default: 2 GiB); 0 for no limit.", valueName: "size"),
        transform: SizeArgument.size)
    var memoryLimit = 2 << 30

    @Option(
        help: ArgumentHelp(
            """
            Refuse larger files (default: 1 GiB), and unpack at most so much from a compressed one (default: 256 MiB, or 64 \
            times the file).
            """, valueName: "size"), transform: SizeArgument.size)
    var maxInput: Int?

    @OptionGroup(title: "What to look for") var rules: RuleArguments

    /// Looks at the files whose names come on standard input; see `ScanWorker`.
    @Flag(help: .private) var worker = false

    @Flag(help: "Changes nothing: what is printed is JSON in any case.")
    var json = false

    @Flag(name: .shortAndLong, help: "Say nothing on standard error of files that cannot be read.")
    var quiet = false

    @Flag(name: .shortAndLong, help: "Say at the end how many files there were.")
    var verbose = false

    func validate() throws {
        if worker { return }
        if paths.isEmpty, filesFrom == nil {
            throw ValidationError("Name files or folders, or - for names from standard input.")
        }
        if paths.contains("-"), filesFrom == "-" || paths.count(where: { $0 == "-" }) > 1 {
            throw ValidationError("Standard input can be read once.")
        }
        if null, filesFrom == nil, !paths.contains("-") {
            throw ValidationError("-0 goes with - or --files-from.")
        }
        if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs takes a number from 1 to 1024.") }
        if !(timeLimit >= 0 && timeLimit < 1e9) {
            throw ValidationError("--time-limit takes seconds, or 0 for no limit.")
        }
        if memoryLimit > 0, memoryLimit < 64 << 20 {
            throw ValidationError("--memory-limit takes 64M or more, or 0 for no limit.")
        }
        if noSecrets, rules.isGiven { throw ValidationError("--no-secrets and what to look for exclude each other.") }
    }

    func run() throws {
        do {
            try scan()
        } catch let failure as Failure where failure.status != .failed || failure.description.isEmpty {
            throw failure
        } catch let error as any Error & CustomStringConvertible where !(error is ValidationError) {
            // What was printed until then is true, but not all: whoever calls this must be able to tell that from 2.
            throw Failure(error.description, status: .unfinished)
        }
    }

    private func scan() throws {
        let search = try noSecrets ? nil : rules.ruleSet()
        let examiner = ScanExaminer(rules: search, largest: maxInput)
        if worker { return try ScanWorker.run(examiner, memoryLimit: memoryLimit) }
        let state = try state.map { path in
            let about = try fingerprints()
            return try ScanState(path: path, fingerprint: about.results, limitedFingerprint: about.limits)
        }
        let names = try ScanNames(
            paths: paths.map { $0 == "-" ? .standardInput : .path(ProgramArguments.bytes(of: $0)) }
                + (filesFrom.map { [$0 == "-" ? .standardInput : .list($0)] } ?? []),
            delimiter: null ? 0 : 0x0a, passedOver: ScanNames.outputs(state: self.state))
        var run = ScanRun(names: names, state: state, workerArguments: workerArguments)
        run.jobs = jobs ?? ProcessorCount.available
        run.timeLimit = timeLimit > 0 ? .milliseconds(Int(timeLimit * 1000)) : nil
        run.largest = maxInput ?? FileBytes.Limits().largest
        run.isQuiet = quiet
        let totals = try run.run()
        try state?.close()
        if verbose { StandardStreams.error("scan: \(totals.description)") }
        if totals.isIncomplete { throw Failure("") }
        if totals.hasFindings { throw Failure.damaged }
    }

    /// The command line of a process that looks at files.
    private var workerArguments: [String] {
        ["scan", "--worker", "--memory-limit", "\(memoryLimit)"] + (maxInput.map { ["--max-input", "\($0)"] } ?? [])
            + (noSecrets ? ["--no-secrets"] : rules.words)
    }

    /// What results depend on besides the files; and what it depends on whether a file is given up.
    private func fingerprints() throws -> (results: String, limits: String) {
        var parts = [Version.text, "\(maxInput ?? -1)", noSecrets ? "none" : "count"]
        parts += rules.words
        for file in rules.rules + rules.secrets {
            parts.append(hexadecimal(try FileBytes(path: file).withBytes { SHA256.digest($0) } ?? []))
        }
        func digest(_ parts: [String]) -> String {
            let text = Array(parts.joined(separator: "\0").utf8)
            return String(hexadecimal(unsafe SHA256.digest(text.span.bytes) ?? []).prefix(16))
        }
        return (digest(parts), digest(parts + ["\(timeLimit)", "\(memoryLimit)"]))
    }
}

extension RuleArguments {
    /// Whether something was said.
    fileprivate var isGiven: Bool { !words.isEmpty }

    /// What was said, for another process.
    fileprivate var words: [String] {
        rules.map { "--rules=\($0)" } + secret.map { "--secret=\($0)" } + secrets.map { "--secrets=\($0)" }
            + skip.map { "--skip=\($0)" } + (noIdentifiers ? ["--no-identifiers"] : [])
            + (noBuiltIn ? ["--no-built-in"] : [])
    }
}
