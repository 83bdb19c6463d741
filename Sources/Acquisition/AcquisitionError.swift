package import FlashBytes
package import SystemPackage

/// Why an acquisition cannot go on; each prints as a sentence. What to do is for the caller to say, who knows how it is said
/// there.
package enum AcquisitionError: Error, Hashable, CustomStringConvertible {
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
    case garbage(port: String, rates: [Int], seen: String)
    /// What is sent comes back, and nothing else.
    case loopback(port: String)
    /// Text came, but nothing that answers; the last of it, with its rate.
    case noPrompt(port: String, rate: Int?, seen: String)
    /// Something answers, but nothing is known that reads memory with it.
    case unknownConsole(port: String, prompt: String, seen: String)
    /// A system that wants a login.
    case wantsLogin(port: String, seen: String)
    /// A boot loader that wants a password.
    case wantsPassword(port: String, seen: String)
    /// A boot loader that does not take the password; what it said.
    case wrongPassword(port: String, seen: String)
    /// Single keys choose there, so that nothing can be typed.
    case menu(port: String, seen: String)
    /// Nothing that is typed comes back.
    case noEcho(port: String)
    /// The boot went on; what the board said about stopping it.
    case bootNotStopped(port: String, seen: String)
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
    /// The same, where bad blocks are left out: of the place asked for, so many bytes are before the end of the flash.
    case endsBehindBadBlocks(command: String, answer: String, offset: UInt64, goodBytes: UInt64)
    /// The board has no command that shows memory.
    case noMemoryDisplay(String)
    /// A block stayed damaged.
    case unreadable(address: UInt64, size: Int, reason: String)
    /// RAM no longer holds what two copies of the flash agreed on.
    case memoryChanged(address: UInt64, size: Int)
    /// A flash that gives other data each time.
    case unstableFlash(offset: UInt64, reads: Int)
    /// The range or the partition does not work.
    case badRange(String)
    /// Flash cannot be copied to RAM there, only read where the processor sees it, which is usually at `usualAddress`.
    case onlyShowsMemory(console: String, usualAddress: UInt64?)
    /// A flash device of a running Linux is asked for, and the console is another one.
    case noShell(device: Int, console: String)
    /// Several flash devices of the system have this name.
    case severalDevices(name: String, count: Int)
    /// Where the system's flash devices lie in the flash is not certain; why.
    case uncertainPlaces(String)
    /// The place in RAM does not work.
    case badRAM(String)
    /// Files on this computer.
    case file(FileError)
    /// There is no journal of an earlier run.
    case noJournal(path: String)
    /// A journal that does not belong to this acquisition, or is damaged.
    case journal(path: String, reason: String)
    /// A recorded session has no memory rows.
    case nothingInLog(String)

    package var description: String {
        switch self {
        case .cannotOpen(let port, let errno, let hint):
            "\(port): cannot open: \(errno)\(hint.isEmpty ? "" : "; \(hint)")"
        case .busy(let port, let holder):
            "\(port): busy: \(holder.isEmpty ? "another program" : holder) has the port; end it and try again"
        case .notATerminal(let port):
            "\(port): no serial port"
        case .unreachable(let address, let reason):
            "\(address): cannot connect: \(reason)"
        case .rateRefused(let port, let rate):
            "\(port): the port does not take \(rate) baud"
        case .disconnected(let port):
            "\(port): the port is gone"
        case .interrupted:
            "interrupted"
        case .silent(let port, let rates):
            "\(port): nothing comes back to Ctrl-C (tried \(list(rates)) baud); is the device on, are RX and TX crossed, "
                + "is ground connected? (A console that takes no notice of Ctrl-C cannot be read)"
        case .garbage(let port, let rates, let seen):
            "\(port): only garbage comes (tried \(list(rates)) baud), the last was '\(seen)'; check ground and levels"
        case .loopback(let port):
            "\(port): what is sent comes back, and nothing else: RX and TX are joined, or no board is connected"
        case .noPrompt(let port, let rate, let seen):
            "\(port): text comes\(rate.map { " at \($0) baud" } ?? ""), but no prompt answers (if no key does anything, "
                + "check the line from TX to the board); the last that came was '\(seen)'"
        case .unknownConsole(let port, let prompt, let seen):
            "\(port): the prompt '\(prompt)' answers, but nothing is known there that shows memory or flash: '\(seen)'"
        case .wantsLogin(let port, let seen):
            "\(port): a system runs there and wants a login ('\(seen)')"
        case .wantsPassword(let port, let seen):
            "\(port): the boot loader wants a password; it said '\(seen)'"
        case .wrongPassword(let port, let seen):
            "\(port): the boot loader does not take the password; it said '\(seen)'"
        case .menu(let port, let seen):
            "\(port): this is a menu, in which single keys choose ('\(seen)'): nothing was typed but Ctrl-C"
        case .noEcho(let port):
            "\(port): a prompt answers, but nothing that is typed comes back: whether it arrives is not known, and an Enter "
                + "alone would repeat the board's last command; nothing was entered"
        case .bootNotStopped(let port, let seen):
            "\(port): the boot was not stopped; the board said '\(seen)'"
        case .boardReset(let sign):
            "the board has reset ('\(sign)')"
        case .keepsResetting(let sign, let doing):
            "the board resets each time at \(doing) ('\(sign)'); an address outside its memory does this, a watchdog too"
        case .commandLost(let command, let attempts):
            "the console never received '\(command)' as it was typed (\(attempts) attempts); the line is too bad"
        case .needsEcho(let command):
            "'\(command)' is not sent to a console without echo, since one wrong bit in it could write"
        case .commandFailed(let command, let answer):
            "'\(command)' failed on the board: \(answer)"
        case .endsBehindBadBlocks(let command, let answer, _, _):
            "'\(command)' failed on the board: \(answer); bad blocks are left out, so that the end of what is asked for may lie "
                + "behind the chip's"
        case .noMemoryDisplay(let answer):
            "the board has no md command that can be read: \(answer)"
        case .unreadable(let address, let size, let reason):
            "the \(size) bytes at \(hex(address)) cannot be read: \(reason)"
        case .memoryChanged(let address, let size):
            "the \(size) bytes of RAM at \(hex(address)) have changed since the flash was copied there"
        case .unstableFlash(let offset, let reads):
            "the flash at offset \(hex(offset)) reads differently each time (\(reads) reads); "
                + "check its power and contacts"
        case .badRange(let reason), .badRAM(let reason), .uncertainPlaces(let reason): reason
        case .onlyShowsMemory(let console, _): "a \(console) console only shows memory"
        case .noShell(let device, let console):
            "mtd\(device) is a device of a running Linux, and this is a \(console) console"
        case .severalDevices(let name, let count): "'\(name)' is the name of \(count) flash devices"
        case .file(let error): error.description
        case .noJournal(let path): "\(path): there is no journal to go on with"
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
