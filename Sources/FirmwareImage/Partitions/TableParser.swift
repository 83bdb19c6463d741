/// Finds partition tables of one form in a text that it is given line by line.
protocol TableParser {
    /// What was found, all of it after `finish`.
    var tables: [PartitionTable] { get }
    /// What looks like a part of a table and cannot be one.
    var problems: [TableProblem] { get }

    mutating func read(_ line: TextLine)

    /// The text has ended; called once.
    mutating func finish()
}

extension TableParser {
    mutating func finish() {}
}
