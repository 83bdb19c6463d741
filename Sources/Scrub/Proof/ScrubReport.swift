import ImageFile
import JFFS2

/// What was done and searched, for publication: no value in it, and no hash of one.
///
/// A hash of a Wi-Fi key is as good as the key: the key is guessed in seconds.
public struct ScrubReport: Sendable, Codable {
    /// The report's own format.
    public var format = "jffs2-scrub-report-1"
    public var input: Subject
    public var output: Subject
    /// What was searched for.
    public var searched: Scope
    /// What was found in the input.
    public var found: [RuleCount]
    /// What was done to the files, in the order of their inodes.
    public var changes: [ScrubChange]
    /// What the user should know.
    public var notes: [String]
    public var proof: Proof
    /// Of each file system, where only some erase blocks were rewritten; nil if all is new. The others were searched like
    /// all, but still hold what is dead and harmless.
    public var keptLayout: [KeptLayout]?

    /// Which erase blocks were rewritten.
    public struct KeptLayout: Sendable, Codable {
        public var eraseSize: Int
        /// From the start of the file system (bytes).
        public var changedOffsets: [Int]

        init(image: OpenedImage, number: Int, comparison: FlashComparison) {
            eraseSize = image.fileSystem.eraseSize
            changedOffsets = comparison.blocks.filter { $0.area == number }.compactMap(\.index)
                .map { $0 * image.fileSystem.eraseSize }
        }
    }

    /// A file.
    public struct Subject: Sendable, Codable {
        /// Without directories.
        public var name: String
        public var size: Int
        public var sha256: String
    }

    /// What was searched for.
    public struct Scope: Sendable, Codable {
        /// The `id`s of all rules.
        public var rules: [String]
        public var skippedRules: [String]
        public var ruleFiles: [String]
        /// Files that the user wanted kept as they are.
        public var keptPaths: [String]
        /// How values are searched for.
        public var notations: [String]
        /// How many values were searched for everywhere: given by the user, or removed.
        public var values: Int
        /// How many removed values are too common to be searched for outside of the places where rules find them.
        public var commonValues: Int
    }

    /// How often a rule found something.
    public struct RuleCount: Sendable, Codable {
        public var rule: String
        public var kind: String
        /// In what the file system shows.
        public var live: Int
        /// In deleted, older, damaged and unused bytes.
        public var dead: Int
    }

    /// That nothing is left in the output.
    public struct Proof: Sendable, Codable {
        public var holds: Bool
        /// How often the output was written anew until nothing was found.
        public var rounds: Int
        /// Nodes of the output; all of them are part of what it shows.
        public var nodes: Int
        /// Bytes of files that were decompressed and searched.
        public var contentBytes: UInt64
        /// Raw bytes that were searched.
        public var rawBytes: Int
    }
}

/// What was removed, for the owner alone.
public struct PrivateScrubReport: Sendable, Codable {
    public var report: ScrubReport
    public var values: [Value]

    /// A value that was removed, or that the user gave.
    public struct Value: Sendable, Codable {
        /// Printable; other bytes as `\ooo`.
        public var text: String
        public var hexadecimal: String
        public var rules: [String]
        public var places: [String]
        /// Whether it is searched for everywhere.
        public var isSearchedEverywhere: Bool
    }
}
