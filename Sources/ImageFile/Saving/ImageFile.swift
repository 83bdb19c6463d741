public import FileTree
import FlashBytes
public import JFFS2

/// A file with a JFFS2 file system in it: opened, changed, and saved again.
///
///     var image = try ImageFile(opening: "sys_dump")
///     try image.tree.write(Array("hi\n".utf8), to: "/etc/motd", permissions: 0o644)
///     try image.tree.remove("/etc/back.bin")
///     try image.save(to: "sys.new")
///
/// The file is never changed while it is open; contents are read from it when they are needed.
public struct ImageFile: Sendable {
    private let opened: OpenedImage
    private let options: InputOptions
    /// The files of the file system, to be read and changed.
    public var tree: FileTree
    /// How many threads compress.
    public var jobs = ProcessorCount.available

    /// Opens a file and finds the file system in it, as far as `options` do not say where it is.
    ///
    /// - Throws: where there is none, or several and none is selected.
    public init(opening path: String, options: InputOptions = InputOptions()) throws(InputError) {
        opened = try ImageOpener.open(ImageOpener.read(path, options: options), options: options)
        self.options = options
        tree = opened.fileSystem.tree
    }

    /// What was peeled off, outermost first.
    public var layers: [InputLayer] { opened.layers }

    /// The erase size (bytes), with the evidence for it.
    public var eraseSize: EraseSize { opened.eraseSize }

    /// All that is wrong or unusual with the file system.
    public var findings: FindingList { opened.fileSystem.findings }

    /// The file system as it was opened.
    public var fileSystem: FileSystem { opened.fileSystem }

    /// Writes the tree to a file: beside its place first, read back and compared, then synced and renamed.
    ///
    /// - Parameters:
    ///   - path: may be that of the file that was opened.
    ///   - replacing: whether another file that is there may be replaced; if not, it is refused as `EEXIST`.
    @discardableResult
    public func save(
        to path: String, as form: SavedForm = .original, replacing: Bool = false
    ) throws(SaveError) -> SaveReport {
        let isSelf = InputFiles.areSame(path, second: opened.path)
        let file = try SaveError.wrapping { () throws(FileError) in
            try OutputFile(
                path: path, replacing: replacing || isSelf, role: isSelf ? .changedInput : .output, isReadable: true)
        }
        let report = try write(to: VerifiedOutput(file), as: form)
        try SaveError.wrapping(file.commit)
        return report
    }

    private func write(to output: VerifiedOutput, as form: SavedForm) throws(SaveError) -> SaveReport {
        switch form {
        case .original:
            let saved = try OriginalForm.Output(of: opened, options: options, tree: tree, jobs: jobs)
            try output.write(saved.bytes)
            return SaveReport(size: output.file.count, damage: saved.damage, notes: saved.notes)
        case .fewestEraseBlocks:
            let change = LayoutChange(of: opened, options: options)
            try change.check()
            let changed: LayoutChange.Outcome
            do throws(LayoutError) {
                var configuration = ImageConfiguration(like: fileSystem)
                configuration.compression = CompressionSettings(like: fileSystem)
                changed = try change.write(tree.keepingUncompressed(of: fileSystem), configuration: configuration)
            } catch {
                throw .layout(error)
            }
            try output.write(changed.bytes)
            return SaveReport(
                size: output.file.count, changedBlocks: changed.comparison.blocks, damage: changed.result.damage)
        case .configuration(let configuration):
            let builder: ImageBuilder
            do throws(BuildError) {
                builder = try ImageBuilder(configuration)
            } catch {
                throw .build(error)
            }
            let report = try output.write(tree, with: builder)
            return SaveReport(size: output.file.count, damage: report.damage)
        }
    }
}
