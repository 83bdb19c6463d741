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

    /// Whether one of the file systems has a file of this path.
    private func holds(_ path: FilePathBytes) -> Bool {
        trees.contains { $0.find(path) != nil }
    }
}
