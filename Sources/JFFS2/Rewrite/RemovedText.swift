import FlashBytes

/// Content that was taken out, in a form in which it can be recognised elsewhere: in dead nodes of other inodes (a file
/// that was written anew and renamed over the old one has another number each time).
///
/// What counts is a run of `windowSize` bytes; texts that are shorter count as a whole.
struct RemovedText {
    /// How many bytes in a row must be the same.
    static let windowSize = 32
    /// Texts below this are found everywhere (bytes).
    private static let leastSize = 6

    /// Hashes of windows, and of short texts by their size.
    private var windows: Set<UInt64> = []
    private var shortTexts: [Int: Set<[UInt8]>] = [:]
    /// A bit for each low part of a window's hash, since nearly all look-ups fail.
    private var filter = [UInt64](repeating: 0, count: 1 << 12)

    var isEmpty: Bool { windows.isEmpty && shortTexts.isEmpty }

    /// Adds what is in `old` and not in `new`.
    mutating func add(_ old: [UInt8], replacedBy new: [UInt8] = []) {
        if old.count < Self.windowSize {
            if old.count >= Self.leastSize, !Self.isMonotonous(old[...]), !Self.contains(new, part: old) {
                shortTexts[old.count, default: []].insert(old)
            }
            return
        }
        var fresh: Set<UInt64> = []
        for start in stride(from: 0, through: old.count - Self.windowSize, by: Self.windowSize) {
            let window = old[start..<start + Self.windowSize]
            if !Self.isMonotonous(window) { fresh.insert(Self.hash(window)) }
        }
        let tail = old.suffix(Self.windowSize)
        if !Self.isMonotonous(tail) { fresh.insert(Self.hash(tail)) }
        if !new.isEmpty, !fresh.isEmpty {
            var kept: Set<UInt64> = []
            Self.forEachWindow(new) { hash in
                if fresh.contains(hash) { kept.insert(hash) }
                return true
            }
            fresh.subtract(kept)
        }
        for hash in fresh { filter[Int(hash >> 6 & 0xfff)] |= 1 << (hash & 63) }
        windows.formUnion(fresh)
    }

    /// Whether any of it is in `bytes`.
    func isFound(in bytes: [UInt8]) -> Bool {
        var isFound = false
        if !windows.isEmpty {
            Self.forEachWindow(bytes) { hash in
                isFound = filter[Int(hash >> 6 & 0xfff)] & 1 << (hash & 63) != 0 && windows.contains(hash)
                return !isFound
            }
        }
        if isFound { return true }
        return shortTexts.values.contains { texts in texts.contains { Self.contains(bytes, part: $0) } }
    }

    /// Few different bytes: padding and tables, which say nothing.
    private static func isMonotonous(_ bytes: ArraySlice<UInt8>) -> Bool { Set(bytes).count < min(6, bytes.count / 2) }

    private static func contains(_ bytes: [UInt8], part: [UInt8]) -> Bool {
        guard part.count <= bytes.count, let first = part.first else { return false }
        for start in 0...bytes.count - part.count
        where bytes[start] == first && bytes[start..<start + part.count].elementsEqual(part) { return true }
        return false
    }

    // MARK: - A hash that can be rolled on by one byte

    private static let factor: UInt64 = 0x9e37_79b9_7f4a_7c15
    /// `factor` to the power of the window's size.
    private static let outFactor: UInt64 = (0..<windowSize).reduce(1) { power, _ in power &* factor }

    private static func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 { mixed(bytes.reduce(0) { rolled($0, byte: $1) }) }

    private static func rolled(_ hash: UInt64, byte: UInt8) -> UInt64 { hash &* factor &+ UInt64(byte) &+ 1 }

    private static func mixed(_ hash: UInt64) -> UInt64 { hash ^ hash >> 29 ^ hash >> 43 }

    /// Calls `body` with the hash of every window, until it says false.
    private static func forEachWindow(_ bytes: [UInt8], body: (UInt64) -> Bool) {
        guard bytes.count >= windowSize else { return }
        var hash: UInt64 = 0
        for index in bytes.indices {
            hash = rolled(hash, byte: bytes[index])
            if index >= windowSize {
                hash = hash &- (UInt64(bytes[index - windowSize]) &+ 1) &* outFactor
            }
            if index >= windowSize - 1, !body(mixed(hash)) { return }
        }
    }
}
