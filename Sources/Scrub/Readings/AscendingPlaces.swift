import FlashBytes

/// Places in a text, ascending.
extension [Int] {
    /// Whether one of them is in a range.
    func hasAny(in range: Range<Int>) -> Bool {
        let next = partitionPoint { $0 < range.lowerBound }
        return next < count && self[next] < range.upperBound
    }
}
