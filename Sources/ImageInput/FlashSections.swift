import FirmwareImage
import FlashBytes
import JFFS2

/// A part of an input in which nothing but JFFS2 and erased flash is expected.
struct FlashSection {
    /// In the input (bytes).
    var range: Range<Int>
    /// The indices of the nodes in it.
    var nodes: Range<Int>
    /// The header in front, when the part is the data of a uImage.
    var container: UImage?

    /// Cuts an input at what lies between file systems: boot loader's environment, kernels, SquashFS and so on.
    ///
    /// Nodes inside such a structure are some file's contents; nodes in the data of an uncompressed uImage are a file
    /// system that the uImage wraps.
    static func sections(_ bytes: RawSpan, _ census: NodeCensus) -> [FlashSection] {
        let offsets = census.sightings.map(\.offset)
        func nodes(_ range: Range<Int>) -> Range<Int> {
            lowerBound(offsets, range.lowerBound)..<lowerBound(offsets, range.upperBound)
        }
        var sections: [FlashSection] = []
        var start = 0
        var container: UImage?
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
            guard case .uImage(let image) = structure.kind else { continue }
            if image.dataIsIntact {
                // The file system in it begins with its first byte, as U-Boot writes it.
                let inside = nodes(image.data)
                if image.header.compression == 0, isWrapped(inside, image, census) {
                    sections.append(FlashSection(range: image.data, nodes: inside, container: image))
                }
            } else {
                // Written to since it was wrapped, or cut: what follows is taken for its data.
                container = image
            }
        }
        close(at: bytes.byteCount)
        return sections
    }

    /// Whether the data of an image is a file system, and not a program with one somewhere in it.
    private static func isWrapped(_ nodes: Range<Int>, _ image: UImage, _ census: NodeCensus) -> Bool {
        guard let first = nodes.first else { return false }
        return image.header.type == 7 || census.sightings[first].offset - image.data.lowerBound < 4096
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
    private static func lowerBound(_ numbers: [Int], _ wanted: Int) -> Int {
        var (low, high) = (0, numbers.count)
        while low < high {
            let middle = (low + high) / 2
            if numbers[middle] < wanted { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
