import FileTree
import FlashBytes
import ImageFile
import JFFS2
import Scrub

/// All that a report tells, in the form in which its script reads it.
struct ReportContents: Encodable {
    /// A cell of a short table.
    enum Field: Encodable {
        case text(String)
        case number(Int)

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .number(let number): try container.encode(number)
            }
        }
    }

    /// A part of the flash.
    struct Section: Encodable {
        var offset: Int
        var size: Int
        var kind: String
        var text: String
        /// Of a file system.
        var number: Int?
        var eraseSize: Int
        /// Pairs of kind (its place in `kinds`) and bytes, with commas between the erase blocks.
        var cells: String
    }

    /// What `scrub` finds, without any value.
    struct Secrets: Encodable {
        var summary: String
        /// Live or dead, rule, what it is about, place, what stands in front.
        var rows: [[String]]
        var remarks: [String]
    }

    var file: String
    var maker: String
    /// Word and text of each kind of bytes.
    var kinds: [[String]]
    var sections: [Section]
    var images: [ReportImage]
    var secrets: Secrets

    /// - Parameters:
    ///   - map: what lies where, if it is a whole flash.
    ///   - secrets: nil where they were not looked for.
    ///   - given: values that the user named.
    ///   - sizes: how they are said.
    init(
        file: String, images: [OpenedImage], map: FlashMap?, secrets: SearchResult?, given: [KnownSecret],
        sizes: SizeArguments
    ) {
        let listing = ScrubListing(secrets?.findings ?? [], given: given)
        self.file = listing.masked(Printable.text(file))
        maker = "Made by \(Version.text). Everything is in this page: it loads nothing and sends nothing."
        kinds = FlashPicture.Kind.allCases.map { [$0.rawValue, $0.text] }
        sections = FlashPicture(images: images, map: map).sections.map { Self.section($0, listing: listing) }
        self.images = images.map { ReportImage($0, sizes: sizes, masked: listing.masked) }
        self.secrets = Self.secrets(secrets, listing: listing)
    }

    private static func section(_ section: FlashPicture.Section, listing: ScrubListing) -> Section {
        let cells = section.cells.map { cell in
            var pairs: [Int] = []
            for (place, kind) in FlashPicture.Kind.allCases.enumerated() {
                if let bytes = cell.counts[kind], bytes > 0 { pairs += [place, bytes] }
            }
            return PackedNumbers.text(pairs)
        }
        return Section(
            offset: section.range.lowerBound, size: section.range.count, kind: section.word,
            text: listing.masked(section.text), number: section.number, eraseSize: section.eraseSize,
            cells: cells.joined(separator: ","))
    }

    private static func secrets(_ result: SearchResult?, listing: ScrubListing) -> Secrets {
        guard let result else { return Secrets(summary: "They were not searched for.", rows: [], remarks: []) }
        let rows = result.findings.map { finding in
            [
                finding.place.isLive ? "live" : "dead", finding.rule, finding.description,
                listing.masked("\(finding.place)"), listing.masked(finding.excerpt),
            ]
        }
        let remarks =
            result.notSearched.map { "Not searched: " + listing.masked($0) }
            + result.incompleteRules.map { "Rule '\($0)' takes too long on this image and was given up." }
        return Secrets(summary: ScrubListing.summary(result.findings) + ".", rows: rows, remarks: remarks)
    }
}

/// Numbers as short text: in base 36 with spaces between, so that a browser reads a million of them at once.
enum PackedNumbers {
    static func text(_ numbers: some Sequence<Int>) -> String {
        var text = ""
        var isFirst = true
        for number in numbers {
            if !isFirst { text += " " }
            isFirst = false
            text += String(number, radix: 36)
        }
        return text
    }
}
