import ArgumentParser
import FileTree
import FirmwareImage
import FlashBytes
import ImageFile
import JFFS2

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What goes into one file of a kit, or the original that it is compared with.
struct KitSource {
    var path: String
    /// The file system's bytes, as the flash holds them.
    var payload: [UInt8]
    var fileSystem: FileSystem
    var eraseSize: EraseSize
    /// The header in which the file system was.
    var header: UImageHeader?
    var isSwapped = false
    /// All of the file that was read, header included (bytes).
    var fileSize: Int
    /// What the time of a new header is taken from.
    var modified: UInt32?

    /// Opens an image, or packs a directory. `PATH@N` or `PATH@NAME` chooses one of several file systems.
    static func open(_ text: String, configuration: ImageConfiguration = ImageConfiguration()) throws -> KitSource {
        try isDirectory(text) ? KitSource(directory: text, configuration) : KitSource(image: text)
    }

    private init(image text: String) throws {
        var path = text
        var options = InputOptions()
        if unsafe access(text, F_OK) != 0, let at = text.lastIndex(of: "@") {
            path = String(text[..<at])
            options.selection = FileSystemSelection(String(text[text.index(after: at)...]))
        }
        let image: OpenedImage
        do {
            image = try ImageOpener.open(path: path, options: options)
        } catch {
            if case .several = error { throw Failure("\(error): write \(path)@1 and so on") }
            throw error
        }
        self.path = path
        payload = image.fileSystem.image.withBytes { (try? $0.bytes(in: 0..<$0.byteCount)) ?? [] }
        fileSystem = image.fileSystem
        eraseSize = image.eraseSize
        isSwapped = image.swapGroup != nil
        fileSize = image.file.count
        modified = SourceDate.modified(path)
        for case .uImage(let wrapper) in image.layers {
            header = wrapper.header
            if let fault = wrapper.faults.first { throw Failure("\(path): \(fault)") }
        }
    }

    private init(directory: String, _ configuration: ImageConfiguration) throws {
        let source = try SourceArguments.parse(["-r", directory]).open(quiet: true, verbose: false)
        var bytes: [UInt8] = []
        let report = try ImageBuilder(configuration).write(source.tree) { (piece: RawSpan) throws(FileError) in
            bytes += (try? piece.bytes(in: 0..<piece.byteCount)) ?? []
        }
        if let damaged = report.damage.first { throw Failure("\(directory): \(damaged.path): \(damaged.damage)") }
        path = directory
        payload = bytes
        fileSystem = FileSystem(
            ByteRegion(bytes), byteOrder: configuration.byteOrder, eraseSize: configuration.eraseSize)
        eraseSize = EraseSize(bytes: configuration.eraseSize, confidence: .certain, evidence: ["packed with it"])
        fileSize = bytes.count
        modified = SourceDate.modified(directory)
    }

    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Blocks in which there is more than a cleanmarker.
    var usedBlocks: Int {
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
