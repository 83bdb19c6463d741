public import FileTree
public import FlashBytes
public import JFFS2

/// Fills an output and reads it back before it gets its place: the one way in which images are written.
///
/// Whoever calls puts the file in its place afterwards, together with what comes with it (`OutputSet.commit`): that syncs and
/// renames. An error before leaves everything as it was.
public struct VerifiedOutput {
    /// Not yet in its place.
    public let file: OutputFile
    /// Whether what was written is read back and compared.
    public var isChecked = true
    /// CRC-32 of what was appended.
    private var sum: UInt32 = 0

    /// - Parameter file: opened as readable, or a pipe or device cannot be checked.
    public init(_ file: OutputFile) { self.file = file }

    /// Writes a tree as an image.
    ///
    /// - Parameter front: the image that this one will stand behind on one flash, if any.
    /// - Returns: what was written; with damage of the sources the image is written, and not compared.
    public func write(
        _ tree: FileTree, with builder: ImageBuilder, behind front: FileSystem? = nil
    ) throws(SaveError) -> BuildReport {
        let report: BuildReport
        do throws(BuildError) {
            report = try builder.write(tree) { (bytes: RawSpan) throws(FileError) in try file.write(bytes) }
        } catch {
            throw .build(error)
        }
        if report.damage.isEmpty {
            try compare { written in
                WrittenImage(tree: tree, configuration: builder.configuration, report: report, front: front)
                    .problems(of: written)
            }
        }
        return report
    }

    /// Writes an image with summaries, of the nodes of another one.
    public func write(
        _ original: FileSystem, with summarizer: ImageSummarizer
    ) throws(SaveError) -> ImageSummarizer.Report {
        let configuration = summarizer.configuration
        let report: ImageSummarizer.Report
        do throws(BuildError) {
            report = try summarizer.write(original) { (bytes: RawSpan) throws(FileError) in try file.write(bytes) }
        } catch {
            throw .build(error)
        }
        try compare { written in
            let image = FileSystem(
                written, byteOrder: configuration.byteOrder, eraseSize: configuration.eraseSize)
            return ImageCheck.problems(of: image, like: original.tree, jobs: configuration.jobs)
        }
        return report
    }

    /// Appends a piece; `finish` compares what was appended.
    public mutating func append(_ bytes: RawSpan) throws(SaveError) {
        sum = CRC32.zlib(bytes, seed: sum)
        try SaveError.wrapping { () throws(FileError) in try file.write(bytes) }
    }

    /// Appends a byte, repeated.
    public mutating func append(_ byte: UInt8, count: Int) throws(SaveError) {
        let piece = [UInt8](repeating: byte, count: max(0, min(count, 1 << 16)))
        var rest = count
        while rest > 0 {
            try append(unsafe piece.span.bytes.extracting(0..<min(rest, piece.count)))
            rest -= piece.count
        }
    }

    /// Compares what was read back with the pieces that were appended.
    public func finish() throws(SaveError) {
        try compare { written in
            let isSame = written.withBytes { CRC32.zlib($0) == sum }
            return isSame ? [] : ["other bytes were read back than were written"]
        }
    }

    /// Writes bytes that were made, and checked, in memory.
    public func write(_ bytes: [UInt8]) throws(SaveError) {
        try SaveError.wrapping { () throws(FileError) in try file.write(bytes) }
        try compare { written in
            let isSame = written.withBytes { read in
                read.byteCount == bytes.count
                    && !(unsafe read.differs(from: bytes.span.bytes, in: 0..<bytes.count))
            }
            return isSame ? [] : ["other bytes were read back than were written"]
        }
    }

    /// Throws what is wrong with what was written so far.
    ///
    /// - Parameter problems: sentences; empty for a sound image.
    public func compare(_ problems: (_ written: ByteRegion) -> [String]) throws(SaveError) {
        guard isChecked else { return }
        guard let written = try SaveError.wrapping(file.written) else { return }
        let problems = problems(ByteRegion(written))
        if !problems.isEmpty { throw .differs(problems) }
    }
}

/// An image that was written from a tree, to be compared with it.
struct WrittenImage {
    var tree: FileTree
    var configuration: ImageConfiguration
    var report: BuildReport
    var front: FileSystem?

    /// What is wrong with it; sentences.
    func problems(of written: ByteRegion) -> [String] {
        if let form = configuration.spareArea {
            if let problem = written.withBytes({
                form.problem(of: $0, eraseSize: configuration.eraseSize, configuration.byteOrder)
            }) {
                return [problem]
            }
            var plain = self
            plain.configuration.spareArea = nil
            return plain.problems(of: ByteRegion(written.withBytes { form.area.data(of: $0) }))
        }
        guard let front, !configuration.isCompatible else {
            return BuildCheck.problems(of: written, against: tree, configuration, report: report)
        }
        return AppendedImageCheck(behind: front, configuration).problems(of: written, adding: tree)
    }
}
