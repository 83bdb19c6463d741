import Acquisition
import ArgumentParser
import FileTree
import FlashBytes

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// `jffs2 acquire PORT`
struct Acquire: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "acquire",
        abstract: "Read a flash over a serial line, from a boot loader or a root shell, verified.",
        usage: """
            jffs2 acquire PORT --flash OFFSET+SIZE [-o IMAGE]
            jffs2 acquire PORT --partition NAME [-o IMAGE]
            jffs2 acquire PORT --memory START+SIZE [-o IMAGE]
            jffs2 acquire PORT BAUD START END [-o IMAGE]
            jffs2 acquire --log FILE... [-o IMAGE]
            jffs2 acquire --list
            """,
        discussion: """
            Connect RX, TX and ground, start U-Boot (or use --power-on), and give the port or the HOST:PORT of a console \
            server. Each block is compared with the device's own crc32 (where it has none, all is read twice); blank blocks are not transferred; what fails is \
            read again. Nothing on the device is ever written or saved. An acquisition that was cut short goes on \
            with --resume. START and END are dump.py's: END is the address of the last row of 16 bytes, included.

            Exit status: 0 the image is whole and verified; 1 it is whole, but something did not hold; 2 it is not \
            there (what was read is kept for --resume).

            Other consoles are told from U-Boot by themselves. RedBoot, CFE, PMON, barebox and Realtek's loader show memory: \
            --memory, or --mapped with the address at which the processor sees the flash. A root shell of a running Linux is \
            read with base64, xxd, hexdump or od and proved with md5sum, sha256sum or cksum, whichever are there: \
            --partition NAME, or --device mtdN.

            --log puts together what recorded sessions show: md, nand dump and their kin, hexdump, od -t x, xxd, base64, \
            uuencode, S-records and Intel's, whatever a terminal program writes in front of each line. What the log says of them \
            (crc32, md5sum and its kin, cksum, ls -l, /proc/mtd, mtdinfo, dd count=) is held against them; any doubt is told, and \
            makes the exit status 1. Each FILE goes on where the one before stops, in the middle of a dump too. Several files or states in one log become IMAGE (the last that has half the size of the largest, or more), IMAGE.1 and so on. \
            Where memory is shown again behind a command that has changed it (mw, cp, a load), the later rows count; where \
            anything may have changed it (go, reset), they do, with a doubt. A dump is complete when all is there that its command \
            asks for: that more was loaded is only told. \
            No log shows that a whole row is missing beside a '*' (dump with -v), that one character of base64 or \
            uuencode has become another, or that whole blocks are missing or there twice in a dump without addresses. An image for \
            which the log has no sum is "not verified": take a sum on the device.
            """)

    @Argument(help: "The serial port, or HOST:PORT; then, as for dump.py: BAUD START END.")
    var target: [String] = []

    @Option(help: "Rate of the line.")
    var baud: Int?

    @Option(help: ArgumentHelp("A part of the address space.", valueName: "start+size"))
    var memory: String?

    @Option(help: ArgumentHelp("A part of the flash; U-Boot copies it to RAM first.", valueName: "offset+size"))
    var flash: String?

    @Option(
        help: ArgumentHelp("A partition by name, from --table or as the device tells.", valueName: "name"))
    var partition: String?

    @Option(
        help: ArgumentHelp(
            "The partition table: mtdparts=..., or a file with it or with a boot log.", valueName: "text"))
    var table: String?

    @Option(
        help: ArgumentHelp(
            "How the flash is read: sf, sf:BUS:CS, nand, mmc, mmc:N, sunxi:PARTITION; in a shell, mtdN.",
            valueName: "kind"))
    var device = "sf"

    @Option(
        help: ArgumentHelp(
            "Where the processor sees the flash: --flash and --partition are read there, without a copy.",
            valueName: "base"),
        transform: AcquireArgument.address)
    var mapped: UInt64?

    @Option(help: "Where in RAM the flash is copied to.", transform: AcquireArgument.address)
    var ram: UInt64?

    @Option(help: ArgumentHelp("Recorded sessions instead of a port: logs of any terminal program.", valueName: "file"))
    var log: [String] = []

    @Option(help: ArgumentHelp("An image that you have: blocks that are equal are not read again.", valueName: "image"))
    var have: [String] = []

    @Option(help: ArgumentHelp("Change the line to this rate while reading.", valueName: "baud"))
    var baudUp: Int?

    @Flag(help: "Catch the boot: start this first, then switch the device on.")
    var powerOn = false

    @Option(help: ArgumentHelp("Keys that stop the boot (\\r, \\e, \\x03 understood).", valueName: "keys"))
    var stopKey: String?

    @Option(help: "A password that the boot loader asks for.")
    var password: String?

    @Flag(help: "Go on with an acquisition that was cut short.")
    var resume = false

    @Flag(help: "On a board without crc32, read only once.")
    var once = false

    @Flag(help: "Write words as md.l shows them on a little-endian device, as dump.py does.")
    var asDumped = false

    @Flag(name: .customLong("no-crc32"), help: "Do not use the device's crc32; everything is read twice.")
    var noCRC32 = false

    @Flag(
        name: .customLong("no-echo"),
        help: "Type commands that only read although the console shows nothing that is typed.")
    var hasNoEcho = false

    @Flag(help: "Do not use the saves command.")
    var noSaves = false

    @Option(help: "Block size.", transform: SizeArgument.size)
    var block: Int?

    @Option(
        help: ArgumentHelp("Where everything on the line is recorded (default: IMAGE.transcript).", valueName: "file"))
    var transcript: String?

    @Flag(help: "Record nothing.")
    var noTranscript = false

    @Flag(help: "List the serial ports of this computer.")
    var list = false

    @Flag(name: .shortAndLong, help: "Replace an image of an earlier run, its journal and its transcript.")
    var force = false

    @Flag(name: .shortAndLong, help: "Go ahead without asking.")
    var yes = false

    @Option(name: .shortAndLong, help: "The image to write.", completion: .file())
    var output: String?

    @Option(help: ArgumentHelp("dump.py's log of an earlier run.", valueName: "log"))
    var previous: String?

    @Option(help: ArgumentHelp("Rows in a block, as for dump.py.", visibility: .hidden))
    var step: Int?

    @Option(
        help: ArgumentHelp(
            "How long to wait for an answer: more for a slow console server, less for a line that loses much.",
            valueName: "seconds"))
    var timeout = 1.0

    @Option(help: ArgumentHelp("Not needed; for dump.py's sake.", visibility: .hidden))
    var size: Int?

    @Flag(help: ArgumentHelp("As for dump.py: reset the board at the end.", visibility: .hidden))
    var reset = false

    @Flag(help: ArgumentHelp("Not needed; for dump.py's sake.", visibility: .hidden))
    var ignoreLog = false

    @Flag(help: ArgumentHelp("Not needed; for dump.py's sake.", visibility: .hidden))
    var debug = false

    @OptionGroup var messages: OutputArguments

    func validate() throws {
        guard !list, log.isEmpty else { return }
        guard !target.isEmpty else {
            throw ValidationError("which port? 'jffs2 acquire --list' shows the ports of this computer")
        }
        try AcquireArgument.check(self)
    }

    func run() throws {
        if list { return try listPorts() }
        if !log.isEmpty { return try readLogs() }
        guard let port = target.first else { return }
        _ = try AcquireArgument.source(self)
        try AcquireFiles.check(port: port)
        guard yes || Terminal.isInteractive else {
            throw Failure(
                "nothing was done: without a terminal to ask at, acquire wants --yes", status: .usage)
        }
        try acquire(port)
    }

    private func listPorts() throws {
        let ports = SerialPort.all()
        if messages.json {
            return try JSON.print("ports", list: ports.map { ["port": $0.path, "name": $0.name] })
        }
        for port in ports { StandardStreams.print(port.name.isEmpty ? port.path : "\(port.path)  \(port.name)") }
        if ports.isEmpty, !messages.quiet { StandardStreams.error("no serial port; is the adapter plugged in?") }
    }

    // MARK: From a port

    private func acquire(_ port: String) throws {
        let source = try AcquireArgument.source(self)
        let files = AcquireFiles(arguments: self, source: source)
        do {
            try acquireImage(port, given: source, place: files)
        } catch let error as AcquisitionError {
            throw Failure(error.sentence(isBegun: files.isBegun))
        }
    }

    private func acquireImage(_ port: String, given: MemorySource?, place: AcquireFiles) throws {
        let baud = try AcquireArgument.baud(baud, target: target)
        let transport: any Transport =
            NetworkTransport(address: port) ?? TerminalTransport(path: port, baudRate: baud)
        var source = given
        for input in have + [previous].compactMap(\.self) { InputFiles.note(path: input) }
        var files = place
        // Before anything of an earlier run is touched.
        try files.check(source)
        Interruption.catchSignals()
        var request = try request(source ?? .memory(0..<0))
        request.mayHaveLeftQuestion = files.earlier?.mayHaveLeftQuestion ?? false
        let record = try files.transcript.map {
            try Transcript(path: $0, appending: resume, keepsOld: true)
        }
        if let path = files.transcript, !messages.quiet {
            StandardStreams.error("\(path) will hold the whole dump, secrets included; only you can read it")
        }
        let observer = AcquireProgress(quiet: messages.quiet)
        let timing = ConsoleTiming(patience: timeout)
        if source == nil {
            // The device knows its partitions, and how long the last one is: a first, short look.
            let look = Acquisition(
                request: request, transport: transport, timing: timing, transcript: record, observer: observer)
            try look.connect()
            source =
                try partition.flatMap { try look.shellPartition(named: $0) }
                ?? AcquireArgument.shellDevice(self).map { try look.shellPartition(number: $0) }
                ?? AcquireArgument.partition(self, in: table == nil ? look.partitionText() : "") { device in
                    try look.flashSize(device)
                }
            request.powerOn = false
            try files.check(source)
            request.mayHaveLeftQuestion = files.earlier?.mayHaveLeftQuestion ?? false
        }
        guard let source else { throw ValidationError("what is to be read? Give --flash, --partition or --memory") }
        request.source = source
        request.have = try AcquireArgument.haves(self, source: source)
        let acquisition = Acquisition(
            request: request, transport: transport, timing: timing, transcript: record, observer: observer)
        try acquisition.connect()
        let plan = try acquisition.plan()
        if !messages.quiet { for line in plan.lines { StandardStreams.error(line.sentence) } }
        guard yes || Terminal.confirm("Go ahead?") else { throw Failure("nothing was read", status: .usage) }
        let journal = try Journal(path: files.journal, continuing: files.earlier, keepsOld: true)
        journal.onFirstBlock = { () throws(AcquisitionError) in try record?.publish() }
        let image = try AcquiredImage(
            path: files.image, size: Int(source.size), resuming: resume, swapsWords: asDumped)
        defer { journal.discardIfEmpty(image) }
        let report = try acquisition.run(into: image, journal: journal)
        observer.finish()
        try tell(report, path: files.image, source: source)
    }

    private func request(_ source: MemorySource) throws -> Acquisition.Request {
        var request = Acquisition.Request(source: source)
        request.powerOn = powerOn
        request.stopKeys = try stopKey.map(AcquireArgument.keys)
        request.password = password
        request.isMappedFlash = mapped != nil
        request.isPartition = partition != nil
        request.ramAddress = ram
        request.fasterBaudRate = baudUp
        request.resetsAtEnd = reset
        request.once = once
        request.usesRecords = !noSaves
        request.usesChecksums = !noCRC32
        request.typesBlindly = hasNoEcho
        request.chip = AcquireArgument.chip(device)
        // dump.py's steps are short since all of one is lost with a row; here they only matter where its log is at hand.
        let rows = previous == nil ? nil : step
        request.blockSize = block ?? rows.flatMap { $0 > 0 && $0 < 1 << 16 ? $0 * 16 : nil }
        return request
    }
}
