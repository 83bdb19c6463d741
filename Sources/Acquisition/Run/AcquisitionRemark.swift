/// A sentence about an acquisition, and what the user can do about it.
package struct AcquisitionRemark: Hashable, Sendable, ExpressibleByStringInterpolation {
    /// What helps, or goes on from there.
    package enum Advice: Hashable, Sendable {
        /// A copy of the flash that was got in another way can be handed in: only what differs is read then.
        case giveCopy
        /// What is written to RAM cannot be seen there: the board has no mw, or a crc32 that is wrong and can be left out.
        case leaveOutChecksums
    }

    /// Without full stop.
    package var text: String
    package var advice: Advice?

    init(_ text: String, advice: Advice? = nil) {
        self.text = text
        self.advice = advice
    }

    package init(stringLiteral text: String) { self.init(text) }
}
