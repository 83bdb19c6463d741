import FirmwareImage
import FlashBytes
import ImageFile
import JFFS2

/// A flash as a row of cells, one for each erase block: what `map` and `report` draw.
struct FlashPicture {
    /// What a cell can show, the most important one first: a cell of several kinds shows damage wherever there is any, else
    /// what most of its bytes are.
    enum Kind: String, CaseIterable {
        case damaged, bad, data, metadata, obsolete, waste, free
        case kernel, squashfs, ubi, environment, tree, unknown, erased

        /// Where there is no color.
        var letter: Character {
            switch self {
            case .damaged: "X"
            case .bad: "B"
            case .data: "D"
            case .metadata: "M"
            case .obsolete: "o"
            case .waste: "w"
            case .free: "."
            case .kernel: "K"
            case .squashfs: "S"
            case .ubi: "U"
            case .environment: "E"
            case .tree: "T"
            case .unknown: "?"
            case .erased: "-"
            }
        }

        /// For legends.
        var text: String {
            switch self {
            case .damaged: "damaged nodes"
            case .bad: "bad blocks"
            case .data: "live data"
            case .metadata: "metadata (names, attributes, summaries, cleanmarkers)"
            case .obsolete: "obsolete (outdated, deleted)"
            case .waste: "no nodes (padding, gaps)"
            case .free: "free"
            case .kernel: "U-Boot images (kernels)"
            case .squashfs: "SquashFS"
            case .ubi: "UBI"
            case .environment: "U-Boot environment"
            case .tree: "device trees and FIT images"
            case .unknown: "unknown"
            case .erased: "erased, outside of file systems"
            }
        }

        init(_ kind: BlockUse.Kind) {
            switch kind {
            case .data: self = .data
            case .metadata: self = .metadata
            case .obsolete: self = .obsolete
            case .damaged: self = .damaged
            case .waste: self = .waste
            case .free: self = .free
            }
        }

        fileprivate init(_ entry: FlashMap.Entry) {
            switch entry.word {
            case "uImage": self = .kernel
            case "squashfs": self = .squashfs
            case "ubi": self = .ubi
            case "environment": self = .environment
            case "deviceTree", "fit": self = .tree
            case "erased": self = .erased
            default: self = .unknown
            }
        }
    }

    /// An erase block, or several in a row.
    struct Cell {
        /// In the input, after swapping (bytes).
        var range: Range<Int>
        /// Bytes of each kind.
        var counts: [Kind: Int]
        /// How many erase blocks it stands for.
        var blocks = 1

        /// What it shows.
        var kind: Kind {
            if counts[.damaged, default: 0] > 0 { return .damaged }
            if counts[.bad, default: 0] > 0 { return .bad }
            let most = counts.values.max() ?? 0
            return Kind.allCases.first { counts[$0] == most } ?? .unknown
        }

        /// `0x10000: live data 40000, free 25536`
        var text: String {
            let parts = Kind.allCases.compactMap { kind in
                counts[kind].flatMap { $0 > 0 ? "\(kind.text) \($0)" : nil }
            }
            return "\(hex(range.lowerBound)): " + parts.joined(separator: ", ")
        }
    }

    /// A file system, or what lies around it.
    struct Section {
        /// In the input, after swapping (bytes).
        var range: Range<Int>
        /// See `FlashMap.Entry.word`.
        var word: String
        /// What it is, printable.
        var text: String
        /// The number of a file system.
        var number: Int?
        /// The size of a cell (bytes).
        var eraseSize: Int
        var cells: [Cell]
    }

    /// Ascending, none overlaps another.
    let sections: [Section]

    /// - Parameter map: what lies where, if that is known and there is more than one file system.
    init(images: [OpenedImage], map: FlashMap?) {
        guard let map else {
            sections = images.map { Self.section($0, range: $0.range) }
            return
        }
        let usual = images.first?.fileSystem.eraseSize ?? EraseSize.usual
        sections = Self.pieces(map.entries).map { piece in
            if case .jffs2(let image) = piece.entry.content { return Self.section(image, range: piece.range) }
            return Self.section(piece.entry, range: piece.range, eraseSize: usual)
        }
    }

    /// The bytes of each kind in all cells.
    var total: [Kind: Int] {
        var total: [Kind: Int] = [:]
        for section in sections {
            for cell in section.cells { total.merge(cell.counts, uniquingKeysWith: +) }
        }
        return total
    }

    // MARK: - Making it

    private static func section(_ image: OpenedImage, range: Range<Int>) -> Section {
        let size = max(image.fileSystem.eraseSize, 1)
        let start = image.range.lowerBound
        var cells: [Cell] = []
        for (index, use) in BlockUse.blocks(of: image.fileSystem).enumerated() {
            let place = start + index * size
            var counts: [Kind: Int] = [:]
            for kind in BlockUse.Kind.allCases where use[kind] > 0 { counts[Kind(kind)] = use[kind] }
            let block = place..<place + use.count
            // They were taken for erased ones.
            if image.badBlocks.contains(where: { $0.overlaps(block) }) { counts = [.bad: use.count] }
            if block.overlaps(range) { cells.append(Cell(range: block, counts: counts)) }
        }
        let remark = image.spareArea == nil ? "" : " (offsets without spare areas)"
        return Section(
            range: range, word: "jffs2", text: Printable.text(PartitionContents.summary(image)) + remark,
            number: image.number, eraseSize: size, cells: cells)
    }

    private static func section(_ entry: FlashMap.Entry, range: Range<Int>, eraseSize: Int) -> Section {
        let kind = Kind(entry)
        let cells = stride(from: range.lowerBound, to: range.upperBound, by: max(eraseSize, 1)).map { start in
            let block = start..<min(start + eraseSize, range.upperBound)
            return Cell(range: block, counts: [kind: block.count])
        }
        return Section(
            range: range, word: entry.word, text: FlashEntryDescription(entry).text, eraseSize: eraseSize, cells: cells)
    }

    /// The entries without what others cover that lie in them.
    private static func pieces(_ entries: [FlashMap.Entry]) -> [(entry: FlashMap.Entry, range: Range<Int>)] {
        var pieces: [(entry: FlashMap.Entry, range: Range<Int>)] = []
        var outer: FlashMap.Entry?
        var at = 0
        for (index, entry) in entries.enumerated() {
            let next = index + 1 < entries.count ? entries[index + 1].range.lowerBound : Int.max
            func add(_ part: FlashMap.Entry) {
                let end = min(part.range.upperBound, next)
                let start = max(part.range.lowerBound, at)
                guard start < end else { return }
                pieces.append((part, start..<end))
                at = end
            }
            add(entry)
            // What is left of the one around it.
            if let outer { add(outer) }
            if entry.range.upperBound > outer?.range.upperBound ?? 0 { outer = entry }
        }
        return pieces
    }

    // MARK: - Fewer cells

    /// The cells of a section, `count` blocks in each.
    static func merged(_ cells: [Cell], by count: Int) -> [Cell] {
        if count <= 1 { return cells }
        return stride(from: 0, to: cells.count, by: count).map { start in
            let part = cells[start..<min(start + count, cells.count)]
            var cell = Cell(range: 0..<0, counts: [:], blocks: part.count)
            for each in part { cell.counts.merge(each.counts, uniquingKeysWith: +) }
            if let first = part.first, let last = part.last {
                cell.range = first.range.lowerBound..<last.range.upperBound
            }
            return cell
        }
    }

    /// How many blocks a cell has to stand for so that there are at most `most` cells: a power of two.
    func blocksPerCell(most: Int) -> Int {
        var count = 1
        let largest = sections.reduce(0) { $0 + $1.cells.count }
        while count < largest,
            sections.reduce(0, { $0 + ($1.cells.count + count - 1) / count }) > max(most, sections.count)
        { count *= 2 }
        return count
    }
}
