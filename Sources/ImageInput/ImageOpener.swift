import FirmwareImage
public import FlashBytes
import JFFS2

/// Finds the file system in an input: the only place that guesses.
public enum ImageOpener {
    /// Opens a file and finds out what is in it: the one file system, or the one that was selected.
    public static func open(path: String, options: InputOptions = InputOptions()) throws(InputError) -> OpenedImage {
        try open(read(path, options), options: options)
    }

    /// Opens a file that may hold several file systems.
    ///
    /// - Returns: all of them, at least one, in the order of their places; just one when the options select it.
    public static func openAll(
        path: String, options: InputOptions = InputOptions()
    ) throws(InputError) -> [OpenedImage] {
        try openAll(read(path, options), options: options)
    }

    /// Reads a file as `options` say.
    public static func read(_ path: String, _ options: InputOptions) throws(InputError) -> InputFile {
        var limits = InputFile.Limits()
        limits.largest = options.largestInput
        limits.enough = options.length.map { $0.addingReportingOverflow(options.offset ?? 0).partialValue }
        return try InputFile(path: path, member: options.member, limits: limits)
    }

    /// Finds the file system in a file that was opened: the only one, or the one that was selected.
    public static func open(
        _ file: InputFile, options: InputOptions = InputOptions()
    ) throws(InputError) -> OpenedImage {
        try only(openAll(file, options: options), file.name)
    }

    /// Finds all file systems in a file that was opened.
    public static func openAll(
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
    public static func open(
        _ file: FileBytes, path: String, options: InputOptions = InputOptions()
    ) throws(InputError) -> OpenedImage {
        try only(openAll(file, path: path, options: options), path)
    }

    private static func only(_ images: [OpenedImage], _ path: String) throws(InputError) -> OpenedImage {
        guard images.count == 1, let image = images.first else {
            throw .several(
                path: path,
                places: images.map { "\($0.number)\($0.name.map { " (\($0))" } ?? "") at \(hex($0.range.lowerBound))" })
        }
        return image
    }

    /// Finds all file systems in the bytes of a file; `path` is for messages.
    public static func openAll(
        _ file: FileBytes, path: String, options: InputOptions = InputOptions()
    ) throws(InputError) -> [OpenedImage] {
        guard file.count > 0 else { throw .empty(path: path) }
        let whole = try selected(file, path, options)
        guard let best = bestCensus(whole, options) ?? erased(whole, options) else {
            let isErased = whole.withBytes { $0.isFilled(with: 0xff, in: 0..<$0.byteCount) }
            throw isErased ? .erased(path: path) : .noFileSystem(path: path, hint: hint(whole))
        }
        // Where the user says what is the file system, nothing is cut.
        let isGiven = options.offset != nil && options.length != nil
        let parts = best.region.withBytes { Self.parts(best, $0, isGiven: isGiven) }
        if parts.isEmpty { throw .noFileSystem(path: path, hint: hint(whole)) }
        let names = parts.count > 1 || options.selection != nil ? names(of: parts, in: best.region) : [nil]
        var images: [OpenedImage] = []
        for (index, part) in parts.enumerated() {
            if let selection = options.selection, !selection.matches(index + 1, names[index]) { continue }
            images.append(assemble(file, path, options, part, number: index + 1, name: names[index]))
        }
        guard !images.isEmpty else {
            let known = names.enumerated().map { "\($0 + 1)" + ($1.map { name in " (\(name))" } ?? "") }
            throw .badOption(
                "\(path): there is no file system \(options.selection.map { "'\($0)'" } ?? ""); "
                    + "it holds \(known.joined(separator: ", "))")
        }
        return images
    }

    /// What the partition table of an environment in the flash, or the uImage around it, calls each file system.
    private static func names(of parts: [Reading], in region: ByteRegion) -> [String?] {
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
        _ file: FileBytes, _ path: String, _ options: InputOptions
    ) throws(InputError) -> ByteRegion {
        let start = options.offset ?? 0
        guard start >= 0, start < file.count else {
            throw .badOption("\(path): offset \(hex(start)) is behind the end of the file (\(file.count) bytes)")
        }
        let length = options.length ?? file.count - start
        guard length > 0, length <= file.count - start else {
            throw .badOption("\(path): length \(hex(length)) reaches behind the end of the file (\(file.count) bytes)")
        }
        return ByteRegion(file, start..<start + length)
    }

    /// A way to read the input, and the nodes that it shows.
    private struct Reading {
        var region: ByteRegion
        var swapGroup: Int?
        var spareArea: SpareAreaInference?
        /// Where in the data bad blocks were that are erased now (bytes).
        var badBlocks: [Range<Int>] = []
        var census: NodeCensus
        var votes: [ByteOrder: Int]
        /// Where the region begins in the input, after swapping (bytes).
        var base = 0
        /// Whether more than these nodes' file system is in the input.
        var isPart = false
        /// What the region is the data of.
        var container: FlashSection.Container?

        /// The same with some of the nodes only, and only the bytes in `range`.
        func part(
            _ nodes: Range<Int>, _ order: ByteOrder, _ range: Range<Int>, _ container: FlashSection.Container?
        ) -> Reading {
            var part = self
            part.census = census.part(nodes, order, from: range.lowerBound)
            part.region = region.region(range)
            part.base = base + range.lowerBound
            part.isPart = container != nil || range != 0..<region.count
            part.container = container
            return part
        }

        /// All nodes of the byte order that most have.
        var whole: Reading { part(census.sightings.indices, census.byteOrder, 0..<region.count, nil) }
    }

    /// One reading for each file system.
    private static func parts(_ reading: Reading, _ bytes: RawSpan, isGiven: Bool) -> [Reading] {
        if isGiven, UImageHeader(reading: bytes, at: 0)?.isIntact != true { return [reading.whole] }
        let census = reading.census
        let sections = FlashSection.sections(bytes, census)
        if sections.isEmpty { return [reading.whole] }
        var parts: [Reading] = []
        for section in sections {
            let runs = FileSystemSplit.runs(bytes, census, section.nodes)
            for (index, (nodes, order)) in runs.enumerated() {
                guard let run = LoneCleanmarker.without(nodes, bytes, census, in: section.range) else { continue }
                // In front of the very first node erased blocks may belong to its file system; elsewhere they are
                // taken for the end of what lies before.
                let first = census.sightings[run.lowerBound].offset
                let ownsErased = index == 0 && (section.range.lowerBound == 0 || section.container != nil)
                let behind = index == 0 ? section.range.lowerBound : census.sightings[run.lowerBound - 1].nextOffset
                let start = ownsErased ? section.range.lowerBound : min(behind, first)
                let end =
                    index + 1 < runs.count
                    ? census.sightings[runs[index + 1].nodes.lowerBound].offset : section.range.upperBound
                parts.append(reading.part(run, order, start..<end, index == 0 ? section.container : nil))
            }
        }
        return parts
    }

    /// Erased flash, which Linux mounts as an empty file system: cleanmarkers in the spare area or the user say that it is one.
    private static func erased(_ region: ByteRegion, _ options: InputOptions) -> Reading? {
        if options.spareArea == nil,
            let (spareArea, order) = region.withBytes({ SpareAreaInference.ofErased($0, options.byteOrder) })
        {
            let data = ByteRegion(region.withBytes { spareArea.area.data(of: $0) })
            let census = data.withBytes { NodeCensus($0, byteOrder: order) }
            return Reading(region: data, spareArea: spareArea, census: census, votes: census.votes)
        }
        guard options.eraseSize != nil, region.withBytes({ $0.isFilled(with: 0xff, in: 0..<$0.byteCount) }) else {
            return nil
        }
        let census = region.withBytes { NodeCensus($0, byteOrder: options.byteOrder ?? .little) }
        return Reading(region: region, census: census, votes: census.votes)
    }

    /// The byte order and swap under which most node headers are valid.
    ///
    /// A swapped reading is only tried when the plain one shows nothing: headers are never valid by accident.
    private static func bestCensus(_ region: ByteRegion, _ options: InputOptions) -> Reading? {
        for magic in [NodeHeader.magic, NodeHeader.oldMagic] {
            let groups = options.swapGroup.map { [$0] } ?? [0, 4, 2, 8]
            for group in groups {
                let view = group > 1 ? ByteRegion(region.withBytes { WordSwap.swapped($0, group: group) }) : region
                if let reading = reading(view, swapGroup: group > 1 ? group : nil, magic, options) { return reading }
            }
        }
        return nil
    }

    /// The byte order, and the layout of the spare area, under which most node headers are valid; nil if there are none.
    private static func reading(
        _ region: ByteRegion, swapGroup: Int?, _ magic: UInt16, _ options: InputOptions
    ) -> Reading? {
        if case .layout(let area)? = options.spareArea {
            let data = ByteRegion(region.withBytes { area.data(of: $0) })
            guard var reading = plainReading(data, swapGroup, magic, options) else { return nil }
            reading.spareArea = region.withBytes { SpareAreaInference(area, $0, reading.census.byteOrder) }
            return withoutBadBlocks(region, reading, magic, options)
        }
        guard let plain = plainReading(region, swapGroup, magic, options) else { return nil }
        guard options.spareArea == nil,
            let inference = region.withBytes({
                SpareAreaInference(
                    $0, plain.census.sightings.filter { $0.byteOrder == plain.census.byteOrder },
                    plain.census.byteOrder)
            }),
            var reading = plainReading(
                ByteRegion(region.withBytes { inference.area.data(of: $0) }), swapGroup, magic, options),
            reading.census.sightings.count >= plain.census.sightings.count
        else { return plain }
        reading.spareArea = inference
        return withoutBadBlocks(region, reading, magic, options)
    }

    /// A reading of a dump with spare areas, the bad blocks taken for erased ones.
    private static func withoutBadBlocks(
        _ dump: ByteRegion, _ reading: Reading, _ magic: UInt16, _ options: InputOptions
    ) -> Reading {
        guard let spare = reading.spareArea else { return reading }
        let area = spare.area
        func badBlocks(_ eraseSize: Int) -> [Range<Int>] {
            dump.withBytes { BadBlocks($0, area, cleanmarkers: spare.cleanmarkers, eraseSize: eraseSize).ranges }
        }
        // The erase size costs more than a look.
        guard !badBlocks(area.pageSize).isEmpty else { return reading }
        let whole = reading.whole
        let eraseSize = options.eraseSize ?? whole.region.withBytes { infer($0, whole, options).0.result.bytes }
        let bad = badBlocks(eraseSize)
        guard !bad.isEmpty else { return reading }
        let data = ByteRegion(dump.withBytes { area.data(of: $0, erasing: bad) })
        guard var rest = plainReading(data, reading.swapGroup, magic, options) else { return reading }
        rest.spareArea = dump.withBytes { SpareAreaInference(area, $0, rest.census.byteOrder) }
        rest.badBlocks = bad
        return rest
    }

    private static func plainReading(
        _ region: ByteRegion, _ swapGroup: Int?, _ magic: UInt16, _ options: InputOptions
    ) -> Reading? {
        let census = region.withBytes { NodeCensus($0, byteOrder: options.byteOrder, magic: magic) }
        guard !census.sightings.isEmpty, !region.withBytes({ LoneCleanmarker.isAll(census, of: $0) }) else {
            return nil
        }
        return Reading(region: region, swapGroup: swapGroup, census: census, votes: census.votes)
    }

    private static func assemble(
        _ file: FileBytes, _ path: String, _ options: InputOptions, _ reading: Reading, number: Int, name: String?
    ) -> OpenedImage {
        let region = reading.region
        let (inference, extent) = region.withBytes { infer($0, reading, options) }
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

    /// The erase size, and where the file system lies in the bytes of a reading.
    private static func infer(
        _ bytes: RawSpan, _ reading: Reading, _ options: InputOptions
    ) -> (EraseSizeInference, Range<Int>) {
        var surroundings = EraseSizeInference.Surroundings()
        surroundings.origin = reading.base
        surroundings.blockStarts = (reading.spareArea?.cleanmarkers ?? []).map { $0 - reading.base }.filter { $0 >= 0 }
        surroundings.pageSize = reading.spareArea?.area.pageSize
        let inference = EraseSizeInference(bytes, reading.census, surroundings)
        surroundings.given = options.eraseSize
        let blocks =
            options.eraseSize == nil ? inference : EraseSizeInference(bytes, reading.census, surroundings)
        let isFirst = reading.base == 0 || reading.container != nil
        let extent = ImageExtent(
            bytes, reading.census, base: blocks.base, eraseSize: blocks.result.bytes, isWholeInput: !reading.isPart,
            ownsErasedFront: isFirst)
        return (inference, extent.range)
    }

    /// What the bytes look like instead.
    private static func hint(_ region: ByteRegion) -> String {
        region.withBytes { bytes in
            if bytes.isFilled(with: 0, in: 0..<bytes.byteCount) { return "all bytes are zero" }
            let known: [(name: String, magic: [UInt8])] = [
                ("SquashFS", Array("hsqs".utf8)), ("SquashFS", Array("sqsh".utf8)), ("UBI", Array("UBI#".utf8)),
                ("UBIFS", [0x31, 0x18, 0x10, 0x06]), ("CramFS", [0x45, 0x3d, 0xcd, 0x28]), ("gzip", [0x1f, 0x8b]),
                ("xz", [0xfd, 0x37, 0x7a]), ("zip", Array("PK".utf8)), ("7-Zip", [0x37, 0x7a, 0xbc, 0xaf]),
                ("RAR", Array("Rar!".utf8)),
            ]
            let structures = FlashStructure.all(in: bytes)
            if let first = structures.first {
                let others = structures.count > 1 ? " and \(structures.count - 1) more" : ""
                return "it holds \(first) at \(hex(first.range.lowerBound))\(others)"
            }
            for (name, magic) in known where (try? bytes.bytes(in: 0..<magic.count)) == magic {
                return "it begins like \(name)"
            }
            if let text = PlainText(bytes) {
                let count = PartitionText.read(text).tables.first?.partitions.count ?? 0
                return "it is a text (\(text.encoding))" + (count > 0 ? " with a table of \(count) partitions" : "")
            }
            return "no valid node header in either byte order, swapped or not"
        }
    }
}
