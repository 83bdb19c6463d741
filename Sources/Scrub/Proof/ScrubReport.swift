import ImageFile
import JFFS2

/// What was done and searched, for publication: no value in it, and no hash of one.
///
/// A hash of a Wi-Fi key is as good as the key: the key is guessed in seconds.
package struct ScrubReport: Sendable, Codable {
    /// The report's own format.
    package var format = Self.currentFormat
    /// SHA-256 of the report itself, written with an empty one: one that was edited by hand does not have it.
    package var seal = ""
    /// What was cleaned: no digest of it, which would let anybody try all keys that a redacted one may have been.
    package var input: Input
    package var output: Subject
    /// What was searched for.
    package var searched: Scope
    /// What was found in the input.
    package var found: [RuleCount]
    /// What was done to the files, in the order of their inodes.
    package var changes: [ScrubChange]
    /// What the user should know.
    package var notes: [String]
    package var proof: Proof
    /// Of each file system, where only some erase blocks were rewritten; nil if all is new. The others were searched like
    /// all, but still hold what is dead and harmless.
    package var keptLayout: [KeptLayout]?

    /// Which erase blocks were rewritten.
    package struct KeptLayout: Sendable, Codable {
        package var eraseSize: Int
        /// From the start of the file system (bytes).
        package var changedOffsets: [Int]

        init(image: OpenedImage, number: Int, comparison: FlashComparison) {
            eraseSize = image.fileSystem.eraseSize
            changedOffsets = comparison.blocks.filter { $0.area == number }.compactMap(\.index)
                .map { $0 * image.fileSystem.eraseSize }
        }
    }

    /// Of this version of the program.
    package static let currentFormat = "jffs2-scrub-report-2"

    /// The file that was cleaned, without anything that its secrets can be guessed from.
    package struct Input: Sendable, Codable {
        /// Without directories.
        package var name: String
        package var size: Int
    }

    /// A file that holds no secret any more.
    package struct Subject: Sendable, Codable {
        /// Without directories.
        package var name: String
        package var size: Int
        package var sha256: String
    }

    /// What was searched for.
    package struct Scope: Sendable, Codable {
        /// The `id`s of all rules.
        package var rules: [String]
        package var skippedRules: [String]
        package var ruleFiles: [String]
        /// Files that the user wanted kept as they are.
        package var keptPaths: [String]
        /// How values are searched for.
        package var notations: [String]
        /// How many values were searched for everywhere: given by the user, or removed.
        package var values: Int
        /// What was not searched, as sentences.
        package var notSearched: [String]
        /// Which part of the file, and with what erase size, where the user said it (bytes).
        package var offset: Int?
        package var length: Int?
        package var eraseSize: Int?
        /// How many removed values are too common to be searched for outside of the places where rules find them.
        package var commonValues: Int
        /// How many values were seen in programs, libraries, pages and manuals of the output, in which nothing is changed.
        package var staying: Int?
    }

    /// How often a rule found something.
    package struct RuleCount: Sendable, Codable {
        package var rule: String
        package var kind: String
        /// In what the file system shows.
        package var live: Int
        /// In deleted, older, damaged and unused bytes.
        package var dead: Int
    }

    /// That nothing is left in the output.
    package struct Proof: Sendable, Codable {
        package var holds: Bool
        /// How often the output was written anew until nothing was found.
        package var rounds: Int
        /// Nodes of the output; all of them are part of what it shows.
        package var nodes: Int
        /// Bytes of files that were decompressed and searched.
        package var contentBytes: UInt64
        /// Raw bytes that were searched.
        package var rawBytes: Int
    }
}

/// What was removed, for the owner alone.
package struct PrivateScrubReport: Sendable, Codable {
    package var report: ScrubReport
    package var values: [Value]

    /// A value that was removed, or that the user gave.
    package struct Value: Sendable, Codable {
        /// Printable; other bytes as `\ooo`.
        package var text: String
        package var hexadecimal: String
        package var rules: [String]
        package var places: [String]
        /// Whether it is searched for everywhere.
        package var isSearchedEverywhere: Bool
    }
}
