internal import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// An open, non-blocking file descriptor of a line: waiting, reading and writing for both kinds of transport.
struct LineDescriptor {
    let descriptor: Int32
    let name: String

    /// Waits for `events`; false when the time is over.
    private func wait(for events: Int32, _ timeout: Duration) throws(AcquisitionError) -> Bool {
        let end = ContinuousClock.now + timeout
        while true {
            try Interruption.check()
            let left = max(0, (end - .now).milliseconds)
            var request = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            let ready = unsafe poll(&request, 1, Int32(clamping: left))
            if ready > 0 {
                // POLLHUP comes with POLLIN while bytes are left.
                if Int32(request.revents) & events != 0 { return true }
                throw .disconnected(port: name)
            }
            if ready < 0, errno != EINTR { throw .disconnected(port: name) }
            if ready == 0, left == 0 || ContinuousClock.now >= end { return false }
        }
    }

    /// See `Transport.read(timeout:)`.
    func read(timeout: Duration) throws(AcquisitionError) -> [UInt8] {
        guard try wait(for: POLLIN, timeout) else { return [] }
        var count = -1
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 16384) { buffer, filled in
            count = unsafe recvOrRead(buffer.baseAddress, capacity: buffer.count)
            filled = max(0, count)
        }
        if count > 0 { return bytes }
        if count < 0, errno == EAGAIN || errno == EINTR { return [] }
        // 0 or EIO: hang-up.
        throw .disconnected(port: name)
    }

    @unsafe
    private func recvOrRead(_ buffer: UnsafeMutablePointer<UInt8>?, capacity: Int) -> Int {
        #if canImport(Glibc)
            return unsafe Glibc.read(descriptor, buffer, capacity)
        #elseif canImport(Musl)
            return unsafe Musl.read(descriptor, buffer, capacity)
        #else
            return unsafe Darwin.read(descriptor, buffer, capacity)
        #endif
    }

    /// See `Transport.write`. A line that takes nothing for ten seconds counts as gone.
    func write(_ bytes: [UInt8]) throws(AcquisitionError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard try wait(for: POLLOUT, .seconds(10)) else { throw .disconnected(port: name) }
            do {
                let count = try unsafe rest.withUnsafeBytes {
                    unsafe try FileDescriptor(rawValue: descriptor).write($0, retryOnInterrupt: false)
                }
                rest = rest.dropFirst(count)
            } catch let errno as Errno {
                if errno != .resourceTemporarilyUnavailable, errno != .interrupted { throw .disconnected(port: name) }
            } catch {
                throw .disconnected(port: name)
            }
        }
    }
}

/// A hundredth of a second.
func sleepBriefly() { _ = usleep(10_000) }
