import Acquisition
import FileTree
import FirmwareImage
import FlashBytes

/// `jffs2 acquire --log FILE...`
extension Acquire {
    func readLogs() throws {
        let (paths, range, isFlash) = try AcquireArgument.logs(self)
        let place = try output.map {
            try Destination($0, Destination.Replacing(isAllowed: force), inputs: paths.map { $0 })
        }
        let names = paths.joined(separator: ", ")
        let session: RecordedSession
        do {
            session = try RecordedSession(
                paths: paths, range: range, isFlash: isFlash, sha256: AcquireArgument.digest)
        } catch {
            throw Failure("\(names): \(error)")
        }
        if session.bytes.isEmpty || output == nil {
            for table in session.tables { PartitionListing(table).print() }
            if session.bytes.isEmpty {
                guard output == nil else {
                    throw Failure(
                        "\(names): no row of memory is in the log, only a partition table; nothing was written")
                }
                return
            }
        }
        var faults = faults(session)
        let file = try place?.open()
        try file?.write(asDumped ? unsafe WordSwap.swapped(session.bytes.span.bytes, group: 4) : session.bytes)
        var files = [file].compactMap(\.self)
        for (index, state) in session.states.enumerated() {
            let (other, fault) = try otherState(state, "\(index + 1)")
            files += [other].compactMap(\.self)
            faults.append(fault)
        }
        if session.furtherStates > 0 {
            faults.append(
                "\(session.furtherStates) further states of memory are in the log; --flash OFFSET+SIZE puts together what was "
                    + "loaded from the flash piece by piece")
        }
        // Words of the log are those of strangers.
        for fault in faults { Console.error("\(names): \(Printable.text(fault))") }
        if !messages.quiet, place?.isStandardOutput != true { tell(session, output, names) }
        try Console.commit(files)
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

    /// What memory held before or after: a file of its own.
    private func otherState(_ state: RecordedSession.State, _ number: String) throws -> (OutputFile?, String) {
        let cause = state.cause.isEmpty ? "" : ", with '\(state.cause)' between"
        var fault =
            "the log shows \(hex(state.range.lowerBound)) to \(hex(state.range.upperBound)) twice\(cause): two images; "
            + "this is the \(state.isEarlier ? "later" : "earlier") one"
        guard let output, !Destination.isStandardOutput(output) else { return (nil, fault) }
        let path = "\(output).\(number)"
        let file = try Destination(path, Destination.Replacing(isAllowed: force)).open()
        try file.write(asDumped ? unsafe WordSwap.swapped(state.bytes.span.bytes, group: 4) : state.bytes)
        fault += ", the other is in \(path)"
        return (file, fault)
    }

    private func tell(_ session: RecordedSession, _ output: String?, _ names: String) {
        let from =
            "\(session.bytes.count) bytes from \(hex(session.range.lowerBound)) to \(hex(session.range.upperBound))"
        Console.print(
            (output.map { "\($0): \(from), " } ?? "\(names): shows \(from); nothing was written, -o IMAGE does that; ")
                + "\(session.gaps.count) gaps, \(session.damagedLines) damaged rows, "
                + "\(session.outvoted) bytes decided by majority, "
                + "\(session.checked.count { $0.holds }) of \(session.checked.count) sums hold"
                + (session.isVerified ? "" : "; not verified: no sum in the log covers all of it"))
        for other in session.others {
            Console.print(
                "  the log shows another image: --memory \(hex(other.lowerBound))+\(hex(UInt64(other.count)))")
        }
    }
}
