extension RandomAccessCollection {
    /// Where the elements begin of which `isBefore` does not hold; it must hold of all before and of none behind.
    @inlinable public func partitionPoint(where isBefore: (Element) -> Bool) -> Index {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = index(low, offsetBy: distance(from: low, to: high) / 2)
            if isBefore(self[middle]) { low = index(after: middle) } else { high = middle }
        }
        return low
    }
}
