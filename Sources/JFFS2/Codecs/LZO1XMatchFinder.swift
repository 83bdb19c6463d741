/// Finds earlier places that hold the same bytes, nearest first.
struct LZO1XMatchFinder {
    /// The bytes at some place are repeated from `distance` bytes before, for `length` bytes.
    struct Match {
        var length: Int
        var distance: Int
    }

    /// What `find` found: longer and longer matches, each with the smallest distance there is for its length.
    private(set) var matches: [Match] = []

    /// By a hash of three bytes: where they last stood, counted over all inputs, so that nothing has to be cleared.
    private var lastTriple: [Int]
    /// By two bytes: where they last stood, counted in the same way.
    private var lastPair: [Int]
    /// By position in this input: where the same hash stood before.
    private var previous: [Int] = []
    /// What is added to positions of this input.
    private var base = 0

    /// How many earlier places are looked at.
    private static let depth = 48
    private static let hashBits = 13

    init() {
        lastTriple = Array(repeating: -1, count: 1 << Self.hashBits)
        lastPair = Array(repeating: -1, count: 1 << 16)
    }

    /// Forgets the last input and makes room for the next.
    mutating func start(_ input: RawSpan) {
        base += previous.count
        previous.removeAll(keepingCapacity: true)
        previous.append(contentsOf: repeatElement(-1, count: input.byteCount))
    }

    @inline(__always)
    private static func pair(_ input: RawSpan, at position: Int) -> Int {
        Int(unsafe input.unsafeLoadUnaligned(fromByteOffset: position, as: UInt16.self))
    }

    @inline(__always)
    private static func hash(_ input: RawSpan, at position: Int) -> Int {
        let triple = UInt32(pair(input, at: position)) << 8 | UInt32(input[byte: position + 2])
        return Int((triple &* 0x9e37_79b1) >> UInt32(32 - hashBits))
    }

    /// Remembers `position`. To be called for each position in turn, behind `find` if that is called for it.
    @inline(__always)
    mutating func insert(_ input: RawSpan, at position: Int) {
        guard position + 2 <= input.byteCount else { return }
        lastPair[Self.pair(input, at: position)] = base + position
        guard position + 3 <= input.byteCount else { return }
        let hash = Self.hash(input, at: position)
        previous[position] = lastTriple[hash] - base
        lastTriple[hash] = base + position
    }

    /// Fills `matches` for `position`.
    ///
    /// - Parameter enough: a match of this length ends the search.
    mutating func find(_ input: RawSpan, at position: Int, enough: Int) {
        matches.removeAll(keepingCapacity: true)
        let limit = input.byteCount - position
        guard limit >= 2 else { return }
        let pair = lastPair[Self.pair(input, at: position)] - base
        if pair >= 0 { matches.append(Match(length: 2, distance: position - pair)) }
        guard limit >= 3 else { return }
        var longest = 2
        var candidate = lastTriple[Self.hash(input, at: position)] - base
        for _ in 0..<Self.depth {
            guard candidate >= 0, position - candidate <= LZO1XInstruction.farthest else { return }
            if longest < limit, input[byte: candidate + longest] == input[byte: position + longest] {
                let length = Self.commonLength(input, first: candidate, second: position, limit: limit)
                if length > longest {
                    matches.append(Match(length: length, distance: position - candidate))
                    longest = length
                    if length >= enough || length == limit { return }
                }
            }
            candidate = previous[candidate]
        }
    }

    @inline(__always)
    private static func commonLength(_ input: RawSpan, first: Int, second: Int, limit: Int) -> Int {
        var length = 0
        while length + 8 <= limit {
            let one = unsafe input.unsafeLoadUnaligned(fromByteOffset: first + length, as: UInt64.self)
            let other = unsafe input.unsafeLoadUnaligned(fromByteOffset: second + length, as: UInt64.self)
            if one != other { return length + UInt64(littleEndian: one ^ other).trailingZeroBitCount / 8 }
            length += 8
        }
        while length < limit, input[byte: first + length] == input[byte: second + length] { length += 1 }
        return length
    }
}
