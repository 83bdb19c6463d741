import FlashBytes

/// An erase size with what speaks for it.
public struct EraseSize: Sendable, Hashable {
    /// How sure the number is. The raw values are part of the JSON output.
    public enum Confidence: String, Sendable, Hashable, Comparable {
        /// A guess: nothing in the image contradicts it.
        case low
        case medium
        case high
        /// A summary says it, or the user.
        case certain

        /// Whether the left is less certain.
        public static func < (left: Confidence, right: Confidence) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .low: 0
            case .medium: 1
            case .high: 2
            case .certain: 3
            }
        }
    }

    /// The size (bytes).
    public var bytes: Int
    /// How certain it is.
    public var confidence: Confidence
    /// What speaks for it, each a sentence without capital and full stop.
    public var evidence: [String]
    /// The size that would be next in line (bytes).
    public var runnerUp: Int?

    /// An erase size, and what speaks for it.
    public init(bytes: Int, confidence: Confidence, evidence: [String], runnerUp: Int? = nil) {
        self.bytes = bytes
        self.confidence = confidence
        self.evidence = evidence
        self.runnerUp = runnerUp
    }

    /// Why no erase block should be changed by it; a sentence without full stop, nil where it is sure enough.
    package var uncertainty: String? {
        guard confidence == .low else { return nil }
        return "the erase size is not certain (\(SizeExpression.readable(bytes)): " + evidence.joined(separator: "; ")
            + ")"
    }

    /// What is taken when nothing speaks for any size: the most common one on NOR flash (bytes).
    public static let usual = 64 << 10
}
