import FileTree
import FlashBytes
public import ImageInput
import JFFS2

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A new image, ready to be put in its place.
public struct ScrubbedImage: Sendable {
    /// The whole file.
    public var bytes: [UInt8]
    /// What the user should know; sentences without capital and full stop.
    public var notes: [String] = []
}

/// Writes inputs anew without what should not be in them.
public struct Scrubber: Sendable {
    /// The file systems of one input.
    private let images: [OpenedImage]
    private let options: InputOptions
    /// What the user named.
    public var places: [NamedPlace] = []
    /// Whether the output is the file system alone, without swapping and without the bytes around it.
    public var isRaw = false
    /// How many threads are used.
    public var jobs = Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))

    /// - Parameters:
    ///   - images: all file systems of one input, or one of them.
    ///   - options: those that they were opened with.
    public init(_ images: [OpenedImage], _ options: InputOptions) throws(ScrubError) {
        guard !images.isEmpty else { throw .options("there is no file system") }
        self.images = images
        self.options = options
    }

    /// Makes the new image in memory.
    public func run() throws(ScrubError) -> ScrubbedImage {
        guard !isRaw || images.count == 1 else {
            throw .options("the input holds \(images.count) file systems; select one of them to write it raw")
        }
        var result = ScrubbedImage(bytes: [])
        var trees = images.map(\.fileSystem.tree)
        result.notes = try Self.apply(places, to: &trees)
        if let area = images[0].spareArea {
            result.notes.append(
                "the spare area (\(area)) is left out of the output: write it in a way that makes a new one, such as "
                    + "nandwrite without --oob")
        }
        var frame = InputFrame(images[0], options)
        let end = frame.view.count
        // From the last one to the first, so that one that grows does not move the others.
        for (image, tree) in zip(images, trees).reversed() {
            let isAtEnd = image.range.upperBound == end && (options.length == nil || isRaw)
            let rewriter = ImageRewriter(
                original: image.fileSystem,
                mayGrow: isAtEnd && image.range.count % image.eraseSize.bytes != 0, jobs: max(1, jobs))
            let bytes = try rewriter.write(tree)
            if isRaw {
                result.bytes = bytes
                return result
            }
            frame.replace(image.range, with: bytes)
        }
        result.bytes = frame.assembled()
        return result
    }

    /// Each path must be in at least one of the trees.
    private static func apply(_ places: [NamedPlace], to trees: inout [FileTree]) throws(ScrubError) -> [String] {
        var notes: [String] = []
        var isFound = [Bool](repeating: false, count: places.count)
        for index in trees.indices {
            var here: [NamedPlace] = []
            for (number, place) in places.enumerated() where trees[index].find(place.path) != nil {
                isFound[number] = true
                here.append(place)
            }
            notes += try trees[index].apply(here)
        }
        if let missing = isFound.firstIndex(of: false) { throw .missingPath(places[missing].path) }
        return notes
    }
}
