internal import FirmwareImage
internal import FlashBytes

/// What comes before the first byte is read.
extension Acquisition {
    /// Opens the port, stops the boot if asked to, and finds the prompt.
    package func connect() throws(AcquisitionError) {
        let given = console.transport.baudRate
        originalRate = given
        try console.transport.open()
        for user in console.transport.otherUsers {
            observer?.note("\(user) has the port open too, and takes bytes away: end it if the line seems bad")
        }
        var waitsForPower = request.powerOn
        do throws(AcquisitionError) {
            version = try persistently { () throws(AcquisitionError) in
                if waitsForPower {
                    waitsForPower = false
                    observer?.note("switch the device on now (or off and on again)")
                    bootLog += try autoboot.stop(limit: console.timing.recovery, hasStarted: false)
                }
                try PromptFinder(console: console).find { observer?.note(AcquisitionRemark($0)) }
                return try identify()
            }
        } catch {
            switch error {
            // A boot that goes on prints what a reset prints.
            case .noPrompt, .wantsLogin, .unknownConsole, .silent, .boardReset:
                guard request.powerOn, !bootLog.isEmpty else { throw error }
                throw .bootNotStopped(port: console.transport.name, seen: BootSigns.telling(bootLog))
            default: throw error
            }
        }
        // A rate that an acquisition which was killed has left there is not the one to be put back.
        originalRate = console.transport.baudRate == request.fasterBaudRate ? given : console.transport.baudRate
        if !console.hasEcho {
            observer?.note("the console shows no echo: only md is used, and each block is read twice")
        }
    }

    var autoboot: AutobootStopper {
        AutobootStopper(console: console, keys: request.stopKeys, password: request.password)
    }

    /// Asks for the version: tells U-Boot from others, and whether there is an echo.
    private func identify() throws(AcquisitionError) -> String? {
        try PromptFinder(console: console).learnEcho()
        // What is typed may not arrive, and the Enter behind it may.
        guard console.showsTyping || request.typesBlindly else { throw .noEcho(port: console.transport.name) }
        let answer = try console.lines("version")
        kind = ConsoleKind(prompt: console.prompt, answer: answer)
        guard kind != .uBoot else { return answer.first { $0.contains("U-Boot") } }
        reader.displays = kind.displays
        reader.records.isAllowed = false
        reader.sums.writesAreas = kind == .barebox
        if !kind.hasChecksums { reader.sums.isAllowed = false }
        guard console.hasEcho else {
            throw .needsEcho(command: kind == .shell ? "dd" : "a command of \(kind.rawValue)")
        }
        if kind == .shell { try shell.setUp() }
        if request.source.size > 0 { observer?.note("this is a \(kind.rawValue) console") }
        return nil
    }

    /// Where the board says that its partitions are: in what it printed when it started, in its environment, or in the
    /// answer of `mtdparts`.
    package func partitionText() throws(AcquisitionError) -> String {
        if kind == .shell { return try shell.table() }
        var text = String(latin1: bootLog)
        for command in kind.tableCommands where ((try? PartitionText.tables(in: text)) ?? []).isEmpty {
            text +=
                "\n" + (try persistently { () throws(AcquisitionError) in try twice(command) }).joined(separator: "\n")
        }
        return text
    }

    /// How large the chip is; nil if the board does not say.
    package func flashSize(_ device: FlashDevice) throws(AcquisitionError) -> UInt64? {
        guard device == .spi else { return nil }
        return try persistently { () throws(AcquisitionError) in
            if let chip = request.chip { return ChipSize.find(in: try twice("sf probe \(chip)")) }
            if let size = ChipSize.find(in: try twice("sf probe")) { return size }
            return ChipSize.find(in: try twice("sf probe 0"))
        }
    }

    /// Refuses what lies behind the end of the chip: some drivers begin at 0 again there.
    private func checkEnd() throws(AcquisitionError) {
        guard case .flash(let device, let offset, let size) = request.source, let end = try flashSize(device),
            offset + size > end
        else { return }
        throw .badRange(
            "the chip has \(SizeExpression.readable(end)): \(SizeExpression.readable(size)) at \(hex(offset)) end behind it"
        )
    }

    /// The answer to a command that two tries agree on: nothing else tells whether a digit of it is damaged.
    private func twice(_ command: String) throws(AcquisitionError) -> [String] {
        var answers: [[String]] = []
        for _ in 0..<8 {
            let answer = try console.lines(command).filter { !BoardConsole.isKernelMessage($0) }
            if answers.contains(answer) { return answer }
            answers.append(answer)
        }
        throw .commandFailed(command: command, answer: "it answers differently each time")
    }

    /// What will be done, as lines for the user, and how long it takes at most (seconds).
    package func plan() throws(AcquisitionError) -> (lines: [AcquisitionRemark], seconds: Double?) {
        try persistently { () throws(AcquisitionError) in try learnAndPlan() }
    }

    private func learnAndPlan() throws(AcquisitionError) -> (lines: [AcquisitionRemark], seconds: Double?) {
        if kind == .shell { return try planShell() }
        do throws(AcquisitionError) { return try planMemory() } catch {
            switch error {
            case .noMemoryDisplay: break
            // Without md nothing would be read from RAM.
            case .badRAM: guard kind == .uBoot, try lacksDisplay() else { throw error }
            default: throw error
            }
            guard let plan = try planPages() else { throw error }
            return plan
        }
    }

    private func lacksDisplay() throws(AcquisitionError) -> Bool {
        try twice("md").contains { BoardConsole.isUnknownCommand(Array($0.utf8)) }
    }

    private func planMemory() throws(AcquisitionError) -> (lines: [AcquisitionRemark], seconds: Double?) {
        let size = request.source.size
        var lines: [AcquisitionRemark] = []
        var start = request.source.start
        if let version { lines.append("board: \(version)") }
        switch request.source {
        case .memory(let range):
            lines.append("read \(SizeExpression.readable(size)) of memory at \(hex(range.lowerBound))")
            try reader.learn(at: range.lowerBound)
        case .flash(let device, let offset, _):
            let room = try findRoom()
            try checkEnd()
            lines.append(
                AcquisitionRemark(
                    "copy \(SizeExpression.readable(size)) of flash (\(device)) at \(hex(offset)) to RAM at "
                        + "\(hex(room.lowerBound)), twice, and read it from there"))
            start = room.lowerBound
            try reader.learn(at: start)
        }
        if let fault = try reader.tryChecksums(at: start) { note(doubt: fault) }
        let isSummed = reader.sums.isAllowed && console.hasEcho
        let bytes = Double(size) * reader.overhead * (isSummed || !reader.readsTwice ? 1 : 2)
        let rate = request.fasterBaudRate ?? console.transport.baudRate
        let seconds = rate.map { bytes / (Double($0) / 10) }
        if let rate = console.transport.baudRate, let seconds {
            let speed = request.fasterBaudRate.map { "\(rate) baud, then \($0)" } ?? "\(rate) baud"
            lines.append(
                "with \(reader.method) at \(speed): at most \(Self.time(seconds)), \(isSummed ? "less what is blank" : "each row twice")"
            )
        }
        if let seconds, seconds > 600, isFlash, try canUpload() {
            lines.append(
                AcquisitionRemark(
                    "faster, by hand, over a network: copy the flash to RAM, 'tftpput ADDRESS SIZE FILE' there with a TFTP "
                        + "server here", advice: .giveCopy))
        }
        lines.append("nothing on the device is written or saved")
        return (lines, seconds)
    }

    /// Whether the board can send a file over a network.
    private func canUpload() throws(AcquisitionError) -> Bool {
        guard console.hasEcho else { return false }
        return try console.lines("help tftpput").contains { $0.hasPrefix("tftpput - ") }
    }

    func note(doubt: String) {
        let doubt = AcquisitionRemark(doubt)
        guard !report.doubts.contains(doubt) else { return }
        report.doubts.append(doubt)
        observer?.note(doubt)
    }

    /// A limit of the proof, which takes nothing away from a result that is right.
    func noteOnePlace() {
        let note =
            "both copies of the flash were in one place of RAM, since the board names no second one that is free: "
            + "a fault of that RAM would be in both"
        guard !report.notes.contains(note) else { return }
        report.notes.append(note)
        observer?.note(AcquisitionRemark(note))
    }

    /// `1 h 42 min`, `25 s`
    package static func time(_ seconds: Double) -> String {
        let seconds = Int(seconds.rounded(.up))
        if seconds >= 3600 { return "\(seconds / 3600) h \(seconds % 3600 / 60) min" }
        if seconds >= 120 { return "\(seconds / 60) min \(seconds % 60) s" }
        return "\(seconds) s"
    }

    /// RAM that is free for flash contents.
    func findRoom() throws(AcquisitionError) -> Range<UInt64> {
        if let room { return room }
        guard case .flash(let device, let offset, let size) = request.source else { return 0..<0 }
        guard kind.loadsFlash else {
            throw .onlyShowsMemory(console: kind.rawValue, usualAddress: kind.usualFlashAddress)
        }
        guard console.hasEcho else { throw .needsEcho(command: "sf read") }
        if offset % device.granularity != 0 || size % device.granularity != 0 {
            throw .badRange("\(device) reads in steps of \(device.granularity) bytes; give such an offset and size")
        }
        let bdinfo = try boardInformation()
        if let address = request.ramAddress {
            if let ram, !(ram.usable.lowerBound..<ram.usable.upperBound).contains(address) {
                observer?.note(
                    AcquisitionRemark(
                        "RAM address \(hex(address)) is not inside the RAM that bdinfo shows as free "
                            + "(\(hex(ram.usable.lowerBound)) to \(hex(ram.usable.upperBound)))"))
                throw .badRange("RAM address \(hex(address)) does not work on this board; leave it out")
            }
            let end = ram?.usable.upperBound ?? address &+ size
            room = address..<min(end, address &+ size)
        } else if let ram {
            room = ram.usable.lowerBound..<min(ram.usable.upperBound, ram.usable.lowerBound + size)
        } else {
            throw .badRAM("this board does not say where its RAM is")
        }
        if case .sunxi = device {} else { leaveRoom() }
        guard let room, !room.isEmpty else { throw .badRAM("there is no room in RAM") }
        mappedFlash = MappedFlash(bdinfo: bdinfo, flinfo: try console.lines("flinfo"))
        if mappedFlash.overlaps(room) {
            throw .badRAM("the board says that there is flash at \(hex(room.lowerBound)); nothing is copied there")
        }
        if case .sunxi = device, offset > 0 || room.upperBound - room.lowerBound < size {
            throw .badRange(
                "sunxi_flash reads a partition from its beginning only, into RAM as a whole: give 0+SIZE, and not more "
                    + "than the \(SizeExpression.readable(room.upperBound - room.lowerBound)) that RAM has room for")
        }
        return room
    }

    /// What `bdinfo` says; takes in where RAM is.
    private func boardInformation() throws(AcquisitionError) -> [String] {
        var lines: [String] = []
        for _ in 0..<3 where ram == nil {
            lines = try console.lines("bdinfo")
            ram = BoardRAM(bdinfo: lines)
        }
        return lines
    }

    /// Makes the place as small as it must be for a second one beside it, in RAM of which the board says that it is free.
    private func leaveRoom() {
        guard let room, let usable = ram?.usable, usable.contains(room.lowerBound) else { return }
        let most = (usable.upperBound - room.lowerBound) / 2 & ~0xffff
        if nextRoom == nil, most >= 1 << 20 {
            self.room = room.lowerBound..<min(room.upperBound, room.lowerBound + most)
        }
    }

    /// Another place of the same size, if there is one.
    private var nextRoom: Range<UInt64>? {
        guard let room else { return nil }
        let size = room.upperBound - room.lowerBound
        let next = room.upperBound > UInt64.max - 0xffff ? room.upperBound : (room.upperBound + 0xffff) & ~0xffff
        if size <= UInt64.max - next, next + size <= ram?.usable.upperBound ?? .max { return next..<next + size }
        if let first = ram?.usable.lowerBound, first + size <= room.lowerBound { return first..<first + size }
        return nil
    }

    /// A second place for copies of the flash: only where the board says that there is free RAM.
    var elsewhere: Range<UInt64>? {
        guard ram != nil, let next = nextRoom, !mappedFlash.overlaps(next) else { return nil }
        return next
    }

    /// Takes another place in RAM, if there is one.
    func moveRoom() -> Bool {
        guard let room, let next = nextRoom else { return false }
        self.room = next
        roomBefore = room
        return true
    }

    /// Goes back to the place before, which worked.
    @discardableResult
    func moveBack() -> Bool {
        guard let roomBefore else { return false }
        room = roomBefore
        self.roomBefore = nil
        isRoomProved = true
        // It is the one that has just failed.
        isElsewhereProved = false
        return true
    }

    func goFaster() throws(AcquisitionError) {
        guard let rate = request.fasterBaudRate, mayGoFaster, console.transport.baudRate != nil, console.hasEcho else {
            return
        }
        // Once it has failed, the next try would only cost another power cycle.
        mayGoFaster = false
        if try BaudRateSwitch(console: console).change(to: rate) {
            observer?.note("the line runs at \(rate) baud now")
            mayGoFaster = true
        } else {
            observer?.note("the board does not take \(rate) baud; going on as before")
        }
    }
}
