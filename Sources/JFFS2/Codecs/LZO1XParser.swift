/// Splits an input into literals and copies so that the LZO1X stream becomes as short as can be, or nearly so.
///
/// The sizes of all instructions are whole bytes and depend only on how many literals stand before, so the shortest way
/// to each position is found from left to right, separately for 0, 1, 2, 3 and more literals.
struct LZO1XParser {
    /// Literals, and a copy behind them; only the last step is without one (length 0).
    struct Step {
        var literals: Int
        var length: Int
        var distance: Int
    }

    /// What `parse` found.
    private(set) var steps: [Step] = []

    /// The shortest ways to a position so far.
    private struct Way {
        static let unknown = Int32.max / 2

        /// The size of the stream for each number of literals since the last copy: 0, 1, 2, 3, more (bytes).
        var sizes: [5 of Int32] = .init(repeating: unknown)
        /// How many literals "more" are.
        var run: Int32 = 0
        /// The copy that leads here without literals.
        var length: Int32 = 0
        var distance: Int32 = 0
        /// The number of literals before that copy, as the index in the `sizes` where it begins.
        var literals: Int32 = 0
    }

    private var finder = LZO1XMatchFinder()
    private var ways: [Way] = []

    /// A copy of this length is taken without looking at others.
    private static let enough = 96

    /// Fills `steps`, and tells the size of the stream without the end mark (bytes).
    mutating func parse(_ input: RawSpan) -> Int {
        let count = input.byteCount
        finder.start(input)
        ways.removeAll(keepingCapacity: true)
        ways.append(contentsOf: repeatElement(Way(), count: count + 1))
        ways[0].sizes[0] = 0
        Self.findWays(input, finder: &finder, array: &ways)
        return collect(count)
    }

    private static func findWays(
        _ input: RawSpan, finder: inout LZO1XMatchFinder, array: inout [Way]
    ) {
        // The array would be checked for a second owner at each change.
        var ways = array.mutableSpan
        var next = 0
        for position in 0..<input.byteCount {
            if position == next {
                addLiteral(position, to: &ways)
                finder.find(input, at: position, enough: enough)
                next = addCopies(finder.matches, at: position, to: &ways)
            }
            finder.insert(input, at: position)
        }
    }

    /// The ways that go on with a literal.
    @inline(__always)
    private static func addLiteral(_ position: Int, to ways: inout MutableSpan<Way>) {
        let way = ways[position]
        func growth(from count: Int) -> Int32 {
            let isFirst = count == position
            return 1
                + Int32(
                    LZO1XInstruction.literalRunSize(count + 1, isFirst: isFirst)
                        - LZO1XInstruction.literalRunSize(count, isFirst: isFirst))
        }
        var after = ways[position + 1]
        for count in 0..<3 { after.sizes[count + 1] = way.sizes[count] + growth(from: count) }
        let four = way.sizes[3] + growth(from: 3)
        let more = way.sizes[4] + growth(from: Int(way.run))
        after.sizes[4] = min(four, more)
        after.run = four <= more ? 4 : way.run + 1
        ways[position + 1] = after
    }

    /// The ways that go on with a copy.
    ///
    /// - Returns: the position that is to be looked at next.
    @inline(__always)
    private static func addCopies(
        _ matches: [LZO1XMatchFinder.Match], at position: Int, to ways: inout MutableSpan<Way>
    ) -> Int {
        let sizes = ways[position].sizes
        var best = 0
        for literals in 1..<5 where sizes[literals] < sizes[best] { best = literals }
        var length = 2
        for match in matches {
            if match.length >= enough {
                add(match.length, distance: match.distance, literals: best, sizes: sizes, at: position, to: &ways)
                return position + match.length
            }
            while length <= match.length {
                if length == 2 {
                    var fewest = 1
                    for literals in 2...3 where sizes[literals] < sizes[fewest] { fewest = literals }
                    add(2, distance: match.distance, literals: fewest, sizes: sizes, at: position, to: &ways)
                } else {
                    add(length, distance: match.distance, literals: best, sizes: sizes, at: position, to: &ways)
                    if length == 3 {
                        add(3, distance: match.distance, literals: 4, sizes: sizes, at: position, to: &ways)
                    }
                }
                length += 1
            }
        }
        return position + 1
    }

    @inline(__always)
    private static func add(
        _ length: Int, distance: Int, literals: Int, sizes: [5 of Int32], at position: Int,
        to ways: inout MutableSpan<Way>
    ) {
        guard let more = LZO1XInstruction.copySize(length, distance: distance, literals: literals) else { return }
        let size = sizes[literals] + Int32(more)
        let target = position + length
        guard size < ways[target].sizes[0] else { return }
        ways[target].sizes[0] = size
        ways[target].length = Int32(length)
        ways[target].distance = Int32(distance)
        ways[target].literals = Int32(literals)
    }

    /// Goes back from the end along the shortest way.
    private mutating func collect(_ count: Int) -> Int {
        steps.removeAll(keepingCapacity: true)
        let sizes = ways[count].sizes
        var index = 0
        for literals in 1..<5 where sizes[literals] < sizes[index] { index = literals }
        let size = Int(sizes[index])
        var position = count
        var copy = (length: 0, distance: 0)
        while true {
            let literals = index == 4 ? Int(ways[position].run) : index
            steps.append(Step(literals: literals, length: copy.length, distance: copy.distance))
            position -= literals
            if position == 0 { break }
            let way = ways[position]
            copy = (Int(way.length), Int(way.distance))
            index = Int(way.literals)
            position -= copy.length
        }
        steps.reverse()
        return size
    }
}
