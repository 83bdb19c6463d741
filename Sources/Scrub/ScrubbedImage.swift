package import ImageFile

/// A new image with its proof, ready to be put in its place.
package struct ScrubbedImage: Sendable {
    /// The whole file.
    package var bytes: [UInt8]
    /// For the owner; the public report is in it.
    package var report: PrivateScrubReport
    /// What was found in the input, and on the way.
    package var found: [ScrubFinding] = []
    /// What is still in it, in spite of all: not to be put in place if there is any.
    package var left: [ScrubFinding] = []
    /// What its structure still holds of the past.
    package var remains: [String] = []
    /// With `Scrubber.keepsLayout`: in which erase blocks it differs from the input.
    package var comparison: FlashComparison?
    /// Whether the input was damaged, so that the output lacks something.
    package var isDamaged = false
    /// What nobody asked to be left out, and was not searched, as sentences.
    package var notSearched: [String] = []
    /// Where words of the output are a removed value that is too common to be taken out everywhere.
    package var commonPlaces: [ScrubPlace] = []
}
