package import FileTree

extension Scrubber {
    /// Takes over what was decided about files; those that are not in the image do not count.
    ///
    /// - Parameter content: the bytes of a host file.
    package mutating func apply(
        _ choices: [FilePathBytes: ScrubPlan.Choice], content: (String) throws -> [UInt8]
    ) throws {
        for (path, choice) in choices where holds(path) {
            switch choice {
            case .keep: kept.insert(path)
            // Whatever is found in it.
            case .action(.delete): places.append(.delete(path))
            case .action(.empty): places.append(.empty(path))
            case .action(let action): self.choices[path] = action
            case .template(let file): templates[path] = try content(file)
            }
        }
    }

    /// What is to be kept is a file, and is not to be taken out as well.
    func checkKept() throws(ScrubError) {
        for path in kept {
            if let place = places.first(where: { path.components.starts(with: $0.path.components) }) {
                throw .options("\(path) is to be kept, and \(place.path) to be taken out")
            }
            if trees.contains(where: { tree in tree.find(path).map { tree[$0].kind == .directory } ?? false }) {
                throw .unfitPath(path, reason: "it is a folder; name the files that are kept")
            }
        }
    }

    /// Files that the user wants as they are, though they hold a value that the user wants gone.
    func keptSecrets(_ findings: [ScrubFinding]) -> [String] {
        let given = rules.secrets.count
        let paths = findings.lazy.filter { isKept($0) && ($0.knownSecret.map { $0 < given } ?? false) }
            .compactMap(\.place.path)
        return Set(paths.map(\.description)).sorted()
            .map { "\($0) is kept as it is, and holds a secret that was to be taken out" }
    }

    /// Whether the user wants it as it is: a file to be kept, or one whose content the user gave.
    func isKept(_ finding: ScrubFinding) -> Bool {
        guard let path = finding.place.path else { return false }
        return kept.contains(path) || (finding.isWholeFile && templates[path] != nil)
    }

    /// Whether one of the file systems has a file of this path.
    private func holds(_ path: FilePathBytes) -> Bool {
        trees.contains { $0.find(path) != nil }
    }
}
