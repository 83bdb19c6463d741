package import FileTree

/// What somebody decided about the files of an image, to be used again for the next image of the same model. No value is in
/// it.
package struct ScrubPlan: Sendable, Hashable, Codable {
    /// The plan's own format.
    package var format = Self.currentFormat
    /// Rules that are left out.
    package var skippedRules: [String] = []
    /// What is done with files, ascending by path.
    package var files: [File] = []

    /// Of this version of the program.
    package static let currentFormat = "jffs2-scrub-plan-1"

    /// One file.
    package struct File: Sendable, Hashable, Codable {
        /// Printable, as listings show it.
        package var path: String
        /// `keep`, or the raw value of a `ScrubAction`.
        package var action: String
        /// The host file whose content it gets, with `template`.
        package var template: String?
    }

    /// What is done with one file.
    package enum Choice: Sendable, Hashable {
        /// Nothing, whatever is found in it.
        case keep
        case action(ScrubAction)
        /// It gets the content of a host file.
        case template(String)

        /// In one word.
        package var word: String {
            switch self {
            case .keep: "keep"
            case .action(let action): action.rawValue
            case .template: ScrubAction.template.rawValue
            }
        }
    }

    /// A plan that changes nothing of what the rules say.
    package init() {}

    /// Writes choices down.
    package init(_ choices: [FilePathBytes: Choice], skippedRules: [String]) {
        self.skippedRules = skippedRules
        files = choices.map { path, choice in
            var template: String?
            if case .template(let file) = choice { template = file }
            return File(path: "\(path)", action: choice.word, template: template)
        }.sorted { $0.path < $1.path }
    }

    /// What is done with which file.
    ///
    /// - Throws: names what this program does not know.
    package func choices() throws(ScrubError) -> [FilePathBytes: Choice] {
        guard format == Self.currentFormat else {
            throw .options("it is a plan of another version (\(format)), which cannot be used")
        }
        var choices: [FilePathBytes: Choice] = [:]
        for file in files {
            let choice: Choice
            switch (file.action, file.template, ScrubAction(rawValue: file.action)) {
            case ("keep", _, _): choice = .keep
            case (_, let template?, .template?): choice = .template(template)
            case (_, nil, .template?): throw .options("it has no template for \(file.path)")
            case (_, _, let action?): choice = .action(action)
            default: throw .options("'\(file.action)' for \(file.path) is no action")
            }
            choices[FilePathBytes(printed: file.path)] = choice
        }
        return choices
    }
}
