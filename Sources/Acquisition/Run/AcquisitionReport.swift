/// What an acquisition did, and how far its result was proved.
package struct AcquisitionReport: Sendable {
    /// What stands behind the bytes.
    package enum Verification: String, Sendable {
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
    package var size = 0
    /// Bytes that came over the line as rows and were needed.
    package var transferred = 0
    /// Bytes in blocks that are all 0xFF, which were not transferred.
    package var blank = 0
    /// Bytes that an image of the user held already.
    package var reused = 0
    /// Bytes that an earlier run had read.
    package var kept = 0
    /// Rows, blocks, commands that had to be repeated.
    package var corrected = 0
    /// Times that the port vanished or the board reset.
    package var interruptions = 0
    package var method = ""
    package var verification = Verification.deviceSums
    package var crc32: UInt32 = 0
    /// Lower-case hexadecimal digits.
    package var sha256 = ""
    /// Everything on the line.
    package var bytesIn = 0
    package var bytesOut = 0
    package var commands = 0
    package var seconds = 0.0
    /// What did not hold although the image is whole; empty is good.
    package var doubts: [AcquisitionRemark] = []
    /// What is worth knowing, but takes nothing away from the result.
    package var notes: [String] = []

    package init() {}
}

/// How far an acquisition is.
package struct AcquisitionProgress: Sendable {
    package var done: Int
    package var total: Int
    /// Bytes of memory a second, over the last block.
    package var rate: Double
    /// How much of what the line allows that is, 0…1; nil where the rate of the line is not known.
    package var share: Double?
    /// Seconds.
    package var left: Double
    package var corrected: Int
}

/// Hears how an acquisition goes.
package protocol AcquisitionObserver: AnyObject {
    /// One line for the user.
    func note(_ remark: AcquisitionRemark)
    func progress(_ progress: AcquisitionProgress)
}
