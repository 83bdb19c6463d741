/// What libarchive does not tell of a manifest's entries: where their contents are, and whether it gives their sizes.
///
/// It also refuses what takes libarchive for ever: a path that is listed again and again, or directories in directories without end.
struct MtreeSources {
    struct Source {
        /// The value of `contents=`.
        var contents: [UInt8]?
        var hasSize = false
        fileprivate var lines = 0
    }

    private(set) var entries: [FilePathBytes: Source] = [:]

    /// A path is listed once; some tools list it again with further keywords.
    private static let mostLines = 100
    /// What Linux takes as one path (bytes).
    private static let longestPath = 4096

    /// Where the next relative name lies.
    private var directory = FilePathBytes()
    private var directoryLength = 0
    /// Whether `/set` makes entries directories.
    private var isDirectoryByDefault = false

    init(reading text: [UInt8]) throws(MtreeError) {
        var words: [ArraySlice<UInt8>] = []
        for line in text.split(separator: 0x0a) {
            // Of a line that goes on behind its end, the words are put together.
            let isContinued = line.last == 0x5c
            words += (isContinued ? line.dropLast() : line).split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }
            if isContinued { continue }
            if let first = words.first { try take(first, keywords: words.dropFirst()) }
            words = []
        }
    }

    private mutating func take(
        _ name: ArraySlice<UInt8>, keywords: ArraySlice<ArraySlice<UInt8>>
    ) throws(MtreeError) {
        if name.first == 0x23 { return }
        func value(_ keyword: String) -> ArraySlice<UInt8>? {
            let start = Array(keyword.utf8) + [0x3d]
            return keywords.last { $0.starts(with: start) }?.dropFirst(start.count)
        }
        let isDirectory = value("type").map { $0.elementsEqual("dir".utf8) }
        if name.first == 0x2f {
            if name.elementsEqual("/set".utf8) { isDirectoryByDefault = isDirectory ?? isDirectoryByDefault }
            if name.elementsEqual("/unset".utf8),
                keywords.contains(where: { $0.elementsEqual("type".utf8) || $0.elementsEqual("all".utf8) })
            {
                isDirectoryByDefault = false
            }
            return
        }
        if name.elementsEqual("..".utf8) {
            directoryLength -= (directory.components.last?.bytes.count ?? -1) + 1
            return directory.removeLast()
        }
        var path = directory
        let isRelative = !name.contains(0x2f)
        let bytes = MtreeText.unescape(name)
        if isRelative {
            if bytes != [0x2e] { path.append(FileName(bytes)) }
        } else {
            path = FilePathBytes(bytes)
        }
        let length = (isRelative ? directoryLength : 0) + bytes.count + 1
        guard length <= Self.longestPath else {
            throw MtreeError(description: "a path of more than \(Self.longestPath) bytes")
        }
        if isRelative, isDirectory ?? isDirectoryByDefault, bytes != [0x2e] {
            directory = path
            directoryLength = length
        }
        var source = entries[path] ?? Source()
        source.lines += 1
        guard source.lines <= Self.mostLines else {
            throw MtreeError(description: "\(path) is listed more than \(Self.mostLines) times")
        }
        if let contents = value("contents") { source.contents = MtreeText.unescape(contents) }
        source.hasSize = source.hasSize || value("size") != nil
        entries[path] = source
    }
}
