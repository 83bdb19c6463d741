import FileTree
import FlashBytes
import Scrub

/// Shows what was found, file by file, and lets somebody at a terminal decide about each.
struct ScrubDialog {
    /// What was decided.
    private(set) var choices: [FilePathBytes: ScrubPlan.Choice]
    /// Rules that are left out.
    private(set) var skippedRules: [String]
    /// Where to write; nil as long as nobody said.
    private(set) var output: String?

    /// All that was decided.
    var decisions: ScrubPlan { ScrubPlan(choices, skippedRules: skippedRules) }

    /// What was decided, to be written down: without paths that have a value in them.
    var plan: ScrubPlan {
        ScrubPlan(choices.filter { listing.masked("\($0.key)") == "\($0.key)" }, skippedRules: skippedRules)
    }

    private let groups: [ScrubGroup]
    private let dead: Int
    private let listing: ScrubListing
    private let notSearched: [String]

    /// - Parameters:
    ///   - result: all that was found.
    ///   - given: values that the user named.
    ///   - plan: what was decided before.
    init(_ result: SearchResult, given: [KnownSecret], plan: ScrubPlan) throws(ScrubError) {
        groups = ScrubGroup.groups(of: result.findings)
        dead = result.findings.count { !$0.place.isLive }
        listing = ScrubListing(result.findings, given: given)
        notSearched = result.notSearched
        choices = try plan.choices()
        skippedRules = plan.skippedRules
    }

    private static let commands = """
        N keep | empty | redact | delete     what to do with number N (1,3-5 and * for several)
        N template FILE                      give it the content of FILE
        show N                               each place in it; values stay masked
        skip RULE                            leave a rule out (its id stands in brackets)
        list                                 all of it again
        write [FILE]                         make the new image
        quit                                 write nothing
        """

    /// Asks until it is to be written.
    ///
    /// - Parameter check: says why nothing can be written to a file, before the answers are of no use any more.
    /// - Returns: false if nothing is to be written.
    mutating func run(check: (_ output: String) throws -> Void) -> Bool {
        printGroups()
        StandardStreams.print(Self.commands)
        while true {
            guard let line = ask("> ") else { return false }
            let words = line.split(separator: " ", maxSplits: 2).map(String.init)
            switch words.first?.lowercased() {
            case nil: continue
            case "quit", "q", "exit": return false
            case "list", "l": printGroups()
            case "help", "h", "?": StandardStreams.print(Self.commands)
            case "show", "s": show(words.dropFirst().joined(separator: " "))
            case "skip": skip(words.dropFirst().first)
            case "write", "w":
                let name = words.dropFirst().joined(separator: " ")
                if !name.isEmpty { output = name }
                if output == nil { output = ask("write to which file? ").flatMap { $0.isEmpty ? nil : $0 } }
                guard let output else { continue }
                do {
                    try check(output)
                    return true
                } catch {
                    StandardStreams.print("\(error)")
                    self.output = nil
                }
            default: decide(words)
            }
        }
    }

    private func ask(_ question: String) -> String? {
        StandardStreams.write(Array(question.utf8))
        StandardStreams.flush()
        return readLine()
    }

    private func printGroups() {
        for (index, group) in groups.enumerated() {
            let name = group.path.map(\.description) ?? "all places"
            StandardStreams.print(listing.masked("\(index + 1)  \(action(for: group))  \(name): \(group.reasons)"))
        }
        if groups.isEmpty { StandardStreams.print("nothing was found in what the image shows") }
        if dead > 0 {
            StandardStreams.print("   \(dead) more in deleted, older or unused bytes, which are not copied in any case")
        }
        for sentence in notSearched { StandardStreams.print("   not searched: \(listing.masked(sentence))") }
    }

    private func action(for group: ScrubGroup) -> String {
        if group.findings.allSatisfy({ skippedRules.contains($0.rule) }) { return "keep" }
        guard let path = group.path, let choice = choices[path] else { return group.usualAction.rawValue }
        if case .template(let file) = choice { return "template \(file)" }
        return choice.word
    }

    private func show(_ numbers: String) {
        let indices = indices(numbers)
        if indices.isEmpty { StandardStreams.print("'\(numbers)' is no number of the list") }
        for index in indices {
            listing.lines(groups[index].findings).forEach { StandardStreams.print("   " + $0) }
        }
    }

    private mutating func skip(_ rule: String?) {
        guard let rule, groups.contains(where: { $0.findings.contains { $0.rule == rule } }) else {
            return StandardStreams.print("no finding is of the rule '\(rule ?? "")'")
        }
        if !skippedRules.contains(rule) { skippedRules.append(rule) }
        printGroups()
    }

    private mutating func decide(_ words: [String]) {
        let indices = indices(words[0])
        if indices.isEmpty {
            return StandardStreams.print("'\(words[0])' is no number of the list and no command; ? shows all")
        }
        guard words.count > 1 else { return show(words[0]) }
        let choice: ScrubPlan.Choice
        switch (words[1], ScrubAction(rawValue: words[1])) {
        case ("keep", _): choice = .keep
        case (_, .template?):
            guard words.count > 2 else { return StandardStreams.print("which file has the content? N template FILE") }
            do throws(FileError) {
                _ = try FileBytes(path: words[2])
            } catch {
                return StandardStreams.print("\(error)")
            }
            choice = .template(words[2])
        case (_, let action?): choice = .action(action)
        default: return StandardStreams.print("'\(words[1])' is none of keep, empty, redact, delete, template")
        }
        for index in indices {
            guard let path = groups[index].path else {
                guard choice == .keep else {
                    StandardStreams.print("a text can be redacted or kept only")
                    continue
                }
                skippedRules += Set(groups[index].findings.map(\.rule)).subtracting(skippedRules).sorted()
                continue
            }
            choices[path] = choice
        }
        printGroups()
    }

    /// The groups that `2`, `1,3-5` and `*` stand for; empty if that is none of them.
    private func indices(_ text: String) -> [Int] {
        if text == "*" { return Array(groups.indices) }
        var found: [Int] = []
        for part in text.split(separator: ",") {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first >= 1,
                first <= last, last <= groups.count
            else { return [] }
            found += first - 1..<last
        }
        return found
    }
}
