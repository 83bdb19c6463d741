import FileTree
import FlashBytes

extension [ScrubFinding] {
    /// Those that stand where none of some others does.
    func outside(of others: [ScrubFinding]) -> [ScrubFinding] {
        var taken: [Container: [Range<Int>]] = [:]
        for finding in others { taken[Container(finding), default: []].append(finding.extent) }
        for key in taken.keys { taken[key]?.sort { $0.lowerBound < $1.lowerBound } }
        return filter { finding in
            guard let places = taken[Container(finding)] else { return true }
            let extent = finding.extent
            // What was found by rules does not overlap, but for streams in which several values stand.
            let next = places.partitionPoint { $0.lowerBound < extent.upperBound }
            return !places[..<next].suffix(Self.mostOverlaps).contains { $0.upperBound > extent.lowerBound }
        }
    }

    /// How many findings may lie in one place.
    private static var mostOverlaps: Int { 64 }
}

/// What a place of a finding is in: a file, a member of one, a name, the image.
private struct Container: Hashable {
    private let fileSystem: Int
    private let path: FilePathBytes?
    private let member: [Int]
    private let kind: Int

    init(_ finding: ScrubFinding) {
        fileSystem = finding.fileSystem
        member = finding.member
        switch finding.place {
        case .content(let path, _): (self.path, kind) = (path, 0)
        case .file(let path): (self.path, kind) = (path, 0)
        case .member(let path, _, _): (self.path, kind) = (path, 1)
        case .name(let path): (self.path, kind) = (path, 2)
        case .target(let path): (self.path, kind) = (path, 3)
        case .attribute(let path): (self.path, kind) = (path, 4)
        case .deadNode, .oldContent, .raw: (path, kind) = (nil, 5)
        case .outside: (path, kind) = (nil, 6)
        case .line: (path, kind) = (nil, 7)
        }
    }
}

extension ScrubFinding {
    /// Where it stands in what it is in (bytes).
    fileprivate var extent: Range<Int> {
        switch place {
        case .deadNode(let offset, _, _, _), .oldContent(let offset, _, _), .raw(let offset, _):
            offset..<offset + Swift.max(1, range.count)
        default: range
        }
    }
}
