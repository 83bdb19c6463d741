/// The path of where a walk is, with its printed form, which grows and shrinks with it: a step costs as much as a name has
/// bytes, however deep it leads.
package struct PathTrail: Sendable {
    /// From the root on.
    package private(set) var names: [FileName]
    private var text: [UInt8] = []
    /// Where the text of each name ends.
    private var ends: [Int] = []
    private let start: Int

    /// A trail that begins at a path.
    package init(_ path: FilePathBytes = FilePathBytes()) {
        names = []
        start = path.components.count
        for name in path.components { append(name) }
    }

    /// Goes to a name, so many levels below the start, from anything that a walk meets before it.
    package mutating func move(to name: FileName, depth: Int) {
        cut(to: depth - 1)
        append(name)
    }

    /// Goes up, to so many levels below the start.
    package mutating func cut(to depth: Int) {
        let count = start + max(0, depth)
        guard count < names.count else { return }
        names.removeLast(names.count - count)
        ends.removeLast(ends.count - count)
        text.removeLast(text.count - (ends.last ?? 0))
    }

    private mutating func append(_ name: FileName) {
        names.append(name)
        text.append(0x2f)
        text += name.description.utf8
        ends.append(text.count)
    }

    /// How many levels below the start it is.
    package var depth: Int { names.count - start }
    /// The path.
    package var path: FilePathBytes { FilePathBytes(names) }
    /// As `FilePathBytes.description`, in UTF-8.
    package var printed: [UInt8] { text.isEmpty ? [0x2f] : text }
    /// As `FilePathBytes.description`.
    package var description: String { String(decoding: printed, as: UTF8.self) }
}
