public import FlashBytes

/// What the user knows about an input; what is nil is found out.
public struct InputOptions: Sendable {
    /// Where the file system begins in the file (bytes).
    public var offset: Int?
    /// How long it is (bytes).
    public var length: Int?
    /// Of the numbers in the image; nil to find out.
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

    /// Where the spare area of NAND pages is, if there is any; nil to find out.
    public var spareArea: SpareAreaChoice?

    /// Which one of several file systems; nil for all.
    public var selection: FileSystemSelection?

    /// Which file of an archive with several.
    public var member: String?
    /// The most that is read of what does not say its size: a pipe, a device, packed data; nil for what is sane (bytes).
    public var largestInput: Int?

    /// Whether an error says what a file without a file system is instead, which takes time.
    package var explains = true

    /// Whether a file system is looked for in the compressed data of a uImage.
    package var opensUImages = true

    /// Everything is found out.
    public init() {}
}

/// One of several file systems in an input.
public enum FileSystemSelection: Sendable, Hashable, CustomStringConvertible {
    /// By its place, from 1.
    case number(Int)
    /// By the name of its partition, or of the uImage around it.
    case name(String)

    /// A number, or else a name.
    public init(_ text: String) { self = Int(text).map(Self.number) ?? .name(text) }

    func matches(_ number: Int, name: String?) -> Bool {
        switch self {
        case .number(let wanted): wanted == number
        case .name(let wanted): wanted == name
        }
    }

    /// As a user writes it.
    public var description: String {
        switch self {
        case .number(let number): String(number)
        case .name(let name): name
        }
    }
}
