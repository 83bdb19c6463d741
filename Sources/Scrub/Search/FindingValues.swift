extension [ScrubFinding] {
    /// The values that are looked for everywhere, each once, in the order in which they were found: of two values that are in the same
    /// bytes the first one says what is written over them, and no output may depend on the order of a set.
    ///
    /// - Parameter known: those that are looked for already.
    func searchedValues(besides known: Set<[UInt8]> = []) -> [[UInt8]] {
        var seen = known
        return flatMap(\.searchedValues).filter { seen.insert($0).inserted }
    }
}
