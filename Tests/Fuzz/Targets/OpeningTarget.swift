import FlashBytes
import ImageFile

extension FuzzTarget {
    /// Any bytes as a file of which nothing is known: guessing, verifying, diagnosing.
    static let opening = FuzzTarget("opening", largest: 131_072) { bytes throws(FuzzFailure) in
        try await withScratchFolder { folder throws(FuzzFailure) in
            let path = folder + "/input"
            try write(bytes, to: path)
            var options = InputOptions()
            options.largestInput = 16 << 20
            if let images = try? ImageOpener.openAll(path: path, options: options) {
                for image in images {
                    try expect(image.range.upperBound <= image.file.count || image.isPacked, "\(image.range)")
                    let result = ImageVerification(image, isAlignmentWanted: true)
                    _ = result.holds
                    _ = image.layers.map(\.description)
                }
                if let image = images.first { _ = FlashMap(file: image.file, images: images) }
            }
            if let file = try? ImageOpener.read(path, options: options) { _ = Examination.diagnoses(of: file) }
        }
    }
}
