import FileTree
package import FirmwareImage
import FlashBytes
package import ImageFile
package import JFFS2

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// What goes into one file of a kit, or the original that it is compared with.
package struct KitSource: Sendable {
    package var path: String
    /// The file system's bytes, as the flash holds them.
    package var payload: [UInt8]
    package var fileSystem: FileSystem
    package var eraseSize: EraseSize
    /// The header in which the file system was.
    package var header: UImageHeader?
    /// Whether its words were reversed, and are put right here.
    package var isSwapped = false
    /// All of the file that was read, header included (bytes).
    package var fileSize: Int
    /// What the user should know; sentences without full stop.
    package var notes: [String] = []
    /// What the time of a new header is taken from.
    package var modified: UInt32?

    /// Opens an image, or packs a directory. `PATH@N` or `PATH@NAME` chooses one of several file systems.
    ///
    /// - Parameter configuration: of the image, for a directory.
    package static func open(
        _ text: String, configuration: ImageConfiguration = ImageConfiguration()
    ) throws(KitError) -> KitSource {
        try isDirectory(text) ? KitSource(directory: text, configuration: configuration) : KitSource(image: text)
    }

    private init(image text: String) throws(KitError) {
        var path = text
        var options = InputOptions()
        if unsafe access(text, F_OK) != 0, let at = text.lastIndex(of: "@") {
            path = String(text[..<at])
            options.selection = FileSystemSelection(String(text[text.index(after: at)...]))
        }
        let image: OpenedImage
        do throws(InputError) {
            image = try ImageOpener.open(path: path, options: options)
        } catch {
            if case .several = error { throw .refused("\(error): write \(path)@1 and so on") }
            throw .input(error)
        }
        self.path = path
        payload = image.fileSystem.image.withBytes { Array($0) }
        fileSystem = image.fileSystem
        eraseSize = image.eraseSize
        isSwapped = image.swapGroup != nil
        fileSize = image.file.count
        modified = ModificationTime.of(path)
        for case .uImage(let wrapper) in image.layers {
            header = wrapper.header
            if let fault = wrapper.faults.first { throw .refused("\(path): \(fault)") }
        }
    }

    private init(directory: String, configuration: ImageConfiguration) throws(KitError) {
        let source: SourceDirectory
        do throws(SourceDirectoryError) {
            var reading = SourceDirectory.Configuration()
            reading.keepsAttribute = { _ in false }
            source = try SourceDirectory(reading: directory, configuration: reading)
        } catch {
            throw .refused(error.description)
        }
        if let manifest = source.manifest {
            notes = manifest.summary.lost.map {
                "\(directory)\($0): not in the folder, and \(manifest.path) has no contents"
            }
        }
        var bytes: [UInt8] = []
        let report: BuildReport
        do throws(BuildError) {
            report = try ImageBuilder(configuration).write(source.tree) { (piece: RawSpan) throws(FileError) in
                bytes += Array(piece)
            }
        } catch {
            throw .refused(error.description)
        }
        if let damaged = report.damage.first { throw .refused("\(directory): \(damaged.path): \(damaged.damage)") }
        path = directory
        payload = bytes
        fileSystem = FileSystem(
            ByteRegion(bytes), byteOrder: configuration.byteOrder, eraseSize: configuration.eraseSize)
        eraseSize = EraseSize(bytes: configuration.eraseSize, confidence: .certain, evidence: ["packed with it"])
        fileSize = bytes.count
        modified = ModificationTime.of(directory)
    }

    private static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Blocks in which there is more than a cleanmarker.
    package var usedBlocks: Int {
        let size = fileSystem.eraseSize
        return fileSystem.image.withBytes { bytes in
            var used = 0
            for start in stride(from: 0, to: bytes.byteCount, by: size) {
                let block = start..<min(start + size, bytes.byteCount)
                let isErased = bytes.isFilled(with: 0xff, in: block)
                let hasNodes = fileSystem.scan.nodes.contains {
                    block.contains(Int($0.offset)) && $0.type.accurate != .cleanmarker
                }
                if !isErased, hasNodes { used += 1 }
            }
            return used
        }
    }
}
