/// What the instructions of LZO1X cost; see `LZO1XDecoder` for what they mean.
enum LZO1XInstruction {
    /// The longest way back of any copy (bytes).
    static let farthest = 0xbfff
    /// The end mark.
    static let end: [UInt8] = [0x11, 0, 0]

    /// Whether a copy has one of the two short forms that depend on the literals before it.
    ///
    /// - Parameter literals: how many literal bytes stand before, where 4 stands for more.
    @inline(__always)
    static func isShort(_ length: Int, distance: Int, literals: Int) -> Bool {
        length == 2
            ? distance <= 0x400 && literals >= 1 && literals <= 3
            : length == 3 && literals == 4 && distance > 0x800 && distance <= 0xc00
    }

    /// The size of the instruction that copies `length` bytes (bytes); nil when there is none.
    @inline(__always)
    static func copySize(_ length: Int, distance: Int, literals: Int) -> Int? {
        if isShort(length, distance: distance, literals: literals) { return 2 }
        if length == 2 { return nil }
        if distance <= 0x800 && length <= 8 { return 2 }
        return 3 + extensionSize(length, above: distance <= 0x4000 ? 33 : 9)
    }

    /// How many bytes a run of literals takes beside the literals; none for up to three behind a copy, which says it.
    @inline(__always)
    static func literalRunSize(_ count: Int, isFirst: Bool) -> Int {
        if isFirst && count <= 238 { return count == 0 ? 0 : 1 }
        return count <= 3 ? 0 : 1 + extensionSize(count, above: 18)
    }

    /// How many bytes more an instruction takes because `count` goes beyond what its own field can say.
    @inline(__always)
    static func extensionSize(_ count: Int, above limit: Int) -> Int {
        count <= limit ? 0 : 1 + (count - limit - 1) / 255
    }
}
