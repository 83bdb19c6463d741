internal import FlashBytes

/// NAND chips with bad blocks, which `nand read` leaves out.
extension Acquisition {
    /// Where in the flash an offset of the image is.
    func place(
        of index: Int, from offset: UInt64, _ loader: FlashLoader
    ) throws(AcquisitionError) -> UInt64 {
        guard loader.device == .nand else { return offset + UInt64(index) }
        let bad: BadBlocks?
        if let known = badBlocks {
            bad = known
        } else {
            bad = try loader.badBlocks()
            badBlocks = .some(bad)
            if let left = bad?.inside(offset, size: request.source.size), !left.isEmpty {
                observer?.note(
                    "bad blocks at \(left.map { hex($0) }.joined(separator: ", ")) are left out; what follows moves up")
                let good = goodBytes(bad, at: offset)
                if request.isPartition, good < request.source.size {
                    note(
                        doubt:
                            "the partition has bad blocks and only \(good) good bytes: what stands behind them in the image "
                            + "is of the flash behind the partition")
                }
            }
        }
        if let bad { return bad.place(of: UInt64(index), from: offset) }
        let doubt: AcquisitionRemark =
            "the board does not list its bad blocks; behind one the image may hold the wrong block"
        if index > 0, !report.doubts.contains(doubt) { report.doubts.append(doubt) }
        return offset + UInt64(index)
    }

    private func goodBytes(_ bad: BadBlocks?, at offset: UInt64) -> UInt64 {
        bad?.goodBytes(in: offset..<offset + request.source.size) ?? request.source.size
    }

    /// What a NAND chip with bad blocks says where its end is asked for.
    func explained(_ error: AcquisitionError) -> AcquisitionError {
        guard case .flash(.nand, let offset, let size) = request.source, case .some(.some(let bad)) = badBlocks,
            case .commandFailed(let command, let answer) = error, goodBytes(bad, at: offset) < size
        else { return error }
        return .endsBehindBadBlocks(
            command: command, answer: answer, offset: offset, goodBytes: goodBytes(bad, at: offset))
    }
}
