internal import FlashBytes
internal import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// What happened, block by block: JSON lines in `IMAGE.journal`, from which an acquisition is resumed.
package final class Journal {
    /// A block that is in the image.
    struct Block: Hashable {
        var offset: Int
        var size: Int
        var sum: UInt32
        var method: String
        var retries = 0
        var seconds = 0.0
    }

    private let file: GrowingFile
    /// Called when the first block is in the image.
    package var onFirstBlock: (() throws(AcquisitionError) -> Void)?
    /// Of an earlier run, by offset.
    let earlier: [Int: Block]
    /// The block size of the earlier run.
    let earlierBlockSize: Int?
    /// Whether a block stands in it.
    private(set) var hasBlocks = false

    /// What an acquisition that was cut short has left.
    package struct Earlier: Sendable {
        fileprivate var blocks: [Int: Block] = [:]
        fileprivate var blockSize: Int?
        /// Whether it may have left the board in a command that waits for Enter.
        package fileprivate(set) var mayHaveLeftQuestion = false
        /// Whether there is anything in it that would be lost.
        package var isEmpty: Bool { blocks.isEmpty }
    }

    /// Begins a journal, or goes on with one.
    ///
    /// - Parameters:
    ///   - earlier: what it holds; nil begins anew.
    ///   - keepsOld: whether one that is there stays until a block is read, so that a run that fails at once leaves it.
    package init(path: String, continuing earlier: Earlier?, keepsOld: Bool = false) throws(AcquisitionError) {
        self.earlier = earlier?.blocks ?? [:]
        earlierBlockSize = earlier?.blockSize
        do throws(FileError) {
            file = try GrowingFile(path: path, appending: earlier != nil, keepsOld: keepsOld)
            // A kill may have cut the last line.
            if earlier != nil { try file.write("\n") }
        } catch {
            throw .file(error)
        }
    }

    /// The source in a journal's words.
    static func describe(_ source: MemorySource) -> String {
        switch source {
        case .memory(let range): "memory \(hex(range.lowerBound))+\(hex(range.upperBound - range.lowerBound))"
        case .flash(let device, let offset, let size): "\(device) \(hex(offset))+\(hex(size))"
        }
    }

    /// Reads a journal to go on with.
    ///
    /// - Throws: `noJournal`, or `journal` where it is about something else than `source`.
    package static func read(_ path: String, about source: MemorySource) throws(AcquisitionError) -> Earlier {
        let text: [UInt8]
        do {
            text = try FileBytes(path: path).withBytes { bytes in Array(bytes) }
        } catch {
            throw error.errno == .noSuchFileOrDirectory ? .noJournal(path: path) : .file(error)
        }
        var isOurs = false
        var asked = false
        var earlier: [Int: Block] = [:]
        var earlierBlockSize: Int?
        for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
            guard let record = JSONLine(line) else { continue }
            switch record.string("event") {
            case "start":
                guard record.string("source") == describe(source) else {
                    throw .journal(
                        path: path,
                        reason: "is about '\(record.string("source") ?? "?")', not '\(describe(source))'")
                }
                isOurs = true
                earlierBlockSize = record.integer("blockSize").map { Int($0) }
            case "question": asked = true
            case "end": asked = false
            case "block":
                guard let offset = record.integer("offset"), let size = record.integer("size"),
                    let sum = record.string("crc32").flatMap({ UInt32($0, radix: 16) }), offset >= 0, size > 0,
                    offset <= Int64(source.size), size <= Int64(source.size) - offset
                else { continue }
                earlier[Int(offset)] = Block(
                    offset: Int(offset), size: Int(size), sum: sum, method: record.string("method") ?? "")
            default: break
            }
        }
        // One that was killed before its first line is none to go on with, and no reason to refuse either.
        if text.allSatisfy({ $0 == 0x0a }) { return Earlier() }
        guard isOurs else { throw .journal(path: path, reason: "this is no journal of jffs2 acquire") }
        return Earlier(blocks: earlier, blockSize: earlierBlockSize, mayHaveLeftQuestion: asked)
    }

    /// Takes away a journal and a partial image that hold nothing.
    package func discardIfEmpty(_ image: AcquiredImage) {
        guard !hasBlocks, earlier.isEmpty else { return }
        file.remove()
        _ = unsafe unlink(image.partialPath)
    }

    func start(_ source: MemorySource, blockSize: Int, port: String, version: String?) throws(AcquisitionError) {
        var line = JSONLine()
        line.append("event", value: "start")
        line.append("source", value: Self.describe(source))
        line.append("size", value: source.size)
        line.append("blockSize", value: blockSize)
        line.append("port", value: port)
        line.append("version", value: version)
        try write(line)
    }

    func block(_ block: Block) throws(AcquisitionError) {
        if !hasBlocks {
            do throws(FileError) {
                try file.publish()
            } catch {
                throw .file(error)
            }
            hasBlocks = true
            try onFirstBlock?()
        }
        var line = JSONLine()
        line.append("event", value: "block")
        line.append("offset", value: block.offset)
        line.append("size", value: block.size)
        line.append("crc32", value: hexadecimalDigits(block.sum))
        line.append("method", value: block.method)
        line.append("retries", value: block.retries)
        line.append("seconds", seconds: block.seconds)
        try write(line)
    }

    /// A command that waits for Enter will be typed.
    func question() throws(AcquisitionError) {
        var line = JSONLine()
        line.append("event", value: "question")
        try write(line)
    }

    func note(_ text: String) throws(AcquisitionError) {
        var line = JSONLine()
        line.append("event", value: "note")
        line.append("text", value: text)
        try write(line)
    }

    func end(_ report: AcquisitionReport) throws(AcquisitionError) {
        var line = JSONLine()
        line.append("event", value: "end")
        line.append("crc32", value: hexadecimalDigits(report.crc32))
        line.append("sha256", value: report.sha256)
        line.append("verification", value: report.verification.rawValue)
        line.append("corrected", value: report.corrected)
        line.append("bytesIn", value: report.bytesIn)
        line.append("bytesOut", value: report.bytesOut)
        line.append("seconds", seconds: report.seconds)
        try write(line)
    }

    private func write(_ line: JSONLine) throws(AcquisitionError) {
        do throws(FileError) {
            try file.write(line.text + "\n")
        } catch {
            throw .file(error)
        }
    }
}
