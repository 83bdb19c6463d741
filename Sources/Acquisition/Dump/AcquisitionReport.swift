/// What an acquisition did, and how far its result was proved.
public struct AcquisitionReport: Sendable {
    /// What stands behind the bytes.
    public enum Verification: String, Sendable {
        /// Each block has the sum that the board's own crc32 gives.
        case deviceSums
        /// Each block has the digest that a program of the device's shell gives.
        case deviceDigests
        /// The board has no crc32: each row was read twice, equal.
        case readTwice
        /// Neither; addresses and text of the rows agree.
        case rowsOnly
    }

    /// Bytes in the image.
    public var size = 0
    /// Bytes that came over the line as rows and were needed.
    public var transferred = 0
    /// Bytes in blocks that are all 0xFF, which were not transferred.
    public var blank = 0
    /// Bytes that a file given with --have held already.
    public var reused = 0
    /// Bytes that an earlier run had read.
    public var kept = 0
    /// Rows, blocks, commands that had to be repeated.
    public var corrected = 0
    /// Times that the port vanished or the board reset.
    public var interruptions = 0
    public var method = ""
    public var verification = Verification.deviceSums
    public var crc32: UInt32 = 0
    /// Lower-case hexadecimal digits.
    public var sha256 = ""
    /// Everything on the line.
    public var bytesIn = 0
    public var bytesOut = 0
    public var commands = 0
    public var seconds = 0.0
    /// What did not hold although the image is whole; empty is good.
    public var doubts: [String] = []
    /// What is worth knowing, but takes nothing away from the result.
    public var notes: [String] = []

    public init() {}
}

/// How far an acquisition is.
public struct AcquisitionProgress: Sendable {
    public var done: Int
    public var total: Int
    /// Bytes of memory a second, over the last block.
    public var rate: Double
    /// How much of what the line allows that is, 0…1; nil where the rate of the line is not known.
    public var share: Double?
    /// Seconds.
    public var left: Double
    public var corrected: Int
}

/// Hears how an acquisition goes.
public protocol AcquisitionObserver: AnyObject {
    /// One line for the user.
    func note(_ text: String)
    func progress(_ progress: AcquisitionProgress)
}
