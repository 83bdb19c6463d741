/// Hands out the lines of a log without what stands in front of each, and those whole that a terminal has cut. Both are
/// learned from some of them: from the first, and again where lines come of which nothing is known.
struct LineFilter {
    private var held: [(line: [UInt8], isTerminated: Bool)] = []
    private var size = 0
    /// Whether lines are gathered to learn from them.
    private var isLearning = true
    /// Lines in succession that told nothing.
    private var unknown = 0
    private var prefix: LinePrefix?
    private var numbers: LineNumbers?
    private var width: Int?
    /// The parts so far of a line that was cut.
    private var begun: [UInt8]?
    private static let most = (lines: 200, bytes: 1 << 16)
    /// The last lines of those, which may be the first that begin otherwise.
    private static let last = 50

    /// Takes a line, and says whether it tells something of a dump.
    typealias Taker = (_ line: ArraySlice<UInt8>, _ isTerminated: Bool) -> Bool

    mutating func add(_ line: ArraySlice<UInt8>, isTerminated: Bool, body: Taker) {
        guard isLearning else { return hand(line, isTerminated: isTerminated, body: body) }
        held.append((Array(line), isTerminated))
        size += line.count
        if held.count >= Self.most.lines || size >= Self.most.bytes { learn(isEnd: false, body) }
    }

    /// No more lines come.
    mutating func finish(_ body: Taker) {
        if isLearning { learn(isEnd: true, body) }
        while !held.isEmpty { learn(isEnd: true, body) }
        if let begun { _ = body(begun[...], false) }
        begun = nil
    }

    private mutating func learn(isEnd: Bool, _ body: Taker) {
        let lines = held.map { $0.line[...] }
        if !learn(lines) {
            // At the end, a short dump may be all that begins otherwise.
            _ = (isEnd ? [50, 25, 12] : [50]).contains { $0 < lines.count && learn(lines.suffix($0)) }
        }
        let count = isEnd ? held.count : max(1, held.count - Self.last)
        let handed = held.prefix(count)
        held.removeFirst(count)
        size = held.reduce(0) { $0 + $1.line.count }
        isLearning = false
        unknown = 0
        var known = 0
        for (line, isTerminated) in handed {
            hand(line[...], isTerminated: isTerminated) { line, isTerminated in
                let isKnown = body(line, isTerminated)
                if isKnown { known += 1 }
                return isKnown
            }
        }
        isLearning = isLearning || known == 0
        if !isLearning, !held.isEmpty {
            let rest = held
            (held, size) = ([], 0)
            for (line, isTerminated) in rest { add(line[...], isTerminated: isTerminated, body: body) }
        }
    }

    /// What some lines have in common; false if nothing.
    private mutating func learn(_ lines: [ArraySlice<UInt8>]) -> Bool {
        if TextCode.isUuencode(lines) { return false }
        let numbers = LineNumbers(lines: lines)
        let numbered = numbers.map { numbers in lines.map { numbers.rest(of: $0) } } ?? lines
        let prefix = LinePrefix(lines: numbered)
        let width = WrappedLines.width(of: prefix.map { prefix in numbered.map { prefix.rest(of: $0) } } ?? numbered)
        guard numbers != nil || prefix != nil || width != nil else { return false }
        (self.numbers, self.prefix, self.width) = (numbers, prefix, width)
        return true
    }

    private mutating func hand(_ line: ArraySlice<UInt8>, isTerminated: Bool, body: Taker) {
        var line = line
        if let numbers { line = numbers.rest(of: line) }
        if let prefix { line = prefix.rest(of: line) }
        if let width {
            let isCut = line.count == width && isTerminated
            if isCut || begun != nil { begun = (begun ?? []) + line }
            if isCut { return }
            if let whole = begun {
                begun = nil
                return take(whole[...], isTerminated: isTerminated, body: body)
            }
        }
        take(line, isTerminated: isTerminated, body: body)
    }

    private mutating func take(_ line: ArraySlice<UInt8>, isTerminated: Bool, body: Taker) {
        if body(line, isTerminated) {
            unknown = 0
        } else {
            unknown += 1
            if unknown >= 20 { isLearning = true }
        }
    }
}
