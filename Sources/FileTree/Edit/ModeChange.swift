/// What chmod takes: a number (`4755`) or changes (`u+x,go-w`, `a=rX`). No umask is applied.
package struct ModeChange: Sendable, Hashable {
    private enum Operator: Character {
        case add = "+"
        case remove = "-"
        case set = "="
    }

    private struct Step: Sendable, Hashable {
        /// The permission bits of those who are meant.
        var who: UInt16
        var `operator`: Operator
        /// For all three of owner, group and others at a time.
        var permissions: UInt16
        /// `X`: x for directories, and for files that somebody may execute already.
        var addsSearch: Bool
    }

    /// All bits in one; nil for changes.
    private var number: UInt16?
    private var steps: [Step] = []

    /// - Returns: nil for what chmod would not understand.
    package init?(_ text: String) {
        if text.allSatisfy(\.isNumber), let number = UInt16(text, radix: 8), number <= 0o7777 {
            self.number = number
            return
        }
        for clause in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let steps = Self.steps(clause) else { return nil }
            self.steps += steps
        }
    }

    /// `ug+rw-x`.
    private static func steps(_ clause: Substring) -> [Step]? {
        var rest = clause
        var who: UInt16 = 0
        while let letter = rest.first, let bits = people[letter] {
            who |= bits
            rest.removeFirst()
        }
        if who == 0 { who = 0o7777 }
        var steps: [Step] = []
        while let letter = rest.popFirst() {
            guard let `operator` = Operator(rawValue: letter) else { return nil }
            var step = Step(who: who, operator: `operator`, permissions: 0, addsSearch: false)
            while let letter = rest.first, Operator(rawValue: letter) == nil {
                rest.removeFirst()
                if letter == "X" {
                    step.addsSearch = true
                } else if let bits = bits[letter] {
                    step.permissions |= bits
                } else {
                    return nil
                }
            }
            steps.append(step)
        }
        return steps.isEmpty ? nil : steps
    }

    private static let people: [Character: UInt16] = ["u": 0o4700, "g": 0o2070, "o": 0o1007, "a": 0o7777]
    private static let bits: [Character: UInt16] = ["r": 0o444, "w": 0o222, "x": 0o111, "s": 0o6000, "t": 0o1000]

    /// The new permissions.
    package func applied(to permissions: UInt16, isDirectory: Bool) -> UInt16 {
        if let number { return number }
        return steps.reduce(permissions) { permissions, step in
            var bits = step.permissions
            if step.addsSearch, isDirectory || permissions & 0o111 != 0 { bits |= 0o111 }
            bits &= step.who
            switch step.operator {
            case .add: return permissions | bits
            case .remove: return permissions & ~bits
            case .set: return permissions & ~step.who | bits
            }
        }
    }
}
