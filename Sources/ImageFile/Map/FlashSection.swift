import FirmwareImage
import FlashBytes
import JFFS2

/// A part of an input in which nothing but JFFS2 and erased flash is expected.
struct FlashSection {
    /// In the input (bytes).
    var range: Range<Int>
    /// The indices of the nodes in it.
    var nodes: Range<Int>
    /// What wraps the part.
    var container: Container?

    /// What a file system can be the data of.
    enum Container {
        case uImage(UImage)
        /// A member of a FIT image, with the place of its data (bytes).
        case flattenedImage(member: String, data: Range<Int>)

        /// Where the file system is expected to begin (bytes).
        var start: Int {
            switch self {
            case .uImage(let image): image.data.lowerBound
            case .flattenedImage(_, let data): data.lowerBound
            }
        }

        /// What it calls its data.
        var name: String {
            switch self {
            case .uImage(let image): String(decoding: image.header.name, as: UTF8.self)
            case .flattenedImage(let member, _): member
            }
        }

        var layer: InputLayer {
            switch self {
            case .uImage(let image): .uImage(image)
            case .flattenedImage(let member, let data): .flattenedImage(member: member, offset: data.lowerBound)
            }
        }
    }

    /// Cuts an input at what lies between file systems: boot loader's environment, kernels, SquashFS and so on.
    ///
    /// Nodes inside such a structure are some file's contents; nodes in the data of an uncompressed uImage are a file
    /// system that the uImage wraps.
    static func sections(_ bytes: RawSpan, census: NodeCensus) -> [FlashSection] {
        let offsets = census.sightings.map(\.offset)
        func nodes(_ range: Range<Int>) -> Range<Int> {
            lowerBound(offsets, wanted: range.lowerBound)..<lowerBound(offsets, wanted: range.upperBound)
        }
        var sections: [FlashSection] = []
        var start = 0
        var container: Container?
        func close(at end: Int) {
            let found = nodes(start..<max(start, end))
            if !found.isEmpty {
                sections.append(FlashSection(range: start..<end, nodes: found, container: container))
            }
            container = nil
        }
        for structure in FlashStructure.all(in: bytes, skipping: runs(census)) {
            close(at: structure.range.lowerBound)
            start = structure.range.upperBound
            if case .flattenedImage(let tree) = structure.kind {
                for member in tree.members where member.isPlain {
                    guard let data = member.data else { continue }
                    let place =
                        structure.range.lowerBound + data.lowerBound..<structure.range.lowerBound + data.upperBound
                    let inside = nodes(place)
                    guard isWrapped(inside, data: place, isSaidSo: member.type == "filesystem", census: census) else {
                        continue
                    }
                    sections.append(
                        FlashSection(
                            range: place, nodes: inside, container: .flattenedImage(member: member.name, data: place)))
                }
            }
            guard case .uImage(let image) = structure.kind else { continue }
            if image.dataIsIntact {
                // The file system in it begins with its first byte, as U-Boot writes it.
                let inside = nodes(image.data)
                if image.header.compression == 0,
                    isWrapped(inside, data: image.data, isSaidSo: image.header.type == 7, census: census)
                {
                    sections.append(FlashSection(range: image.data, nodes: inside, container: .uImage(image)))
                }
            } else {
                // Written to since it was wrapped, or cut: what follows is taken for its data.
                container = .uImage(image)
            }
        }
        close(at: bytes.byteCount)
        return sections
    }

    /// Whether the data of an image is a file system, and not a program with one somewhere in it.
    private static func isWrapped(
        _ nodes: Range<Int>, data: Range<Int>, isSaidSo: Bool, census: NodeCensus
    ) -> Bool {
        guard let first = nodes.first else { return false }
        return isSaidSo || census.sightings[first].offset - data.lowerBound < 4096
    }

    /// Rows of nodes that follow one another without a gap: structures inside are files.
    private static func runs(_ census: NodeCensus) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        for sighting in census.sightings {
            let end = max(sighting.end, sighting.offset + NodeHeader.size)
            if let last = runs.last, sighting.offset <= last.upperBound + 3 {
                runs[runs.count - 1] = last.lowerBound..<max(end, last.upperBound)
            } else {
                runs.append(sighting.offset..<end)
            }
        }
        return runs
    }

    /// How many of the ascending numbers are less than `wanted`.
    private static func lowerBound(_ numbers: [Int], wanted: Int) -> Int {
        numbers.partitionPoint { $0 < wanted }
    }
}
