import Acquisition
import FileTree
import FirmwareImage
import FlashBytes
import ImageFile
import SystemPackage

/// The recorded sessions that a user has given, opened.
struct LogInputs {
    private(set) var sources: [RecordedSession.Source] = []
    /// What packed ones lack.
    private(set) var faults: [String] = []

    /// - Parameter paths: may lead to packed files; `-` is standard input.
    init(_ paths: [String]) throws {
        for path in paths {
            guard path == "-" || Self.isPacked(path) else {
                sources.append(.file(path: path))
                continue
            }
            let file = try InputFile(path: path)
            sources.append(.bytes(file.bytes))
            if let damage = file.damage { faults.append(damage) }
        }
    }

    /// A log is long: it is not taken into memory just to see that it is none.
    private static func isPacked(_ path: String) -> Bool {
        guard let file = try? FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec]) else {
            return false
        }
        defer { try? file.close() }
        var beginning = [UInt8](repeating: 0, count: 512)
        let count = (try? unsafe beginning.withUnsafeMutableBytes { unsafe try file.read(into: $0) }) ?? 0
        return PackedForm(unsafe beginning.span.bytes.extracting(0..<count)) != nil
    }
}

/// `jffs2 acquire --log FILE...`
extension Acquire {
    func readLogs() throws {
        let (paths, inputs, range, isFlash) = try AcquireArgument.logs(self)
        let place = try output.map {
            try Destination(output: $0, replacing: Destination.Replacing(isAllowed: force), inputs: paths.map { $0 })
        }
        let names = Self.names(paths)
        let session: RecordedSession
        do {
            session = try RecordedSession(
                sources: inputs.sources, range: range, isFlash: isFlash)
        } catch .file(let error) {
            throw Failure(error.description)
        } catch {
            throw Failure("\(names): \(error)")
        }
        if session.bytes.isEmpty || output == nil {
            if !messages.json { for table in session.tables { PartitionListing(table).print() } }
            if session.bytes.isEmpty {
                guard output == nil else {
                    throw Failure(
                        "\(names): no row of memory is in the log, only a partition table; nothing was written")
                }
                return try finish(session, logs: paths, faults: inputs.faults, files: [])
            }
        }
        var faults = inputs.faults + faults(session)
        let file = try place?.open()
        try file?.write(asDumped ? unsafe WordSwap.swapped(session.bytes.span.bytes, group: 4) : session.bytes)
        var files = [file].compactMap(\.self)
        for (index, state) in session.states.enumerated() {
            let (other, fault) = try otherState(state, of: session, number: "\(index + 1)")
            files += [other].compactMap(\.self)
            faults.append(fault)
        }
        if session.furtherStates > 0 {
            faults.append(
                "\(session.furtherStates) further states of memory are in the log; --flash OFFSET+SIZE puts together what was "
                    + "loaded from the flash piece by piece")
        }
        try finish(session, logs: paths, faults: faults, files: files)
    }

    /// Files for messages.
    private static func names(_ paths: [String]) -> String {
        paths.map { $0 == "-" ? "standard input" : $0 }.joined(separator: ", ")
    }

    /// Says what was found, and puts the files in their place.
    private func finish(
        _ session: RecordedSession, logs paths: [String], faults: [String], files: [OutputFile]
    ) throws {
        let names = Self.names(paths)
        // Words of the log are those of strangers.
        for fault in faults { StandardStreams.error("\(names): \(Printable.text(fault))") }
        let takesOutput = output.map(Destination.isStandardOutput) ?? false
        if messages.json, !takesOutput {
            try JSON.print(LogDescription(session, logs: paths, output: output, doubts: faults))
        } else if !messages.quiet, !takesOutput, !session.bytes.isEmpty {
            tell(session, output: output, names: names)
        }
        try StandardStreams.commit(files)
        if !faults.isEmpty { throw Failure.damaged }
    }

    private func faults(_ session: RecordedSession) -> [String] {
        var faults: [String] = []
        for gap in session.gaps.prefix(20) {
            faults.append("nothing is known of \(hex(gap.lowerBound)) to \(hex(gap.upperBound)) (\(gap.count) bytes)")
        }
        if session.gaps.count > 20 { faults.append("\(session.gaps.count - 20) further gaps") }
        for address in session.contradictions.prefix(20) {
            faults.append("the byte at \(hex(address)) is shown differently, as often one way as the other")
        }
        if session.contradictions.count > 20 {
            faults.append("\(session.contradictions.count - 20) further contradictions")
        }
        for (range, holds) in session.checked where !holds {
            faults.append(
                "\(hex(range.lowerBound)) to \(hex(range.upperBound)) does not have the crc32 that the log shows")
        }
        if session.isOrderGuessed {
            let order = session.isBigEndian ? "big" : "little"
            faults.append("nothing tells the byte order of the words; \(order)-endian was taken")
        }
        return faults + session.doubts
    }

    /// What memory held before or after, or another file: an output of its own.
    private func otherState(
        _ state: RecordedSession.State, of session: RecordedSession, number: String
    ) throws -> (OutputFile?, String) {
        var fault: String
        if let name = state.file {
            fault =
                "the log shows two files\(session.file.map { ", this one with '\($0)'" } ?? ""); the other, "
                + "\(state.bytes.count) bytes with '\(name)'"
        } else {
            let cause = state.cause.isEmpty ? "" : ", with '\(state.cause)' between"
            fault =
                "the log shows \(hex(state.range.lowerBound)) to \(hex(state.range.upperBound)) twice\(cause): two images; "
                + "this is the \(state.isEarlier ? "later" : "earlier") one, the other"
        }
        let doubts = state.doubts.isEmpty ? "" : " (\(state.doubts.joined(separator: "; ")))"
        guard let output, !Destination.isStandardOutput(output) else {
            return (nil, fault + " is not written" + doubts)
        }
        let path = "\(output).\(number)"
        let file = try Destination(output: path, replacing: Destination.Replacing(isAllowed: force)).open()
        try file.write(asDumped ? unsafe WordSwap.swapped(state.bytes.span.bytes, group: 4) : state.bytes)
        return (file, fault + " is in \(path)" + doubts)
    }

    private func tell(_ session: RecordedSession, output: String?, names: String) {
        let from =
            "\(session.bytes.count) bytes from \(hex(session.range.lowerBound)) to \(hex(session.range.upperBound))"
        StandardStreams.print(
            (output.map { "\($0): \(from), " } ?? "\(names): shows \(from); nothing was written, -o IMAGE does that; ")
                + "\(session.gaps.count) gaps, \(session.damagedLines) damaged rows, "
                + "\(session.outvoted) bytes decided by majority, "
                + "\(session.checked.count { $0.holds }) of \(session.checked.count) sums hold"
                + (session.isVerified ? "" : "; not verified: no sum in the log covers all of it"))
        for note in session.notes { StandardStreams.print("  note: \(Printable.text(note))") }
        for other in session.others {
            StandardStreams.print(
                "  the log shows another image: --memory \(hex(other.lowerBound))+\(hex(UInt64(other.count)))")
        }
    }
}

/// What recorded sessions show, for programs.
private struct LogDescription: Encodable {
    struct Part: Encodable {
        var start: UInt64
        var size: Int

        init(_ range: Range<UInt64>) { (start, size) = (range.lowerBound, range.count) }
    }

    struct State: Encodable {
        var memory: Part
        var cause: String
        var isEarlier: Bool
        var loadedFile: String?
        var doubts: [String]
    }

    struct Table: Encodable {
        struct Row: Encodable {
            var name: String
            var offset: Int
            var size: Int?
        }

        var source: String
        var mtdDevice: String
        var doubt: String?
        var partitions: [Row]
    }

    var logs: [String]
    /// The image; nil where none was written.
    var output: String?
    var memory: Part?
    var gaps: [Part]
    var damagedRows: Int
    var bytesByMajority: Int
    var sums: Int
    var sumsThatHold: Int
    var verified: Bool
    var others: [Part]
    var states: [State]
    var tables: [Table]
    var doubts: [String]
    var notes: [String]

    init(_ session: RecordedSession, logs: [String], output: String?, doubts: [String]) {
        self.logs = logs
        self.doubts = doubts
        notes = session.notes
        self.output = session.bytes.isEmpty ? nil : output
        memory = session.bytes.isEmpty ? nil : Part(session.range)
        gaps = session.gaps.map(Part.init)
        damagedRows = session.damagedLines
        bytesByMajority = session.outvoted
        sums = session.checked.count
        sumsThatHold = session.checked.count { $0.holds }
        verified = session.isVerified
        others = session.others.map(Part.init)
        states = session.states.map {
            State(
                memory: Part($0.range), cause: $0.cause, isEarlier: $0.isEarlier, loadedFile: $0.file, doubts: $0.doubts
            )
        }
        tables = session.tables.map { table in
            Table(
                source: table.source, mtdDevice: table.device, doubt: table.doubt,
                partitions: table.partitions.map { Table.Row(name: $0.name, offset: $0.offset, size: $0.size) })
        }
    }
}
