import FileTree
import FlashBytes
import ImageFile
import JFFS2
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// One file system on its way into one directory.
struct DirectoryUnpacking {
    let command: Unpack
    let image: OpenedImage
    let directory: String

    /// What `--json` prints.
    struct Result: Encodable {
        var image: ImageDescription
        var directory: String
        var manifest: String?
        var created: [String: Int]
        var hardLinks: Int
        var bytesWritten: UInt64
        var ownersSet: Bool
        var leftOutWithoutRoot: Int
        var problems: [String]
        var furtherProblems: Int
        var damaged: Bool
    }

    private var manifestPath: String? { command.noMtree ? nil : SourceDirectory.manifestPath(beside: directory) }

    /// Refuses what is going to fail.
    func check() throws {
        try command.limits.check(command.everythingChosen(in: image), of: image)
        if command.strict, image.fileSystem.findings.isDamaged {
            FindingReport.print(image, quiet: command.output.quiet, verbose: command.output.verbose)
            throw Failure("\(image.path): the image is damaged; without --strict, what is good is unpacked")
        }
        if !command.force, let manifestPath, unsafe access(manifestPath, F_OK) == 0 {
            throw Failure("\(manifestPath): exists already; -f replaces it, -d names another folder")
        }
        var status = stat()
        if !command.force, unsafe lstat(directory, &status) == 0 {
            throw Failure("\(directory): exists already; -f writes into it, -d names another folder")
        }
    }

    func run() async throws -> Unpacked {
        var tree = try command.tree(of: image)
        if manifestPath != nil { tree = tree.keepingUncompressed(of: image.fileSystem) }
        let isText = !command.output.json && !command.output.quiet
        if isText { StandardStreams.print(ImageDescription(image).line) }
        FindingReport.print(image, quiet: command.output.quiet, verbose: command.output.verbose)
        if command.strict { try checkContents(tree) }

        var configuration = HostDirectoryWriter.Configuration()
        configuration.replacesExisting = command.force
        configuration.setsExtendedAttributes = command.xattrs
        if command.setId { configuration.setsSetID = true }
        configuration.computesDigests = !command.noMtree
        configuration.jobs = command.jobs ?? ProcessorCount.available
        let progress = ProgressLine(isQuiet: command.output.quiet)
        let total = tree.contentSize
        let written = try await HostDirectoryWriter.prepare(tree, to: directory, configuration: configuration) {
            state in
            progress.show(
                "\(directory): \(state.files) files, \(SizeExpression.readable(Int(clamping: state.contentBytes)))",
                done: state.contentBytes, of: total)
        }
        progress.clear()
        let manifest = try manifestPath.map {
            try UnpackedManifest.write(
                $0, of: tree, from: image, written: written.report, replacing: command.force)
        }
        printProblems(written.report)
        if isText {
            if command.output.verbose { Listing.printNames(of: tree) }
            printSummary(written.report)
        }
        return Unpacked(directory: written, manifest: manifest, result: result(written.report))
    }

    /// What is still to be put in its place.
    struct Unpacked {
        var directory: WrittenDirectory
        var manifest: OutputFile?
        var result: Result
    }

    /// With `--strict`, before anything is written.
    private func checkContents(_ tree: FileTree) throws {
        try tree.walk { path, id in
            guard case .regular(let contents) = tree[id].payload else { return }
            var first: ContentDamage?
            contents.findDamage { first = first ?? $0 }
            guard let part = first else { return }
            throw Failure("\(image.path): \(path): damaged: \(part); without --strict, what is good is unpacked")
        }
    }

    private func printProblems(_ report: HostDirectoryWriterReport) {
        let limit = command.output.verbose ? .max : 20
        for finding in report.findings.prefix(limit) { StandardStreams.error("\(directory)\(finding)") }
        let more = report.furtherFindings + max(0, report.findings.count - limit)
        if more > 0 { StandardStreams.error("\(directory): … and \(more) more") }
    }

    private func printSummary(_ report: HostDirectoryWriterReport) {
        var parts = KindCounts(report.created).parts()
        if report.links > 0 { parts.append("\(report.links) hard link\(report.links == 1 ? "" : "s")") }
        var line = "\(directory): \(parts.isEmpty ? "nothing in it" : parts.joined(separator: ", "))"
        if let manifestPath { line += "; all metadata in \(manifestPath)" }
        StandardStreams.print(line)
        let kept = manifestPath.map { "in \($0) only" } ?? "lost (--no-mtree)"
        if report.setIDsLeftOut > 0 {
            let files = report.setIDsLeftOut == 1 ? "1 file is" : "\(report.setIDsLeftOut) files are"
            StandardStreams.print("\(directory): set-uid or set-gid of \(files) \(kept); --set-id sets it")
        }
        if !report.setsOwners {
            let left = report.privilegedFilesLeftOut
            let files = "\(left) special file\(left == 1 ? "" : "s") (devices, sockets)"
            let what = left == 0 ? "owners are" : "owners and \(files) are"
            StandardStreams.print("\(directory): not run as root, so \(what) \(kept)")
        }
    }

    private func result(_ report: HostDirectoryWriterReport) -> Result {
        Result(
            image: ImageDescription(image), directory: directory, manifest: manifestPath,
            created: Dictionary(uniqueKeysWithValues: report.created.map { ($0.key.word, $0.value) }),
            hardLinks: report.links, bytesWritten: report.contentBytes, ownersSet: report.setsOwners,
            leftOutWithoutRoot: report.privilegedFilesLeftOut, problems: report.findings.map(\.description),
            furtherProblems: report.furtherFindings,
            damaged: report.lostSomething || image.fileSystem.findings.isDamaged)
    }
}
