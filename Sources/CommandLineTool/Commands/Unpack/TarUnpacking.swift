import FileTree
import FlashBytes
import ImageFile
import JFFS2

/// One file system on its way into a tar archive.
struct TarUnpacking {
    let command: Unpack
    let image: OpenedImage
    /// `-` is standard output.
    let path: String

    private struct Result: Encodable {
        var image: ImageDescription
        var tar: String
        var nameCount: Int
        var problems: [String]
        var furtherProblems: Int
        var damaged: Bool
    }

    func run() throws {
        let place = try Destination(
            output: path, replacing: Destination.Replacing(isAllowed: command.force), inputs: [command.input.image])
        let tree = try command.tree(of: image)
        try command.limits.check(tree, of: image)
        let findings = image.fileSystem.findings
        FindingReport.print(image, quiet: command.output.quiet, verbose: command.output.verbose)
        if command.strict, findings.isDamaged {
            throw Failure("\(image.path): the image is damaged; without --strict, what is good is unpacked")
        }
        let (report, output) = try place.writeTar(of: tree, name: path)
        if !place.isStandardOutput, command.strict, report.lostSomething {
            try printProblems(report)
            throw Failure("\(image.path): damaged; without --strict, what is good is unpacked")
        }
        try printProblems(report)
        let isDamaged = report.lostSomething || findings.isDamaged
        if command.output.json, !place.isStandardOutput {
            try JSON.print(
                Result(
                    image: ImageDescription(image), tar: path, nameCount: report.names,
                    problems: report.findings.map(\.description), furtherProblems: report.furtherFindings,
                    damaged: isDamaged))
        } else if !place.isStandardOutput, !command.output.quiet {
            StandardStreams.print(ImageDescription(image).line)
            if command.output.verbose { Listing.printNames(of: tree) }
            StandardStreams.print("\(path): \(report.names) names")
        }
        try StandardStreams.commit([output].compactMap(\.self))
        if isDamaged { throw Failure.damaged }
    }

    private func printProblems(_ report: TarWriter.Report) throws {
        let limit = command.output.verbose ? .max : 20
        for finding in report.findings.prefix(limit) { StandardStreams.error("\(image.path): \(finding)") }
        let more = report.furtherFindings + max(0, report.findings.count - limit)
        if more > 0 { StandardStreams.error("\(image.path): … and \(more) more") }
    }
}

extension Destination {
    /// Writes a tree as tar to standard output or into a new file, which the caller puts in its place; packed as the end of
    /// the file's name says (`.tar.gz`).
    ///
    /// - Parameter name: for messages.
    func writeTar(of tree: FileTree, name: String) throws -> (report: TarWriter.Report, file: OutputFile?) {
        if isStandardOutput {
            let report = try TarWriter.write(tree, name: "standard output") { piece throws(FileError) in
                StandardStreams.write(piece)
            }
            return (report, nil)
        }
        let file = try open()
        let report = try TarWriter.write(tree, name: name, compression: TarWriter.Compression(fileName: path)) {
            piece throws(FileError) in
            try file.write(piece)
        }
        return (report, file)
    }
}
