public import FileTree
public import FlashBytes

/// Writes a tree as a JFFS2 image.
///
/// Streaming: content is read, compressed (`ImageConfiguration.jobs` batches at a time), laid out and handed to the sink one
/// erase block after the other; no file is ever in memory as a whole. The bytes depend on the tree and the configuration
/// only, not on the number of jobs.
public struct ImageBuilder: Sendable {
    /// Takes the next bytes of the image.
    public typealias Sink = (RawSpan) throws(FileError) -> Void

    /// How images are written; it was checked.
    public let configuration: ImageConfiguration

    /// Checks the configuration.
    public init(_ configuration: ImageConfiguration) throws(BuildError) {
        if let problem = configuration.problem { throw .configuration(problem) }
        self.configuration = configuration
    }

    /// Writes the image.
    ///
    /// - Parameter sink: called with one erase block at a time, the last one possibly shorter.
    /// - Throws: before the first byte where the tree has no form in JFFS2; later where a file cannot be read, the image
    ///   gets larger than allowed, or the sink fails.
    public func write(_ tree: FileTree, to sink: Sink) throws(BuildError) -> BuildReport {
        let plan = try TreePlan(tree: tree, configuration: configuration)
        let limit = configuration.sizeLimit
        var written: UInt64 = 0
        func limitedSink(_ bytes: RawSpan) throws(FileError) {
            written += UInt64(bytes.byteCount)
            // Beyond the limit the rest is only measured, so that the message can say how much is missing.
            guard written <= limit else { return }
            if let form = configuration.spareArea {
                let pages = form.pages(of: bytes, configuration.byteOrder)
                try sink(unsafe pages.span.bytes)
            } else {
                try sink(bytes)
            }
        }
        let report: BuildReport
        if configuration.isCompatible {
            var writer = try CompatibleWriter(tree: tree, plan: plan, configuration: configuration)
            report = try writer.write(limitedSink)
        } else {
            report = try writeOwnWay(tree, plan: plan, to: limitedSink)
        }
        if max(report.usedSize, report.imageSize) > limit {
            throw .tooLarge(limit: limit, needed: report.usedSize, largest: tree.largestFiles(5))
        }
        return report
    }

    private func writeOwnWay(_ tree: FileTree, plan: TreePlan, to sink: Sink) throws(BuildError) -> BuildReport {
        let pool = CompressorPool(configuration.compression, pageSize: configuration.nodeDataSize)
        var writer = NodeWriter(tree: tree, plan: plan, configuration: configuration, pool: pool)
        var planner = BatchPlanner(tree, pageSize: configuration.nodeDataSize)
        let observer = WorkProgress.observer
        let total = observer == nil ? 0 : tree.contentSize
        var written: UInt64 = 0
        func append(_ batch: CompressedBatch) throws(BuildError) {
            try writer.append(batch, to: sink)
            written &+= batch.batch.slices.reduce(0) { $0 &+ UInt64($1.range.count) }
            observer?("packing", written, total)
        }
        if configuration.jobs > 1 {
            let line = CompressionLine(planner: planner, of: tree, pageSize: configuration.nodeDataSize, pool: pool)
            try line.run(jobs: configuration.jobs, append: append)
        } else {
            while let batch = planner.next() {
                let done = try CompressedBatch(batch: batch, of: tree, pageSize: configuration.nodeDataSize, pool: pool)
                try append(done)
            }
        }
        return try writer.finish(sink)
    }
}

extension ImageConfiguration {
    /// The largest image that may be written (bytes).
    var sizeLimit: UInt64 {
        var limit = maximumSize ?? .max
        if case .toSize(let size) = padding {
            let block = UInt64(eraseSize)
            // mkfs.jffs2 fills the last block where it writes cleanmarkers.
            let isRounded = isCompatible && cleanmarkerSize != nil
            limit = min(limit, isRounded ? (size + block - 1) / block * block : size)
        }
        return limit
    }
}

extension FileTree {
    /// The files with the most content, the largest first.
    func largestFiles(_ count: Int) -> [BuildError.SizedFile] {
        var files: [BuildError.SizedFile] = []
        walk { path, id in
            let size = self[id].contentSize
            if size > 0, files.count < count || size > files[files.count - 1].size {
                let place = files.firstIndex { $0.size < size } ?? files.count
                files.insert(BuildError.SizedFile(path: path, size: size), at: place)
                if files.count > count { files.removeLast() }
            }
        }
        return files
    }
}
