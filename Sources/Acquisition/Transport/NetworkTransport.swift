internal import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// A console server at a TCP address: ser2net, a terminal server, an emulator. Telnet negotiation is refused politely.
package final class NetworkTransport: Transport {
    package let name: String
    package var baudRate: Int? { nil }
    private let host: String
    private let port: String
    private var line: LineDescriptor?
    private var telnet = TelnetFilter()

    /// - Parameter address: `host:port` or `[v6]:port`; nil if it is neither.
    package init?(address: String) {
        guard !address.contains("/"), let colon = address.lastIndex(of: ":") else { return nil }
        let port = address[address.index(after: colon)...]
        var host = address[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, UInt16(port) != nil else { return nil }
        name = address
        self.host = String(host)
        self.port = String(port)
    }

    deinit { close() }

    /// A console server keeps that to itself.
    package var otherUsers: [String] { [] }

    package func open() throws(AcquisitionError) {
        close()
        telnet = TelnetFilter()
        var hints = unsafe addrinfo()
        #if canImport(Glibc)
            unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
            unsafe hints.ai_socktype = Int32(SOCK_STREAM)
        #endif
        var found: UnsafeMutablePointer<addrinfo>?
        let status = unsafe getaddrinfo(host, port, &hints, &found)
        guard status == 0 else {
            throw .unreachable(address: name, reason: unsafe String(cString: gai_strerror(status)))
        }
        defer { unsafe freeaddrinfo(found) }
        var reason = "no address"
        var next = unsafe found
        while let address = unsafe next {
            let info = unsafe address.pointee
            unsafe next = info.ai_next
            let descriptor = socket(unsafe info.ai_family, unsafe info.ai_socktype, unsafe info.ai_protocol)
            guard descriptor >= 0 else { continue }
            if unsafe connect(descriptor, info.ai_addr, info.ai_addrlen) == 0 {
                _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
                _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
                var yes: Int32 = 1
                // A command is a few bytes that wait for their echo.
                _ = unsafe setsockopt(
                    descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
                line = LineDescriptor(descriptor: descriptor, name: name)
                return
            }
            reason = Errno(rawValue: errno).description
            try? FileDescriptor(rawValue: descriptor).close()
        }
        throw .unreachable(address: name, reason: reason)
    }

    package func close() {
        if let descriptor = line?.descriptor { try? FileDescriptor(rawValue: descriptor).close() }
        line = nil
    }

    package func read(timeout: Duration) throws(AcquisitionError) -> [UInt8] {
        guard let line else { throw .disconnected(port: name) }
        let (text, answer) = telnet.filter(try line.read(timeout: timeout))
        if !answer.isEmpty { try line.write(answer) }
        return text
    }

    package func write(_ bytes: [UInt8]) throws(AcquisitionError) {
        guard let line else { throw .disconnected(port: name) }
        // Nothing that is sent contains 0xFF, so telnet needs no doubling.
        try line.write(bytes)
    }

    package func setBaudRate(_ rate: Int) throws(AcquisitionError) { throw .rateRefused(port: name, rate: rate) }
}

/// Takes telnet's negotiation (RFC 854) out of a stream and says no to all of it but echo and full duplex.
struct TelnetFilter {
    private var pending: [UInt8] = []
    private static let interpretAsCommand: UInt8 = 255
    private static let (will, wont, `do`, dont): (UInt8, UInt8, UInt8, UInt8) = (251, 252, 253, 254)

    mutating func filter(_ bytes: [UInt8]) -> (text: [UInt8], answer: [UInt8]) {
        if pending.isEmpty, !bytes.contains(Self.interpretAsCommand) { return (bytes, []) }
        var text: [UInt8] = []
        var answer: [UInt8] = []
        for byte in bytes {
            switch (pending.count, byte) {
            case (0, Self.interpretAsCommand): pending = [byte]
            case (0, _): text.append(byte)
            case (1, Self.will...Self.dont): pending.append(byte)
            case (1, Self.interpretAsCommand):
                text.append(byte)
                pending = []
            case (1, 240...250): pending = []
            case (1, _):
                // No telnet at all, but a disturbed line.
                text += pending + [byte]
                pending = []
            default:
                let isWanted = byte == 1 || byte == 3
                if pending[1] == Self.will {
                    answer += [Self.interpretAsCommand, isWanted ? Self.do : Self.dont, byte]
                } else if pending[1] == Self.do {
                    answer += [Self.interpretAsCommand, Self.wont, byte]
                }
                pending = []
            }
        }
        return (text, answer)
    }
}
