/// A line of a source that looks like a part of a partition table and cannot be one; the rest is used.
package struct TableProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// From 1; nil where the source has no lines.
    package let line: Int?
    /// What is wrong there, without full stop.
    package let reason: String

    init(line: Int?, reason: String) {
        self.line = line
        self.reason = reason
    }

    /// The line and the reason.
    package var description: String { line.map { "line \($0): \(reason)" } ?? reason }
}

/// What a source of partition tables holds.
package struct TableReading: Sendable {
    /// All that were found, in the order of the source.
    package var tables: [PartitionTable] = []
    /// What could not be read.
    package internal(set) var problems: [TableProblem] = []
    /// Where in its memory the board puts what it reads; nil where the source does not show it.
    package internal(set) var loadAddress: LoadAddress?

    /// A line that is told as a problem.
    mutating func note(_ line: Int?, error: PartitionTable.Malformed) {
        problems.append(TableProblem(line: line, reason: error.description))
    }
}
