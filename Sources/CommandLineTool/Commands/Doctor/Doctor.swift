import Acquisition
import ArgumentParser
import FlashBytes
import ImageFile

/// `jffs2 doctor FILE…`
struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say why a file does not mount, unpack or boot, and which command gets further.",
        discussion: """
            Says what a file most probably is, what speaks for it and what against it, and a command line that can be \
            pasted: where the file system really begins, what it is wrapped, packed or swapped in, whether bits are \
            inverted or in reverse order, the geometry of a NAND dump, whether bytes were lost, doubled or translated on the \
            way, whether blocks are missing, twice, hidden or in another order, whether it was cut short or emptied, and what \
            else it is if there is no JFFS2 in it.

            With --endian and --erase-size as the device has them, it says whether the image fits. Of two files it also says \
            whether they are the two chips of one bus.

            Exit status 0 if nothing is wrong, 1 if something is, 2 if a file cannot be read.
            """)

    @Argument(help: LayoutArguments.imageHelp, completion: .file())
    var files: [String]

    @OptionGroup var output: OutputArguments
    @OptionGroup var layout: LayoutArguments

    func run() throws {
        var reports: [DoctorReport] = []
        if files.count == 2, let pair = try together(files[0], second: files[1]) {
            reports.append(pair)
        } else {
            for file in files { reports.append(try report(file)) }
        }
        if output.json {
            let results = reports.map(\.result)
            if results.count == 1 { try JSON.print(results[0]) } else { try JSON.print("reports", list: results) }
        } else if !output.quiet {
            for report in reports { report.lines.forEach(StandardStreams.print) }
        }
        if reports.contains(where: { !$0.isHealthy }) { throw Failure.damaged }
    }

    /// Two files as the chips of one bus; nil if they are none.
    private func together(_ first: String, second: String) throws -> DoctorReport? {
        let options = layout.options
        guard
            let (left, right) = try? (
                ImageOpener.read(first, options: options), ImageOpener.read(second, options: options)
            )
        else { return nil }
        let found = Examination.diagnoses(of: left, with: right)
        if found.isEmpty { return nil }
        var remedy = Remedy(path: first, known: [], hasFileSystem: true)
        remedy.second = second
        return DoctorReport(name: "\(left.name), \(right.name)", diagnoses: found, remedy: remedy)
    }

    private func report(_ path: String) throws -> DoctorReport {
        let options = layout.options
        let file: InputFile
        do {
            file = try ImageOpener.read(path, options: options)
        } catch {
            guard let diagnosis = Examination.diagnosis(of: error) else { throw error }
            let remedy = Remedy(path: path, known: layout.given, hasFileSystem: false)
            return DoctorReport(name: path, diagnoses: [diagnosis], remedy: remedy)
        }
        let found = Examination.diagnoses(of: file, options: options)
        var remedy = Remedy(path: path, known: layout.given, hasFileSystem: found.allSatisfy(\.kind.isInFileSystem))
        switch file.layers.first {
        case .packed(let form, let member, _): remedy.packing = (form, member)
        case .compressedUImage(_, let form): (remedy.packing, remedy.isInUImage) = ((form, nil), true)
        default: break
        }
        for case .wordSwapped(let group) in found.map(\.kind) { remedy.swapGroup = group }
        return DoctorReport(name: file.name, diagnoses: found, remedy: remedy, rows: rows(file, found: found))
    }

    /// How many bytes of memory a text shows; nil where the file is none.
    private func rows(_ file: InputFile, found: [Diagnosis]) -> Int? {
        guard found.contains(where: { if case .text = $0.kind { true } else { false } }) else { return nil }
        let session = try? RecordedSession(sources: [.bytes(file.bytes)], range: nil, isFlash: false)
        return session?.bytes.count ?? 0
    }
}

extension Diagnosis.Kind {
    /// Whether a file system is there that the commands can open.
    fileprivate var isInFileSystem: Bool {
        switch self {
        case .empty, .blank, .nearlyBlank, .archive, .transformed, .half, .random, .text, .numbers, .foreign, .unknown,
            .keyed,
            .lineEnds, .transcoded, .replacedBytes, .sevenBits, .wideCharacters, .zerosStripped, .reversed,
            .nibblesSwapped,
            .brokenHeaders:
            false
        default: true
        }
    }
}

extension LayoutArguments {
    /// What was said, as it is said again to another command.
    fileprivate var given: [String] {
        var words: [String] = []
        func add(_ option: String, value: String?) {
            if let value { words += [option, ShellWord.quoted(value)] }
        }
        add("--offset", value: offset.map { hex($0) })
        add("--length", value: length.map { hex($0) })
        add("--swap", value: swap.map(String.init))
        if case .layout(let area)? = oob { add("--oob", value: area.description) }
        if case .absent? = oob { add("--oob", value: "0") }
        add("--select", value: select)
        add("--member", value: reading.member)
        add("--max-input", value: reading.maxInput.map(String.init))
        return words
    }
}
