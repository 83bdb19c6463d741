public import FlashBytes

/// What the user knows about an input; what is nil is found out.
public struct InputOptions: Sendable {
    /// Where the file system begins in the file (bytes).
    public var offset: Int?
    /// How long it is (bytes).
    public var length: Int?
    public var byteOrder: ByteOrder?
    /// In bytes.
    public var eraseSize: Int?
    /// The size of the groups whose bytes are reversed: 2, 4 or 8; 0 for "not swapped".
    public var swapGroup: Int?

    /// How the spare area of NAND flash lies in the input.
    public enum SpareAreaChoice: Sendable, Hashable {
        /// It is not there.
        case absent
        case layout(SpareArea)
    }

    public var spareArea: SpareAreaChoice?

    /// Which one of several file systems, from 1; nil for all.
    public var selection: Int?

    public init() {}
}
