public import FlashBytes

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A directory of the host as it is packed: its files, with what the manifest beside it knows better.
public struct SourceDirectory: Sendable {
    /// What is taken from where.
    public struct Configuration: Sendable {
        /// How the directory is read.
        public var reading = HostDirectoryReader.Configuration()
        /// Which of the host's extended attributes are taken; nil for all.
        public var keepsAttribute: (@Sendable (ExtendedAttribute) -> Bool)?
        /// Whether `DIRECTORY.mtree` is used where it is there.
        public var usesManifest = true
        /// How a manifest is laid over what the host says.
        public var merging = ManifestMerge.Configuration()

        /// Everything, with a manifest where there is one.
        public init() {}
    }

    /// A manifest that was used.
    public struct Manifest: Sendable {
        /// Of the file.
        public let path: String
        /// What it says about the image that was unpacked.
        public let source: [String: String]
        /// How far the directory still is what it describes.
        public let summary: ManifestMerge.Summary
    }

    /// The directory and all in it; of its times, the modification time alone.
    public private(set) var tree: FileTree
    /// The one that was used; nil where there was none, or none was wanted.
    public private(set) var manifest: Manifest?

    /// Reads names and metadata.
    public init(
        reading path: String, configuration: Configuration = Configuration()
    ) throws(SourceDirectoryError) {
        do throws(FileError) {
            tree = try HostDirectoryReader.read(path, configuration: configuration.reading)
        } catch {
            throw .file(error)
        }
        if let isKept = configuration.keepsAttribute { tree.keepAttributes(where: isKept) }
        tree.setAllTimesToModification()
        let manifestPath = Self.manifestPath(beside: path)
        guard configuration.usesManifest, unsafe access(manifestPath, F_OK) == 0 else { return }

        let text: FileBytes
        do throws(FileError) {
            text = try FileBytes(path: manifestPath)
        } catch {
            throw .file(error)
        }
        let manifest: MtreeManifest
        do throws(MtreeError) {
            manifest = try MtreeManifest(reading: text)
        } catch {
            throw .manifest(path: manifestPath, error)
        }
        do throws(ContentsError) {
            let (merged, summary) = try ManifestMerge.merge(
                tree, with: manifest, configuration: configuration.merging)
            tree = merged
            self.manifest = Manifest(path: manifestPath, source: manifest.source, summary: summary)
        } catch {
            throw .contents(error)
        }
    }

    /// Where the manifest of a directory is: beside it, with its name.
    public static func manifestPath(beside directory: String) -> String {
        var path = directory
        while path.utf8.count > 1, path.hasSuffix("/") { path.removeLast() }
        let last = path.split(separator: "/").last
        if last == "." || last == "..", let real = unsafe realpath(path, nil) {
            path = unsafe String(cString: real)
            unsafe free(real)
        }
        return path + ".mtree"
    }
}

/// Why a directory cannot be packed.
public enum SourceDirectoryError: Error, Sendable, CustomStringConvertible {
    case file(FileError)
    case manifest(path: String, MtreeError)
    case contents(ContentsError)

    /// What is wrong and where, without full stop.
    public var description: String {
        switch self {
        case .file(let error): error.description
        case .manifest(let path, let error): "\(path): \(error)"
        case .contents(let error): error.description
        }
    }
}

extension FileTree {
    /// Takes all other attributes away.
    fileprivate mutating func keepAttributes(where isWanted: (ExtendedAttribute) -> Bool) {
        for index in inodes.indices where !inodes[index].metadata.extendedAttributes.isEmpty {
            inodes[index].metadata.extendedAttributes.removeAll { !isWanted($0) }
        }
    }

    /// Makes the modification time the only one, as mkfs.jffs2 does: of a host's file the others say when somebody read
    /// it, and when it was copied here.
    fileprivate mutating func setAllTimesToModification() {
        for index in inodes.indices {
            inodes[index].metadata.accessTime = inodes[index].metadata.modificationTime
            inodes[index].metadata.changeTime = inodes[index].metadata.modificationTime
        }
    }
}
