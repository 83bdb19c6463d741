import FileTree
import FirmwareImage
package import FlashBytes
import JFFS2

/// Finds the file system in an input: the only place that guesses.
package enum ImageOpener {
    /// Opens a file and finds out what is in it: the one file system, or the one that was selected.
    package static func open(path: String, options: InputOptions = InputOptions()) throws(InputError) -> OpenedImage {
        try open(read(path, options: options), options: options)
    }

    /// Opens a file that may hold several file systems.
    ///
    /// - Returns: all of them, at least one, in the order of their places; just one when the options select it.
    package static func openAll(
        path: String, options: InputOptions = InputOptions()
    ) throws(InputError) -> [OpenedImage] {
        try openAll(read(path, options: options), options: options)
    }

    /// Reads a file as `options` say.
    package static func read(_ path: String, options: InputOptions) throws(InputError) -> InputFile {
        var limits = InputFile.Limits()
        limits.largest = options.largestInput
        limits.opensUImages = options.opensUImages
        limits.enough = options.length.map { $0.addingReportingOverflow(options.offset ?? 0).partialValue }
        return try InputFile(path: path, member: options.member, limits: limits)
    }

    /// Finds the file system in a file that was opened: the only one, or the one that was selected.
    package static func open(
        _ file: InputFile, options: InputOptions = InputOptions()
    ) throws(InputError) -> OpenedImage {
        try only(openAll(file, options: options), path: file.name)
    }

    /// Finds all file systems in a file that was opened.
    package static func openAll(
        _ file: InputFile, options: InputOptions = InputOptions()
    ) throws(InputError) -> [OpenedImage] {
        do {
            return try openAll(file.bytes, path: file.name, options: options).map { $0.inside(file) }
        } catch .noFileSystem(let path, let hint) where !file.layers.isEmpty {
            let layers = file.layers.map(\.description).joined(separator: ", ")
            throw .noFileSystem(path: path, hint: "\(hint) (\(layers)\(file.damage.map { "; \($0)" } ?? ""))")
        }
    }

    /// Finds the file system in the bytes of a file; `path` is for messages.
    package static func open(
        _ file: FileBytes, path: String, options: InputOptions = InputOptions()
    ) throws(InputError) -> OpenedImage {
        try only(openAll(file, path: path, options: options), path: path)
    }

    private static func only(_ images: [OpenedImage], path: String) throws(InputError) -> OpenedImage {
        guard images.count == 1, let image = images.first else {
            throw .several(
                path: path,
                places: images.map {
                    "\($0.number)\($0.name.map { " (\(printable(Array($0.utf8))))" } ?? "") at \(hex($0.range.lowerBound))"
                })
        }
        return image
    }

    /// Finds all file systems in the bytes of a file; `path` is for messages.
    package static func openAll(
        _ file: FileBytes, path: String, options: InputOptions = InputOptions()
    ) throws(InputError) -> [OpenedImage] {
        guard file.count > 0 else { throw .empty(path: path) }
        let whole = try selected(file, path: path, options: options)
        guard let best = ImageReading.best(whole, options: options) ?? ImageReading.erased(whole, options: options)
        else {
            let isErased = whole.withBytes { $0.isFilled(with: 0xff, in: 0..<$0.byteCount) }
            throw isErased ? .erased(path: path) : nothing(in: whole, path: path, options: options)
        }
        // Where the user says what is the file system, nothing is cut.
        let isGiven = options.offset != nil && options.length != nil
        let parts = best.region.withBytes { Self.parts(best, in: $0, isGiven: isGiven) }
        if parts.isEmpty { throw nothing(in: whole, path: path, options: options) }
        let names = parts.count > 1 || options.selection != nil ? names(of: parts, in: best.region) : [nil]
        var images: [OpenedImage] = []
        for (index, part) in parts.enumerated() {
            if let selection = options.selection, !selection.matches(index + 1, name: names[index]) { continue }
            images.append(
                assemble(file, path: path, options: options, reading: part, number: index + 1, name: names[index]))
        }
        guard !images.isEmpty else {
            let known = names.enumerated().map {
                "\($0 + 1)" + ($1.map { name in " (\(printable(Array(name.utf8))))" } ?? "")
            }
            throw .badOption(
                "\(path): there is no file system \(options.selection.map { "'\($0)'" } ?? ""); "
                    + "it holds \(known.joined(separator: ", "))")
        }
        return images
    }

    /// What the partition table of an environment in the flash, or the uImage around it, calls each file system.
    private static func names(of parts: [ImageReading], in region: ByteRegion) -> [String?] {
        let tables = region.withBytes { PartitionSource.environments(in: $0).tables }
        let partitions = tables.flatMap { $0.resolved(flashSize: region.count).partitions }
        return parts.map { part in
            let first = part.base + (part.census.sightings.first?.offset ?? 0)
            // The innermost: one of them may be the whole flash.
            let around = partitions.filter { $0.offset <= first && first < $0.end ?? .max }
            if let partition = around.min(by: { $0.size ?? .max < $1.size ?? .max }) { return partition.name }
            return part.container?.name
        }
    }

    /// The part of the file that the user chose.
    private static func selected(
        _ file: FileBytes, path: String, options: InputOptions
    ) throws(InputError) -> ByteRegion {
        let start = options.offset ?? 0
        guard start >= 0, start < file.count else {
            throw .badOption("\(path): offset \(hex(start)) is behind the end of the file (\(file.count) bytes)")
        }
        let length = options.length ?? file.count - start
        guard length > 0, length <= file.count - start else {
            throw .badOption("\(path): length \(hex(length)) reaches behind the end of the file (\(file.count) bytes)")
        }
        return ByteRegion(file: file, range: start..<start + length)
    }

    /// One reading for each file system.
    private static func parts(_ reading: ImageReading, in bytes: RawSpan, isGiven: Bool) -> [ImageReading] {
        if isGiven, UImageHeader(reading: bytes, at: 0)?.isIntact != true { return [reading.whole] }
        let census = reading.census
        let sections = FlashSection.sections(bytes, census: census)
        if sections.isEmpty { return [reading.whole] }
        var parts: [ImageReading] = []
        for section in sections {
            let runs = FileSystemSplit.runs(bytes, census: census, nodes: section.nodes)
            for (index, (nodes, order)) in runs.enumerated() {
                guard let run = LoneCleanmarker.without(nodes, bytes: bytes, census: census, in: section.range) else {
                    continue
                }
                // In front of the very first node erased blocks may belong to its file system; elsewhere they are
                // taken for the end of what lies before.
                let first = census.sightings[run.lowerBound].offset
                let ownsErased = index == 0 && (section.range.lowerBound == 0 || section.container != nil)
                let behind = index == 0 ? section.range.lowerBound : census.sightings[run.lowerBound - 1].nextOffset
                let start = ownsErased ? section.range.lowerBound : min(behind, first)
                let end =
                    index + 1 < runs.count
                    ? census.sightings[runs[index + 1].nodes.lowerBound].offset : section.range.upperBound
                parts.append(
                    reading.part(
                        run, byteOrder: order, range: start..<end, container: index == 0 ? section.container : nil))
            }
        }
        return parts
    }

    private static func assemble(
        _ file: FileBytes, path: String, options: InputOptions, reading: ImageReading, number: Int, name: String?
    ) -> OpenedImage {
        let region = reading.region
        let (inference, extent) = region.withBytes { reading.blocks($0, options: options) }
        var eraseSize = inference.result
        if let given = options.eraseSize {
            eraseSize = EraseSize(
                bytes: given, confidence: .certain, evidence: ["given by the user"],
                runnerUp: inference.result.bytes == given ? nil : inference.result.bytes)
        }
        let isWhole = !reading.isPart
        let start = options.offset != nil && isWhole ? 0 : extent.lowerBound
        let end = options.length != nil && isWhole ? region.count : extent.upperBound
        var layers: [InputLayer] = []
        if let group = reading.swapGroup { layers.append(.wordSwapped(group: group)) }
        if let spare = reading.spareArea {
            layers.append(.spareArea(spare.area, cleanmarkers: spare.cleanmarkers.count))
        }
        if !reading.badBlocks.isEmpty { layers.append(.badBlocks(reading.badBlocks)) }
        let place = reading.base + start
        if let container = reading.container { layers.append(container.layer) }
        let expected = reading.container?.start ?? 0
        if place + (options.offset ?? 0) > expected { layers.append(.skipped(bytes: place + (options.offset ?? 0))) }
        if end < region.count, isWhole { layers.append(.trailing(bytes: region.count - end)) }
        return OpenedImage(
            path: path, file: file, number: number, name: name, layers: layers, range: place..<reading.base + end,
            fileSystem: FileSystem(
                region.region(start..<end), byteOrder: reading.census.byteOrder, eraseSize: eraseSize.bytes,
                magic: reading.census.magic),
            eraseSize: eraseSize, votes: reading.votes)
    }

    /// That there is no file system, and what there is instead.
    private static func nothing(in region: ByteRegion, path: String, options: InputOptions) -> InputError {
        let stray = region.withBytes { bytes in
            bytes.byteCount > 4096 && bytes.isFilled(with: 0xff, in: 0..<256) ? bytes.strayBytes() : .max
        }
        if stray <= region.count / 4096 { return .nearlyErased(path: path, stray: stray) }
        return .noFileSystem(
            path: path, hint: options.explains ? ForeignExamination.hint(region, options: options) : "")
    }
}
