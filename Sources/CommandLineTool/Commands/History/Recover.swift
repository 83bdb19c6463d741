import ArgumentParser
import FileTree
import FlashBytes
import ImageFile
import JFFS2
import SystemPackage

/// `jffs2 recover IMAGE [PATH…]`
struct Recover: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover",
        abstract: "Get deleted files, lost ones and older versions out of an image.",
        discussion: """
            Writes what no name leads to any more: the last version of each deleted file (of one that was emptied \
            first, the last that was not empty), and of files that lost their names by damage. With a PATH, only what \
            was there, or in that folder, at any time. --all-versions writes older versions as well, also of files that \
            are there: each version after which content was overwritten, cut off or deleted. What only grew is in the \
            next one.

            A file gets the path that it had last. Of several at one path the newest has the name; older ones are \
            NAME.~1~, NAME.~2~ and so on, the oldest first, as cp --backup=numbered names them. What has no name left is \
            lost+found/inode-NUMBER. Names that no folder can hold are written with _ for what is wrong in them.

            Where the device's garbage collector took some of a file's nodes, what is left is written with zeros in \
            place of the rest, the stretches that are missing are named, and the exit status is 1. So it is where versions in \
            between are gone that may have written to a stretch of which an older node is there. Files of which nothing is \
            left are named only. A file has the extended attributes that it had last, unless another file has its inode number \
            now. Nothing outside DIR is touched, and DIR appears whole or not at all. Owners, devices, modes \
            and extended attributes are in DIR.mtree as well, as with unpack. Where nothing was deleted or lost, nothing is \
            written, and the exit status is 0.
            """)

    @OptionGroup var input: ImageInput

    @Argument(help: "What to get, by a path that it had at any time, or lost+found/inode-NUMBER.")
    var paths: [String] = []

    @Option(
        name: [.customShort("d"), .customLong("directory")],
        help: ArgumentHelp("The folder to write; it must not exist (see -f).", valueName: "dir"),
        completion: .directory)
    var directory: String?

    @Option(
        help: ArgumentHelp(
            "Write a tar archive with everything in it instead of a folder; - is standard output.", valueName: "file"),
        completion: .file())
    var tar: String?

    @Flag(name: .shortAndLong, help: "Write into an existing folder; files that are in the way are replaced.")
    var force = false

    @Flag(help: "Do not write DIR.mtree.")
    var noMtree = false

    @Flag(help: "Older versions as well, also of files that are there.")
    var allVersions = false

    @Option(
        help: ArgumentHelp(
            "The file at PATH as it was after this version of its nodes (see 'jffs2 history').", valueName: "number"))
    var fileVersion: UInt32?

    @OptionGroup var limits: UnpackLimits

    @OptionGroup var output: OutputArguments
    @OptionGroup var layout: LayoutArguments

    func validate() throws {
        if directory?.isEmpty == true { throw ValidationError("-d wants the name of a folder.") }
        if (directory == nil) == (tar == nil) { throw ValidationError("Where to? Give -d DIR or --tar FILE.") }
        if tar == "-", output.json { throw ValidationError("--tar - and --json both want standard output.") }
        if fileVersion != nil, allVersions {
            throw ValidationError("--file-version and --all-versions exclude each other.")
        }
        if fileVersion != nil, paths.count != 1 { throw ValidationError("--file-version wants one PATH.") }
    }

    func run() async throws {
        let image = try input.open(layout)
        let history = FlashHistory(FlashLog(image.fileSystem))
        let extent = fileVersion.map { Recovery.Extent.version($0) } ?? (allVersions ? .allVersions : .gone)
        let selection = try PathSelection(paths, in: history, of: input.name)
        let recovery = Recovery(history, extent: extent) { selection.contains($0, in: history) }
        let report = RecoveryReport(recovery: recovery, history: history, directory: directory, tar: tar)
        for line in report.lostLines.prefix(output.verbose ? .max : 20) {
            StandardStreams.error("\(image.path): \(line)")
        }
        if report.lostLines.count > 20, !output.verbose {
            StandardStreams.error("\(image.path): … and \(report.lostLines.count - 20) more")
        }
        if recovery.files.isEmpty {
            if let fileVersion {
                throw Failure(
                    "\(input.name): \(paths.first ?? ""): there is no version \(fileVersion); 'jffs2 history' lists those that are left"
                )
            }
            return try finishWithNothing(report)
        }
        let tree = recovery.tree()
        try limits.check(tree, of: image)
        if let tar {
            try writeTar(tree, to: tar, report: report)
        } else if let directory {
            try await writeFolder(tree, to: directory, of: image, report: report)
        }
    }

    /// Nothing is there to be written: no failure, if nothing was lost.
    private func finishWithNothing(_ report: RecoveryReport) throws {
        let recovery = report.recovery
        if output.json, tar != "-" { try JSON.print(report.result(isPartial: report.isPartial)) }
        var sentence = "nothing is left of the content of what was deleted"
        if recovery.lost.isEmpty {
            sentence = "nothing that was deleted or lost is left\(paths.isEmpty ? "" : " there"); nothing is written"
            if !allVersions {
                sentence += "; --all-versions looks for older versions of files that are there"
            }
        }
        if !output.quiet { StandardStreams.error("\(input.name): \(sentence)") }
        if !recovery.lost.isEmpty { throw Failure.damaged }
    }

    private func writeFolder(
        _ tree: FileTree, to directory: String, of image: OpenedImage, report: RecoveryReport
    ) async throws {
        let manifestPath = noMtree ? nil : SourceDirectory.manifestPath(beside: directory)
        if let manifestPath { try OutputFile.check(manifestPath, replacing: force, role: .sideFile) }
        let written = try await write(tree, to: directory)
        for finding in written.report.findings { StandardStreams.error("\(directory)\(finding)") }
        if written.report.furtherFindings > 0 {
            StandardStreams.error("\(directory): … and \(written.report.furtherFindings) more")
        }
        let manifest = try manifestPath.map {
            try UnpackedManifest.write($0, of: tree, from: image, written: written.report, replacing: force)
        }
        let isPartial = report.isPartial || written.report.lostSomething
        try say(report, isPartial: isPartial)
        try StandardStreams.finish()
        try WrittenDirectory.commit([written], with: [manifest].compactMap(\.self))
        if isPartial { throw Failure.damaged }
    }

    private func writeTar(_ tree: FileTree, to path: String, report: RecoveryReport) throws {
        let place = try Destination(
            output: path, replacing: Destination.Replacing(isAllowed: force), inputs: [input.image])
        let (outcome, written) = try place.writeTar(of: tree, name: path)
        for finding in outcome.findings { StandardStreams.error("\(path): \(finding)") }
        if outcome.furtherFindings > 0 { StandardStreams.error("\(path): … and \(outcome.furtherFindings) more") }
        let isPartial = report.isPartial || outcome.lostSomething
        if !place.isStandardOutput { try say(report, isPartial: isPartial) }
        try StandardStreams.commit([written].compactMap(\.self))
        if isPartial { throw Failure.damaged }
    }

    private func say(_ report: RecoveryReport, isPartial: Bool) throws {
        if output.json {
            try JSON.print(report.result(isPartial: isPartial))
        } else if !output.quiet {
            report.lines.forEach(StandardStreams.print)
        }
    }

    private func write(_ tree: FileTree, to directory: String) async throws -> WrittenDirectory {
        var configuration = HostDirectoryWriter.Configuration()
        configuration.replacesExisting = force
        configuration.computesDigests = !noMtree
        configuration.jobs = ProcessorCount.available
        let progress = ProgressLine(isQuiet: output.quiet)
        defer { progress.clear() }
        do throws(FileError) {
            return try await HostDirectoryWriter.prepare(tree, to: directory, configuration: configuration) { state in
                progress.show("\(directory): \(state.files) files")
            }
        } catch {
            guard error.errno == .fileExists else { throw error }
            throw Failure("\(directory): exists already; -f writes into it, -d names another folder")
        }
    }
}

/// Files by the paths that they had at any time.
struct PathSelection {
    private var inodes: Set<InodeNumber> = []
    private var prefixes: [FilePathBytes] = []
    private let isAll: Bool

    init(_ paths: [String], in history: FlashHistory, of image: String) throws {
        isAll = paths.isEmpty
        for text in paths {
            let (path, found) = history.inodes(meantBy: text)
            if found.isEmpty { throw Failure("\(image): \(path): no node in the image tells of it") }
            inodes.formUnion(found)
            prefixes.append(path)
            prefixes += found.map { history.path(of: $0) }
        }
    }

    func contains(_ file: FileHistory, in history: FlashHistory) -> Bool {
        if isAll || inodes.contains(file.inode) { return true }
        let components = history.path(of: file).components
        return prefixes.contains { components.starts(with: $0.components) }
    }
}
