/// A part of some file's bytes: what one file system, partition or payload occupies. Cheap to copy.
public struct ByteRegion: Sendable {
    /// The whole input.
    public let file: FileBytes
    /// Where the region lies in it (bytes).
    public let range: Range<Int>

    /// The part of `file` in `range`, cut to what there is.
    public init(file: FileBytes, range: Range<Int>) {
        self.file = file
        self.range = range.clamped(to: 0..<file.count)
    }

    /// All of `file`.
    public init(_ file: FileBytes) { self.init(file: file, range: 0..<file.count) }

    /// All of an array.
    public init(_ bytes: [UInt8]) { self.init(FileBytes(bytes)) }

    /// The size (bytes).
    public var count: Int { range.count }

    /// A part of this region; `range` counts from its start and is cut to what there is.
    public func region(_ part: Range<Int>) -> ByteRegion {
        let lower = self.range.lowerBound
        let inside = part.clamped(to: 0..<count)
        return ByteRegion(file: file, range: lower + inside.lowerBound..<lower + inside.upperBound)
    }

    /// Calls `body` with the bytes of the region.
    public func withBytes<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try file.withBytes { (bytes: RawSpan) throws(Failure) in try body(bytes.extracting(range)) }
    }
}
