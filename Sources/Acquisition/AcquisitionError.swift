public import FlashBytes
public import SystemPackage

/// Why an acquisition cannot go on; each prints as a sentence that says what to do.
public enum AcquisitionError: Error, Hashable, CustomStringConvertible {
    /// The port cannot be opened.
    case cannotOpen(port: String, Errno, hint: String)
    /// Another program has the port.
    case busy(port: String, holder: String)
    /// The path is a file or a device without terminal settings.
    case notATerminal(port: String)
    /// No connection to the console server.
    case unreachable(address: String, reason: String)
    /// The port does not take this rate.
    case rateRefused(port: String, rate: Int)
    /// The port is gone: adapter pulled, server closed.
    case disconnected(port: String)
    /// The user ended it.
    case interrupted
    /// Not one byte came back.
    case silent(port: String, rates: [Int])
    /// Bytes came, but no text at any rate.
    case garbage(port: String, rates: [Int])
    /// Text came, but nothing that answers like U-Boot.
    case noPrompt(port: String, seen: String)
    /// Something answers, but it is not U-Boot.
    case notUBoot(port: String, seen: String)
    /// The board reset in the middle; what it said.
    case boardReset(sign: String)
    /// The board resets again and again at one place.
    case keepsResetting(sign: String, doing: String)
    /// A command never arrived as it was typed.
    case commandLost(command: String, attempts: Int)
    /// A command that a console without echo must not get.
    case needsEcho(command: String)
    /// The board does not know a command, or said that it failed.
    case commandFailed(command: String, answer: String)
    /// The board has no command that shows memory.
    case noMemoryDisplay(String)
    /// A block stayed damaged.
    case unreadable(address: UInt64, size: Int, reason: String)
    /// A flash that gives other data each time.
    case unstableFlash(offset: UInt64, reads: Int)
    /// The range, the RAM address or the partition does not work.
    case badRange(String)
    /// Files on this computer.
    case file(FileError)
    /// A journal that does not belong to this acquisition, or is damaged.
    case journal(path: String, reason: String)
    /// A recorded session has no memory rows.
    case nothingInLog(String)

    public var description: String {
        switch self {
        case .cannotOpen(let port, let errno, let hint):
            "\(port): cannot open: \(errno)\(hint.isEmpty ? "" : "; \(hint)")"
        case .busy(let port, let holder):
            "\(port): busy: \(holder.isEmpty ? "another program" : holder) has the port; end it and try again"
        case .notATerminal(let port):
            "\(port): no serial port; 'jffs2 acquire --list' shows the ports of this computer"
        case .unreachable(let address, let reason):
            "\(address): cannot connect: \(reason)"
        case .rateRefused(let port, let rate):
            "\(port): the port does not take \(rate) baud"
        case .disconnected(let port):
            "\(port): the port is gone; plug it in again, then go on with --resume"
        case .interrupted:
            "interrupted; go on with --resume"
        case .silent(let port, let rates):
            "\(port): nothing comes back (tried \(list(rates)) baud); is the device on, are RX and TX crossed, "
                + "is ground connected? A device that has started its system needs --power-on"
        case .garbage(let port, let rates):
            "\(port): only garbage comes (tried \(list(rates)) baud); give the right rate, or check ground and levels"
        case .noPrompt(let port, let seen):
            "\(port): no U-Boot prompt; the last that came was '\(seen)'. Use --power-on and switch the device off and on"
        case .notUBoot(let port, let seen):
            "\(port): this is not U-Boot, it answers '\(seen)'. Use --power-on and switch the device off and on"
        case .boardReset(let sign):
            "the board has reset ('\(sign)'); go on with --resume"
        case .keepsResetting(let sign, let doing):
            "the board resets each time at \(doing) ('\(sign)'); an address outside its memory does this, a watchdog too"
        case .commandLost(let command, let attempts):
            "the console never received '\(command)' as it was typed (\(attempts) attempts); the line is too bad"
        case .needsEcho(let command):
            "'\(command)' is not sent to a console without echo, since one wrong bit in it could write; "
                + "type it yourself, then read the memory with --memory"
        case .commandFailed(let command, let answer):
            "'\(command)' failed on the board: \(answer)"
        case .noMemoryDisplay(let answer):
            "the board has no md command that can be read: \(answer)"
        case .unreadable(let address, let size, let reason):
            "the \(size) bytes at \(hex(address)) cannot be read: \(reason); go on with --resume"
        case .unstableFlash(let offset, let reads):
            "the flash at offset \(hex(offset)) reads differently each time (\(reads) reads); "
                + "check its power and contacts"
        case .badRange(let reason): reason
        case .file(let error): error.description
        case .journal(let path, let reason): "\(path): \(reason)"
        case .nothingInLog(let reason): reason
        }
    }

    /// Whether setting up the console again may help.
    var isLineTrouble: Bool {
        switch self {
        case .disconnected, .boardReset, .commandLost, .noPrompt, .silent, .garbage, .unreachable: true
        default: false
        }
    }

    private func list(_ rates: [Int]) -> String { rates.map(String.init).joined(separator: ", ") }
}
