/// The one "did you mean" for commands, options, values and names.
enum NearestWord {
    /// The candidate that somebody may have meant by a word; nil where none is near.
    ///
    /// A slip is a letter too many, too few or wrong, or two that changed places: one in three letters at most. A beginning of
    /// one candidate alone is meant, too.
    static func of(_ word: String, among candidates: [String]) -> String? {
        let lowercase = word.lowercased()
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let distance = distance(Array(lowercase.utf8), to: Array(candidate.lowercased().utf8))
            guard distance <= max(1, min(word.utf8.count, candidate.utf8.count) / 3) else { continue }
            // Of a word of two letters every other one is near.
            guard min(word.utf8.count, candidate.utf8.count) > 2 || distance == 0 else { continue }
            if best.map({ distance < $0.distance }) ?? true { best = (candidate, distance) }
        }
        if let best { return best.candidate }
        let longer = Set(candidates.filter { word.utf8.count > 2 && $0.hasPrefix(lowercase) })
        return longer.count == 1 ? longer.first : nil
    }

    /// How many slips lie between two words; words longer than any option count as far apart.
    private static func distance(_ first: [UInt8], to second: [UInt8]) -> Int {
        guard first.count <= 64, second.count <= 64 else { return .max }
        var before: [Int] = []
        var row = Array(0...second.count)
        for (line, byte) in first.enumerated() {
            var next = [line + 1]
            for (column, other) in second.enumerated() {
                var least = min(row[column + 1] + 1, next[column] + 1, row[column] + (byte == other ? 0 : 1))
                if line > 0, column > 0, byte == second[column - 1], other == first[line - 1] {
                    least = min(least, before[column - 1] + 1)
                }
                next.append(least)
            }
            before = row
            row = next
        }
        return row.last ?? 0
    }
}
