/// Picks nodes for the end of an erase block.
enum SubsetSum {
    /// Which of `weights` add up to as much as possible without exceeding `capacity`; earlier ones are preferred.
    ///
    /// Exact: the classic table of reachable sums, in steps of 4 bytes (all weights and `capacity` are multiples of 4, or
    /// are taken as the next multiple that is safe).
    ///
    /// - Returns: ascending indices.
    static func best(_ weights: [Int], capacity: Int) -> [Int] {
        let limit = capacity / 4
        guard limit > 0 else { return [] }
        // reachedBy[s]: the item with which the sum s was first reached; -1 for never.
        var reachedBy = [Int32](repeating: -1, count: limit + 1)
        var best = 0
        search: for (index, weight) in weights.enumerated() {
            let step = (weight + 3) / 4
            if step == 0 || step > limit { continue }
            for sum in stride(from: min(limit, best + step), through: step, by: -1) where reachedBy[sum] < 0 {
                if sum == step || reachedBy[sum - step] >= 0 {
                    reachedBy[sum] = Int32(index)
                    best = max(best, sum)
                    if sum == limit { break search }
                }
            }
        }
        var chosen: [Int] = []
        while best > 0 {
            let index = Int(reachedBy[best])
            chosen.append(index)
            best -= (weights[index] + 3) / 4
        }
        return chosen.reversed()
    }
}
