import FlashBytes
import JFFS2

/// A part of a dump whose bits or bytes are turned round, while the others are as they should be: two chips, or two programs,
/// of which only one did it.
enum TurnedPart {
    /// What is wrong; nil where all parts are alike.
    ///
    /// - Parameter options: what the user says of the file.
    static func diagnosis(_ image: OpenedImage, options: InputOptions) -> Diagnosis? {
        guard image.spareArea == nil, image.swapGroup == nil, !image.isWrapped, image.number == 1,
            options.selection == nil
        else { return nil }
        let start = options.offset ?? 0
        let end = options.length.map { min(start + $0, image.file.count) } ?? image.file.count
        guard start < end else { return nil }
        return ByteRegion(file: image.file, range: start..<end).withBytes { bytes in
            let census = NodeCensus(bytes)
            for stretch in stretches(bytes, census: census) {
                if let found = part(bytes, stretch: stretch) { return diagnosis(found, shift: start) }
            }
            return nil
        }
    }

    /// Bytes between nodes, and whether a damaged node is in front of them.
    private typealias Stretch = Range<Int>

    /// Shorter ones are what damage leaves (bytes).
    private static let shortest = 4096
    /// So many are looked at, the longest ones.
    private static let most = 8
    /// How much of each is tried in all ways, at its start and at its end (bytes).
    private static let sample = 1 << 20

    /// What lies between nodes, in front of them and behind them, and is not erased.
    private static func stretches(_ bytes: RawSpan, census: NodeCensus) -> [Stretch] {
        var found: [Stretch] = []
        var end = 0
        func add(_ range: Range<Int>) {
            let start = bytes.endOfRun(of: 0xff, in: range)
            guard range.upperBound - start >= shortest,
                bytes.endOfRun(of: 0, in: start..<range.upperBound) < range.upperBound
            else { return }
            found.append(start..<range.upperBound)
        }
        for sighting in census.sightings {
            if sighting.offset > end { add(end..<sighting.offset) }
            // A node that is damaged may be turned round in part.
            let isWhole = sighting.isIntact(in: bytes) || !sighting.header.type.accurate.hasSums
            end = max(end, isWhole ? min(sighting.nextOffset, bytes.byteCount) : sighting.offset + NodeHeader.size)
        }
        if end < bytes.byteCount { add(end..<bytes.byteCount) }
        return Array(found.sorted { $0.count > $1.count }.prefix(most))
    }

    private static func part(_ bytes: RawSpan, stretch: Stretch) -> (range: Range<Int>, transform: ByteTransform)? {
        // Groups are counted from the start of the file.
        let start = (stretch.lowerBound + 7) / 8 * 8
        guard start < stretch.upperBound else { return nil }
        let whole = bytes.extracting(start..<stretch.upperBound)
        let late = max(whole.byteCount - sample, 0) / 8 * 8
        let samples = [0..<min(sample, whole.byteCount), late..<whole.byteCount]
        let found = samples.compactMap { TransformSearch.best(whole.extracting($0), withGroupsAlone: true) }
        guard let transform = found.max(by: { $0.headers < $1.headers })?.transform else { return nil }
        let turned = NodeCensus(unsafe transform.applied(to: whole).span.bytes)
        guard let first = turned.sightings.first, let last = turned.sightings.last else { return nil }
        let lower = roundest(stretch.lowerBound, to: start + first.offset, end: bytes.byteCount)
        let upper = roundest(
            min(start + last.nextOffset, stretch.upperBound), to: stretch.upperBound, end: bytes.byteCount)
        return lower < upper ? (lower..<upper, transform) : nil
    }

    /// The roundest number of some: the ends of a part are those of chips, blocks or sectors.
    private static func roundest(_ lowest: Int, to highest: Int, end: Int) -> Int {
        if lowest == 0 || highest == end { return lowest == 0 ? 0 : end }
        for shift in stride(from: 40, through: 0, by: -1) {
            let step = 1 << shift
            let candidate = (lowest + step - 1) / step * step
            if candidate <= highest { return candidate }
        }
        return lowest
    }

    private static func diagnosis(_ part: (range: Range<Int>, transform: ByteTransform), shift: Int) -> Diagnosis {
        let range = part.range.lowerBound + shift..<part.range.upperBound + shift
        return Diagnosis(
            .partTurned(range, part.transform),
            text: "a part of it, from \(hex(range.lowerBound)) to \(hex(range.upperBound)), is turned round: "
                + part.transform.text,
            for: ["turned back, that part has node headers with right sums, as the rest has without"])
    }
}

extension ByteTransform {
    /// What it does, as a sentence without capital and full stop.
    var text: String {
        var what: [String] = []
        if reversesBits { what.append("the bits of each byte are in reverse order") }
        if inverts { what.append("all bits are inverted") }
        if let group {
            what.append(
                unit == 1
                    ? "the bytes are reversed in groups of \(group)"
                    : 2 * unit == group
                        ? "the \(8 * unit)-bit halves of each \(8 * group)-bit word have changed places"
                        : "the \(8 * unit)-bit parts of each \(8 * group)-bit word stand in reverse order")
        }
        return what.joined(separator: ", and ")
    }
}
