internal import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A serial port, a USB adapter or a pty, through termios: 8 data bits, no parity, no flow control.
package final class TerminalTransport: Transport {
    package let name: String
    package private(set) var baudRate: Int?
    private var line: LineDescriptor?
    /// What the port was set to before, to be put back.
    private var original: termios?

    /// - Parameters:
    ///   - path: `/dev/ttyUSB0`.
    ///   - baudRate: any rate that the port takes.
    package init(path: String, baudRate: Int) {
        name = path
        self.baudRate = baudRate
    }

    deinit { close() }

    package func open() throws(AcquisitionError) {
        close()
        try refuseLocked()
        let descriptor: Int32
        do {
            let file = try FileDescriptor.open(
                FilePath(name), .readWrite, options: [.init(rawValue: O_NOCTTY), .nonBlocking, .closeOnExec])
            descriptor = file.rawValue
        } catch let errno as Errno {
            throw errno == .resourceBusy
                ? .busy(port: name, holder: holder) : .cannotOpen(port: name, errno, hint: hint(errno))
        } catch {
            throw .cannotOpen(port: name, .ioError, hint: "")
        }
        do throws(AcquisitionError) {
            try setUp(descriptor)
        } catch {
            try? FileDescriptor(rawValue: descriptor).close()
            throw error
        }
        line = LineDescriptor(descriptor: descriptor, name: name)
    }

    package var otherUsers: [String] { PortUsers.others(of: name) }

    private var holder: String { otherUsers.joined(separator: ", ") }

    private func setUp(_ descriptor: Int32) throws(AcquisitionError) {
        var settings = termios()
        guard unsafe tcgetattr(descriptor, &settings) == 0 else { throw .notATerminal(port: name) }
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
            throw .busy(port: name, holder: holder)
        }
        _ = ioctl(descriptor, UInt(TIOCEXCL))
        original = settings
        unsafe cfmakeraw(&settings)
        settings.c_cflag |= tcflag_t(CLOCAL | CREAD | CS8)
        // No hang-up at the end: boards exist that reset when DTR drops.
        settings.c_cflag &= ~tcflag_t(HUPCL | CSTOPB | PARENB)
        settings.c_cflag &= ~tcflag_t(CRTSCTS)
        settings.c_iflag &= ~tcflag_t(IXON | IXOFF | IXANY)
        guard unsafe tcsetattr(descriptor, TCSANOW, &settings) == 0 else { throw .notATerminal(port: name) }
        if let baudRate, !TerminalSpeed.set(baudRate, on: descriptor) {
            throw .rateRefused(port: name, rate: baudRate)
        }
        _ = tcflush(descriptor, TCIFLUSH)
    }

    package func close() {
        guard let descriptor = line?.descriptor else { return }
        if var original { _ = unsafe tcsetattr(descriptor, TCSANOW, &original) }
        _ = ioctl(descriptor, UInt(TIOCNXCL))
        try? FileDescriptor(rawValue: descriptor).close()
        line = nil
    }

    package func read(timeout: Duration) throws(AcquisitionError) -> [UInt8] {
        guard let line else { throw .disconnected(port: name) }
        return try line.read(timeout: timeout)
    }

    package func write(_ bytes: [UInt8]) throws(AcquisitionError) {
        guard let line else { throw .disconnected(port: name) }
        try line.write(bytes)
    }

    package func setBaudRate(_ rate: Int) throws(AcquisitionError) {
        guard let line else { throw .disconnected(port: name) }
        _ = tcdrain(line.descriptor)
        guard TerminalSpeed.set(rate, on: line.descriptor) else {
            if let baudRate { _ = TerminalSpeed.set(baudRate, on: line.descriptor) }
            throw .rateRefused(port: name, rate: rate)
        }
        baudRate = rate
    }

    // MARK: Why a port does not open

    /// The lock files of minicom and its kin.
    private func refuseLocked() throws(AcquisitionError) {
        guard name.hasPrefix("/dev/") else { return }
        let lock = "/var/lock/LCK.." + name.dropFirst(5).replacing("/", with: "_")
        guard let text = SmallFile.text(lock),
            let process = Int32(text.split(whereSeparator: \.isWhitespace).first ?? ""),
            kill(process, 0) == 0 || errno == EPERM
        else { return }
        throw .busy(port: name, holder: "process \(process)")
    }

    private func hint(_ errno: Errno) -> String {
        switch errno {
        case .permissionDenied:
            var status = stat()
            guard unsafe stat(name, &status) == 0 else { return "" }
            let group = SmallFile.groupName(status.st_gid) ?? "\(status.st_gid)"
            return "it belongs to the group '\(group)': run 'sudo usermod -a -G \(group) $USER' and log in again"
        default: return ""
        }
    }
}

/// Small text files of the system.
enum SmallFile {
    /// At most the first 64 KiB.
    static func text(_ path: String) -> String? {
        guard let file = try? FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec]) else {
            return nil
        }
        defer { try? file.close() }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        guard let count = try? unsafe bytes.withUnsafeMutableBytes({ unsafe try file.read(into: $0) }) else {
            return nil
        }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }

    /// From /etc/group; the C library's own look-up does not work in a static program.
    static func groupName(_ group: gid_t) -> String? {
        for line in (text("/etc/group") ?? "").split(separator: "\n") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            if fields.count > 2, gid_t(fields[2]) == group { return String(fields[0]) }
        }
        return nil
    }
}
