internal import FlashBytes

/// A verified dump: sets up the console, reads block by block, survives a bad line, and knows what it has proved.
package final class Acquisition {
    let request: Request
    let console: BoardConsole
    let reader: MemoryReader
    weak var observer: (any AcquisitionObserver)?
    var report = AcquisitionReport()
    var version: String?
    /// What the board printed when it started.
    var bootLog: [UInt8] = []
    var originalRate: Int?
    /// What answers at the console.
    var kind = ConsoleKind.uBoot
    /// For the flash of a running system.
    private(set) lazy var shell = ShellReader(console: console)
    /// For NAND on a board without md.
    private(set) lazy var pages = PageReader(console: console)
    /// Where RAM is, as far as the board says.
    var ram: BoardRAM?
    /// How often RAM did not keep what was copied there.
    private var changes = 0
    /// Whether the place in RAM is known to be RAM.
    var isRoomProved = false
    /// Whether the second place is RAM.
    var isElsewhereProved = false
    /// Where the processor sees flash.
    var mappedFlash = MappedFlash(bdinfo: [], flinfo: [])
    /// The place before the last move.
    var roomBefore: Range<UInt64>?
    /// Whether it was asked whether the chip repeats itself.
    private var isWrapChecked = false
    /// Whether another rate has not failed yet.
    var mayGoFaster = true
    /// Where flash goes in RAM, and how much of it at once.
    var room: Range<UInt64>?
    /// Blocks that are in the image.
    var done: Set<Int> = []
    /// What the board said about each block, by offset in the image.
    private var sums: [Int: UInt32] = [:]
    /// Which part of the flash is in RAM.
    var loaded: Range<Int>?
    /// What a NAND chip leaves out; nil as long as nobody has asked, and in it where the board does not say.
    var badBlocks: BadBlocks??
    /// What was in RAM before, where no sum tells whether the flash is there now.
    private var unproved: FillPattern?
    private let started = ContinuousClock.now

    package init(
        request: Request, transport: any Transport, timing: ConsoleTiming = ConsoleTiming(), transcript: Transcript?,
        observer: (any AcquisitionObserver)?
    ) {
        self.request = request
        console = BoardConsole(transport: transport, timing: timing, transcript: transcript)
        reader = MemoryReader(console: console)
        reader.records.isAllowed = request.usesRecords
        reader.readsTwice = !request.once
        if !request.usesChecksums { reader.sums.isAllowed = false }
        console.mayHaveLeftQuestion = request.mayHaveLeftQuestion
        self.observer = observer
    }

    // MARK: Reading

    /// Reads everything into `image`.
    package func run(into image: AcquiredImage, journal: Journal) throws(AcquisitionError) -> AcquisitionReport {
        let size = Int(request.source.size)
        report.size = size
        let blockSize = journal.earlierBlockSize ?? request.blockSize ?? BlockLayout.blockSize(for: size)
        let layout = BlockLayout(
            start: request.source.start, size: size, blockSize: blockSize, granularity: request.source.granularity)
        try journal.start(
            request.source, blockSize: layout.blockSize, port: console.transport.name, version: version)
        var line = JSONLine()
        line.append("event", value: "start")
        line.append("start", value: Int64(clamping: request.source.start))
        line.append("size", value: size)
        try console.transcript?.note(line)
        console.onQuestion = { () throws(AcquisitionError) in try journal.question() }
        var idle = 0
        var last = -1
        var isSetUp = false
        while true {
            do throws(AcquisitionError) {
                if !isSetUp {
                    try goFaster()
                    isSetUp = true
                }
                if kind == .shell {
                    try shellPass(layout, image: image, journal: journal)
                } else if pages.pageSize > 0 {
                    try pagePass(layout, image: image, journal: journal)
                } else {
                    try pass(layout, image: image, journal: journal)
                }
                break
            } catch .memoryChanged(let address, let size) where changes < 6 {
                try copyAnew(.memoryChanged(address: address, size: size), journal: journal)
            } catch {
                guard error.isLineTrouble, !Interruption.isRequested else {
                    try leaveCleanly(after: error)
                    throw error
                }
                idle = done.count == last ? idle + 1 : 0
                last = done.count
                if idle >= 4 {
                    if case .boardReset(let sign) = error { throw .keepsResetting(sign: sign, doing: position(layout)) }
                    throw error
                }
                report.interruptions += 1
                if case .boardReset = error { doubtMemory() }
                try journal.note(error.description)
                observer?.note("\(error.description.split(separator: ";")[0]); setting up again")
                if !isRoomProved { moveBack() }
                try recover(from: error)
                isSetUp = false
            }
        }
        try leaveCleanly(after: nil)
        return try finish(image, journal: journal)
    }

    private func position(_ layout: BlockLayout) -> String {
        let next = layout.blocks.first { !done.contains($0.lowerBound) }?.lowerBound ?? 0
        return hex(request.source.start + UInt64(next))
    }

    /// One go over all that is missing.
    private func pass(_ layout: BlockLayout, image: AcquiredImage, journal: Journal) throws(AcquisitionError) {
        for window in layout.windows(of: windowSize) {
            let blocks = window.filter { !done.contains($0.lowerBound) }
            guard let first = window.first, let last = window.last else { continue }
            let span = first.lowerBound..<last.upperBound
            if blocks.isEmpty { continue }
            let base = try base(of: span)
            try proveRoom(base..<base + UInt64(span.count))
            let found = try load(span, blocks: window, base: base)
            try compare(found, image: image)
            try reader.learn(at: base)
            for block in blocks {
                try Interruption.check()
                try take(
                    block, sum: found[block.lowerBound], address: base + UInt64(block.lowerBound - span.lowerBound),
                    image: image, journal: journal)
            }
            try compareWhole(base..<base + UInt64(span.count), span: span, image: image)
        }
    }

    /// Another sum, over other limits, of what is in the file. Where each block has the sum that two copies agreed on,
    /// it only tells whether RAM still is what it was.
    private func compareWhole(
        _ address: Range<UInt64>, span: Range<Int>, image: AcquiredImage
    ) throws(AcquisitionError) {
        let parts = stride(from: 0, to: span.count, by: 4 << 20).map { $0..<min($0 + (4 << 20), span.count) }
        for part in parts {
            let place = address.lowerBound + UInt64(part.lowerBound)..<address.lowerBound + UInt64(part.upperBound)
            let own = image.checksum(span.lowerBound + part.lowerBound..<span.lowerBound + part.upperBound)
            guard let own, reader.sums.hasCommand == true else { return }
            let sum: UInt32?
            do throws(AcquisitionError) { sum = try reader.sums.of(place, attempts: 3) } catch .commandFailed { return }
            guard sum != own, try reader.sums.of(place) != own else { continue }
            if case .memory = request.source {
                throw .unreadable(
                    address: place.lowerBound, size: part.count, reason: "the memory has changed while it was read")
            }
            let doubt =
                "RAM at \(hex(place.lowerBound)) did not keep what was copied there; the image has what was agreed on"
            if !report.notes.contains(doubt) {
                report.notes.append(doubt)
                observer?.note(AcquisitionRemark(doubt))
            }
        }
    }

    /// RAM has lost what was copied there: again, and the second time elsewhere.
    private func copyAnew(_ error: AcquisitionError, journal: Journal) throws(AcquisitionError) {
        changes += 1
        loaded = nil
        sums = sums.filter { done.contains($0.key) }
        let moved = changes > 1 && moveRoom()
        isRoomProved = isRoomProved && !moved
        let place = moved ? ", to \(hex(room?.lowerBound ?? 0))" : ""
        try journal.note(error.description)
        observer?.note("\(error); the flash is copied again\(place)")
    }

    /// Shows that flash is copied to RAM and nowhere else, before anything is filled there.
    private func proveRoom(_ memory: Range<UInt64>) throws(AcquisitionError) {
        guard case .flash(let device, let offset, let size) = request.source, !isRoomProved else { return }
        let loader = FlashLoader(console: console, device: device, chip: request.chip)
        let said = try loader.probe()
        if !said.isEmpty, done.isEmpty { observer?.note(AcquisitionRemark(said)) }
        try reader.learn(at: memory.lowerBound)
        let isSaid = ram.map { $0.all.contains(memory.lowerBound) && $0.all.contains(memory.upperBound - 1) } ?? false
        let step = device == .nand ? 128 << 10 : max(16, device.granularity)
        let ends = size > step ? [offset + (size - step) / step * step, offset + size / 2 / step * step] : []
        let offsets: [UInt64] = if case .sunxi = device { [0] } else { [offset] + ends + [0] }
        let proof = RAMProof(
            console: console, loader: loader, reader: reader, isSaidToBeRAM: isSaid, offsets: offsets)
        guard try proof.holds(for: memory) else {
            if moveBack() { throw .memoryChanged(address: memory.lowerBound, size: memory.count) }
            throw .badRAM(
                "nothing shows that there is RAM from \(hex(memory.lowerBound)) to \(hex(memory.upperBound)): what "
                    + "\(device) read puts there does not stand there; nothing was filled")
        }
        isRoomProved = true
        // A second place is worth having only where sums can be compared.
        isElsewhereProved = false
        if isSaid, reader.sums.hasCommand == true, let elsewhere {
            isElsewhereProved = try proof.holds(for: elsewhere.lowerBound..<elsewhere.lowerBound + UInt64(memory.count))
        }
        try checkForWrap(loader, memory: memory)
    }

    /// A chip that is smaller than what is asked for, and begins anew behind its end, has the same there as at 0.
    private func checkForWrap(_ loader: FlashLoader, memory: Range<UInt64>) throws(AcquisitionError) {
        guard case .flash(.spi, let offset, let size) = request.source, offset > 0, !isWrapChecked,
            reader.sums.isAllowed, memory.upperBound - memory.lowerBound >= 1024
        else { return }
        isWrapChecked = true
        let check = WrapCheck(loader: loader, reader: reader, address: memory.lowerBound)
        if let end = try check.end(for: offset..<offset + size) {
            report.doubts.append(
                "the flash has the same at \(hex(end)) as at 0: the chip may end there and begin anew")
        }
    }

    /// Whether RAM holds a copy of flash, about whose sums two copies have agreed.
    var isFlash: Bool { if case .flash = request.source { true } else { false } }

    /// How much is read before RAM must be filled anew.
    private var windowSize: Int { room.map { Int($0.upperBound - $0.lowerBound) } ?? Int(request.source.size) }

    /// The address at which a window stands.
    private func base(of span: Range<Int>) throws(AcquisitionError) -> UInt64 {
        switch request.source {
        case .memory(let range): range.lowerBound + UInt64(span.lowerBound)
        case .flash: try findRoom().lowerBound
        }
    }

    /// Brings a window into RAM, and asks for the sums of its blocks.
    private func load(
        _ span: Range<Int>, blocks: [Range<Int>], base: UInt64
    ) throws(AcquisitionError) -> [Int: UInt32] {
        guard case .flash(let device, let offset, _) = request.source else {
            return try ask(blocks, span: span, base: base)
        }
        let known = blocks.compactMap { sums[$0.lowerBound] }.count == blocks.count
        if loaded == span, known { return sums }
        let loader = FlashLoader(console: console, device: device, chip: request.chip)
        _ = try loader.probe()
        let addresses = blocks.map { address(of: $0, in: span, base) }
        let start = try place(of: span.lowerBound, from: offset, loader)
        let copy: FlashCopy.Outcome
        do throws(AcquisitionError) {
            copy = try FlashCopy(
                loader: loader, reader: reader, offset: start, memory: base..<base + UInt64(span.count),
                blocks: addresses, elsewhere: isElsewhereProved ? elsewhere?.lowerBound : nil
            ).make()
        } catch { throw explained(error) }
        for doubt in copy.doubts where !report.doubts.contains(doubt) {
            report.doubts.append(doubt)
            observer?.note(doubt)
        }
        if !isElsewhereProved, !copy.sums.isEmpty { noteOnePlace() }
        loaded = span
        unproved = copy.sums.isEmpty ? copy.pattern : nil
        return byOffset(copy.sums, blocks: blocks, addresses: addresses)
    }

    private func ask(
        _ blocks: [Range<Int>], span: Range<Int>, base: UInt64
    ) throws(AcquisitionError) -> [Int: UInt32] {
        let addresses = blocks.map { address(of: $0, in: span, base) }
        return byOffset(try reader.sums.confirmed(addresses), blocks: blocks, addresses: addresses)
    }

    private func address(of block: Range<Int>, in span: Range<Int>, _ base: UInt64) -> Range<UInt64> {
        base + UInt64(block.lowerBound - span.lowerBound)..<base + UInt64(block.upperBound - span.lowerBound)
    }

    private func byOffset(
        _ sums: [UInt64: UInt32], blocks: [Range<Int>], addresses: [Range<UInt64>]
    ) -> [Int: UInt32] {
        var found: [Int: UInt32] = [:]
        for (block, address) in zip(blocks, addresses) { found[block.lowerBound] = sums[address.lowerBound] }
        return found
    }

    /// After a reset the flash must still say what it said before.
    private func compare(_ found: [Int: UInt32], image: AcquiredImage) throws(AcquisitionError) {
        for (offset, sum) in found {
            if let known = sums[offset], known != sum, done.contains(offset) {
                // What is in the file is not what the board has now.
                done.remove(offset)
                report.doubts.append("the block at offset \(hex(offset)) changed while it was read; it was read anew")
            }
            sums[offset] = sum
        }
    }

    /// Gets one block into the image.
    private func take(
        _ block: Range<Int>, sum: UInt32?, address: UInt64, image: AcquiredImage, journal: Journal
    ) throws(AcquisitionError) {
        let begin = ContinuousClock.now
        let before = reader.corrected
        if try keeps(block, sum: sum, address: address, image: image, journal: journal) { return keep(block) }
        var entry = Journal.Block(offset: block.lowerBound, size: block.count, sum: 0, method: "")
        let blank = [UInt8](repeating: 0xff, count: block.count)
        if let sum, CRC32.zlib(unsafe blank.span.bytes) == sum {
            (entry.method, entry.sum) = ("blank", sum)
            return try put(blank, as: entry, since: begin, at: address, image: image, journal: journal)
        }
        if let sum, let bytes = owned(block, sum: sum) {
            (entry.method, entry.sum) = ("have", sum)
            return try put(bytes, as: entry, since: begin, at: address, image: image, journal: journal)
        }
        let (bytes, proved) = try reader.read(address..<address + UInt64(block.count), sum: sum, isFixed: isFlash)
        if case .flash(let device, _, _) = request.source, sum == nil,
            unproved?.isVisible(in: bytes, phase: block.lowerBound % 4) == true
        {
            throw .commandFailed(command: "\(device) read", answer: "it left RAM as it was, without a word")
        }
        sums[block.lowerBound] = sum == nil ? nil : proved
        (entry.method, entry.sum, entry.retries) = (reader.method, proved, reader.corrected - before)
        try put(bytes, as: entry, since: begin, at: address, image: image, journal: journal)
    }

    private var verification: AcquisitionReport.Verification {
        if kind == .shell { return shell.summer == nil ? .readTwice : .deviceDigests }
        if pages.pageSize > 0 { return .readTwice }
        return reader.sums.hasCommand == true ? .deviceSums : reader.readsTwice ? .readTwice : .rowsOnly
    }

    private func finish(_ image: AcquiredImage, journal: Journal) throws(AcquisitionError) -> AcquisitionReport {
        report.method =
            kind == .shell ? shell.printer?.rawValue ?? "" : pages.pageSize > 0 ? "nand dump" : reader.method
        report.verification = verification
        report.corrected = reader.corrected + shell.corrected + pages.corrected + console.counters.retyped
        report.bytesIn = console.counters.bytesIn
        report.bytesOut = console.counters.bytesOut
        report.commands = console.counters.commands
        report.seconds = (ContinuousClock.now - started).inSeconds
        guard let sum = image.checksum(0..<report.size) else {
            throw .journal(path: image.partialPath, reason: "cannot be read back")
        }
        report.crc32 = sum
        for range in reader.changes {
            report.doubts.append(
                "the memory at \(hex(range.lowerBound)) changed while it was read; the image has what it was at last")
        }
        if let period = image.period() {
            report.doubts.append(
                "the image repeats itself every \(SizeExpression.readable(period)): the chip may be no larger than that"
            )
        }
        try image.commit()
        report.sha256 = image.sha256
        try journal.end(report)
        if request.resetsAtEnd, console.hasEcho { try? console.type("reset", patience: console.timing.pause) }
        console.transport.close()
        return report
    }
}
