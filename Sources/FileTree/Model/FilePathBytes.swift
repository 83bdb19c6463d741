/// A path from the root of a tree: names as raw bytes. The empty path is the root.
public struct FilePathBytes: Sendable, Hashable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// From the root on.
    public private(set) var components: [FileName]

    /// A path of these names.
    public init(_ components: [FileName] = []) { self.components = components }

    /// Splits at `/`; leading, doubled and closing slashes and `.` do not count.
    public init(_ bytes: some Collection<UInt8>) {
        components = bytes.split(separator: 0x2f).map { FileName(Array($0)) }.filter { $0.bytes != [0x2e] }
    }

    /// Splits at `/`; leading, doubled and closing slashes and `.` do not count.
    public init(_ text: String) { self.init(Array(text.utf8)) }
    /// Splits at `/`, as `init(_:)` does.
    public init(stringLiteral text: String) { self.init(text) }

    /// Splits at `/` a path as `description` prints it: `\ooo` (octal) is a byte.
    public init(printed text: String) {
        components = text.utf8.split(separator: 0x2f).map { Array($0) }.filter { $0 != [0x2e] }
            .map { FileName(MtreeText.unescape($0)) }
    }

    /// The raw bytes with `/` between the names and none in front.
    public var bytes: [UInt8] { Array(components.map(\.bytes).joined(separator: [0x2f])) }

    /// The last names, as `bytes` has them: as many as have together no more than so many bytes, at least one. What a path is about
    /// stands at its end, and one of a hostile image may be as long as the image.
    package func lastBytes(_ limit: Int) -> [UInt8] {
        var (first, count) = (components.endIndex, 0)
        while first > 0, count + components[first - 1].bytes.count <= limit || first == components.endIndex {
            first -= 1
            count += components[first].bytes.count + 1
        }
        return FilePathBytes(Array(components[first...])).bytes
    }

    /// Goes one name deeper.
    public mutating func append(_ name: FileName) { components.append(name) }

    /// Takes the last name off; the root stays the root.
    public mutating func removeLast() { _ = components.popLast() }

    /// With a leading `/`, for people (see `printable`).
    public var description: String { "/" + components.map(\.description).joined(separator: "/") }
}
