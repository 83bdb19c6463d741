public import FlashBytes
import JFFS2

/// Finds the file system in an input: the only place that guesses.
public enum ImageOpener {
    /// Opens a file and finds out what is in it: the one file system, or the one that was selected.
    public static func open(path: String, options: InputOptions = InputOptions()) throws(InputError) -> OpenedImage {
        try open(read(path), path: path, options: options)
    }

    /// Opens a file that may hold several file systems.
    ///
    /// - Returns: all of them, at least one, in the order of their places; just one when the options select it.
    public static func openAll(
        path: String, options: InputOptions = InputOptions()
    ) throws(InputError) -> [OpenedImage] {
        try openAll(read(path), path: path, options: options)
    }

    /// Finds the file system in the bytes of a file; `path` is for messages.
    public static func open(
        _ file: FileBytes, path: String, options: InputOptions = InputOptions()
    ) throws(InputError) -> OpenedImage {
        let images = try openAll(file, path: path, options: options)
        guard images.count == 1, let image = images.first else {
            throw .several(path: path, places: images.map { "\($0.number) at \(hex($0.range.lowerBound))" })
        }
        return image
    }

    /// Finds all file systems in the bytes of a file; `path` is for messages.
    public static func openAll(
        _ file: FileBytes, path: String, options: InputOptions = InputOptions()
    ) throws(InputError) -> [OpenedImage] {
        guard file.count > 0 else { throw .empty(path: path) }
        let whole = try selected(file, path, options)
        guard let best = bestCensus(whole, options) else {
            throw .noFileSystem(path: path, hint: hint(whole))
        }
        // Where the user says what is the file system, nothing is cut.
        let isGiven = options.offset != nil && options.length != nil
        let runs = isGiven ? [] : best.region.withBytes { FileSystemSplit.runs($0, best.census) }
        guard runs.count > 1 else { return [assemble(file, path, options, best, number: 1)] }
        var images: [OpenedImage] = []
        for (index, run) in runs.enumerated() {
            if let selected = options.selection, selected != index + 1 { continue }
            let next = index + 1 < runs.count ? best.census.sightings[runs[index + 1].lowerBound].offset : nil
            images.append(
                assemble(file, path, options, best.part(run, endingBefore: next), number: index + 1))
        }
        guard !images.isEmpty else {
            throw .badOption(
                "\(path): there is no file system number \(options.selection ?? 0); it holds \(runs.count)")
        }
        return images
    }

    private static func read(_ path: String) throws(InputError) -> FileBytes {
        do {
            return try FileBytes(path: path)
        } catch {
            throw .file(error.description)
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
        var census: NodeCensus
        var votes: [ByteOrder: Int]
        /// Where in the region these nodes' file system must end (bytes); the region's end if nil.
        var limit: Int?

        /// The same with some of the nodes only.
        func part(_ run: Range<Int>, endingBefore limit: Int?) -> Reading {
            var part = self
            part.census = census.part(run)
            part.limit = limit
            return part
        }
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
            return reading
        }
        guard let plain = plainReading(region, swapGroup, magic, options) else { return nil }
        guard options.spareArea == nil,
            let inference = region.withBytes({ SpareAreaInference($0, plain.census) }),
            var reading = plainReading(
                ByteRegion(region.withBytes { inference.area.data(of: $0) }), swapGroup, magic, options),
            reading.census.sightings.count >= plain.census.sightings.count
        else { return plain }
        reading.spareArea = inference
        return reading
    }

    private static func plainReading(
        _ region: ByteRegion, _ swapGroup: Int?, _ magic: UInt16, _ options: InputOptions
    ) -> Reading? {
        let orders = options.byteOrder.map { [$0] } ?? ByteOrder.allCases
        let censuses = region.withBytes { bytes in
            orders.map { NodeCensus(bytes, byteOrder: $0, magic: magic) }
        }
        var votes: [ByteOrder: Int] = [:]
        for census in censuses { votes[census.byteOrder] = census.sightings.count }
        guard let best = censuses.max(by: { $0.sightings.count < $1.sightings.count }), !best.sightings.isEmpty
        else { return nil }
        return Reading(region: region, swapGroup: swapGroup, census: best, votes: votes)
    }

    private static func assemble(
        _ file: FileBytes, _ path: String, _ options: InputOptions, _ reading: Reading, number: Int
    ) -> OpenedImage {
        let region = reading.limit.map { reading.region.region(0..<$0) } ?? reading.region
        let inference = region.withBytes {
            EraseSizeInference($0, reading.census, blockStarts: reading.spareArea?.cleanmarkers ?? [])
        }
        var eraseSize = inference.result
        if let given = options.eraseSize {
            eraseSize = EraseSize(
                bytes: given, confidence: .certain, evidence: ["given by the user"],
                runnerUp: inference.result.bytes == given ? nil : inference.result.bytes)
        }
        let start = options.offset != nil ? 0 : start(region, reading.census, inference, eraseSize.bytes)
        let end = options.length != nil ? region.count : end(region, reading.census, start, eraseSize.bytes)
        var layers: [InputLayer] = []
        if let group = reading.swapGroup { layers.append(.wordSwapped(group: group)) }
        if let spare = reading.spareArea {
            layers.append(.spareArea(spare.area, cleanmarkers: spare.cleanmarkers.count))
        }
        if start + (options.offset ?? 0) > 0 { layers.append(.skipped(bytes: start + (options.offset ?? 0))) }
        if end < region.count, reading.limit == nil { layers.append(.trailing(bytes: region.count - end)) }
        return OpenedImage(
            path: path, file: file, number: number, layers: layers, range: start..<end,
            fileSystem: FileSystem(
                region.region(start..<end), byteOrder: reading.census.byteOrder, eraseSize: eraseSize.bytes,
                magic: reading.census.magic),
            eraseSize: eraseSize, votes: reading.votes)
    }

    /// The first block: at the start of the file if all before the first node is erased, else where its block begins.
    private static func start(
        _ region: ByteRegion, _ census: NodeCensus, _ inference: EraseSizeInference, _ eraseSize: Int
    ) -> Int {
        let first = census.sightings.first?.offset ?? 0
        return region.withBytes { bytes in
            let base = inference.base + (first - inference.base) / eraseSize * eraseSize
            // Erased blocks in front belong to the file system.
            let before = base / eraseSize * eraseSize
            if bytes.isFilled(with: 0xff, in: base - before..<base) { return base - before }
            return bytes.isFilled(with: 0xff, in: min(base, first)..<first) ? base : first
        }
    }

    /// The end of the last block that holds a node; erased bytes behind it belong to the file system.
    private static func end(_ region: ByteRegion, _ census: NodeCensus, _ start: Int, _ eraseSize: Int) -> Int {
        let last = census.sightings.last.map { min($0.end, region.count) } ?? region.count
        let blocks = (last - start + eraseSize - 1) / eraseSize
        let end = min(start + blocks * eraseSize, region.count)
        return region.withBytes { bytes in
            let erased = bytes.endOfRun(of: 0xff, in: end..<bytes.byteCount)
            if erased == bytes.byteCount { return erased }
            // Something else follows: only whole erased blocks belong here.
            return end + (erased - end) / eraseSize * eraseSize
        }
    }

    /// What the bytes look like instead.
    private static func hint(_ region: ByteRegion) -> String {
        region.withBytes { bytes in
            if bytes.isFilled(with: 0xff, in: 0..<bytes.byteCount) { return "all bytes are 0xff (erased flash)" }
            if bytes.isFilled(with: 0, in: 0..<bytes.byteCount) { return "all bytes are zero" }
            let known: [(name: String, magic: [UInt8])] = [
                ("SquashFS", Array("hsqs".utf8)), ("SquashFS", Array("sqsh".utf8)), ("UBI", Array("UBI#".utf8)),
                ("UBIFS", [0x31, 0x18, 0x10, 0x06]), ("CramFS", [0x45, 0x3d, 0xcd, 0x28]), ("gzip", [0x1f, 0x8b]),
                ("xz", [0xfd, 0x37, 0x7a]), ("zip", Array("PK".utf8)),
            ]
            for (name, magic) in known where (try? bytes.bytes(in: 0..<magic.count)) == magic {
                return "it begins like \(name)"
            }
            return "no valid node header in either byte order, swapped or not"
        }
    }
}
