import Acquisition
import FlashBytes
import SystemPackage

extension AcquisitionRemark {
    /// The same with the option that helps.
    var sentence: String {
        switch advice {
        case .giveCopy?: text + "; then --have FILE here, and only what differs is read"
        case .leaveOutChecksums?: text + " (there is no mw command, or crc32 is wrong: --no-crc32)"
        case nil: text
        }
    }
}

extension AcquisitionError {
    /// What went wrong, and the option with which it goes on.
    ///
    /// - Parameter isBegun: whether there is something to go on with.
    func sentence(isBegun: Bool) -> String {
        description + (explanation.map { ": \($0)" } ?? "") + (advice(isBegun: isBegun).map { "; \($0)" } ?? "")
    }

    /// What belongs to the fault itself.
    private var explanation: String? {
        switch self {
        case .onlyShowsMemory(_, let address):
            "say with --mapped where the processor sees the flash"
                + (address.map { " (\(hex($0)) on most with SPI flash)" } ?? "")
        case .noShell: "say what is to be read with --flash, --partition or --memory"
        case .endsBehindBadBlocks(_, _, let offset, let goodBytes): "try --flash \(hex(offset))+\(hex(goodBytes))"
        default: nil
        }
    }

    private func advice(isBegun: Bool) -> String? {
        switch self {
        case .disconnected: isBegun ? "plug it in again, then go on with --resume" : "plug it in again"
        case .interrupted: isBegun ? "go on with --resume" : "nothing was read"
        case .boardReset, .unreadable: isBegun ? "go on with --resume" : nil
        case .cannotOpen(_, .noSuchFileOrDirectory, _), .notATerminal:
            "'jffs2 acquire --list' shows the ports of this computer"
        case .silent: "a device that has started its system needs --power-on; another rate can be given with --baud"
        case .garbage: "give the right rate with --baud"
        case .noPrompt: "if a system runs there, use --power-on and switch the device off and on"
        case .unknownConsole:
            "use --power-on and switch the device off and on to reach its boot loader, or dump with the console's own "
                + "commands and read the terminal's log with --log"
        case .wantsLogin:
            "log in as root with a terminal program, end that, and start again; or use --power-on and switch the device "
                + "off and on"
        case .wantsPassword: "give it with --password"
        case .wrongPassword: "give the right one with --password, and switch the device off and on again"
        case .menu:
            "choose its command line yourself with a terminal program, end that, and start again; or use --power-on, with "
                + "--stop-key if need be"
        case .noEcho:
            "in a shell 'stty echo' turns it on; where it is so by design and the last command was a harmless one, say "
                + "--no-echo"
        case .bootNotStopped:
            "give the keys that stop it with --stop-key ('\\r' is Enter, '\\e' Escape, '\\x03' Ctrl-C), and switch the "
                + "device off and on again"
        case .needsEcho: "type it yourself, then read the memory with --memory"
        case .noMemoryDisplay:
            "read it in another way: --device nand takes 'nand dump' too, and the root shell of its system will do"
        case .commandFailed(let command, _) where command.hasPrefix("crc32"),
            .endsBehindBadBlocks(let command, _, _, _) where command.hasPrefix("crc32"):
            "if the board's crc32 is not reliable, --no-crc32 does without it" + (isBegun ? ", with --resume" : "")
        case .unstableFlash:
            "if it is the board's crc32 that is wrong now and then, --no-crc32 does without it"
        case .memoryChanged: "give another place with --ram, or leave the board's crc32 out with --no-crc32"
        case .commandFailed, .endsBehindBadBlocks: "check the range and --device"
        case .badRAM: "give an address in RAM with --ram (the board's bootcmd has one)"
        case .severalDevices: "say which with --device mtdN"
        case .uncertainPlaces: "name a partition with --partition, or a device with --device mtdN"
        case .noJournal: "begin without --resume"
        default: nil
        }
    }
}
