#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Any baud rate, not only those of termios' table.
enum TerminalSpeed {
    #if os(Linux)
        // asm-generic/ioctls.h and asm-generic/termbits.h: `struct termios2` has four flag words, the line
        // discipline with 19 control characters (20 bytes), and the two rates as numbers. The C library's headers
        // do not have it, since it collides with theirs.
        private static let getSettings: UInt = 0x802c_542a
        private static let putSettings: UInt = 0x402c_542b
        private static let wordCount = 11
        private static let controlFlags = 2
        private static let inputSpeed = 9
        private static let outputSpeed = 10
        private static let rateMask: UInt32 = 0o10017
        private static let otherRate: UInt32 = 0o10000

        /// Sets both directions to `rate`; false if the driver did something else.
        static func set(_ rate: Int, on descriptor: Int32) -> Bool {
            guard let rate = UInt32(exactly: rate), rate > 0 else { return false }
            var settings = [UInt32](repeating: 0, count: wordCount)
            guard control(descriptor, request: getSettings, settings: &settings) == 0 else { return false }
            settings[controlFlags] &= ~(rateMask | rateMask << 16)
            settings[controlFlags] |= otherRate | otherRate << 16
            settings[inputSpeed] = rate
            settings[outputSpeed] = rate
            guard control(descriptor, request: putSettings, settings: &settings) == 0,
                control(descriptor, request: getSettings, settings: &settings) == 0
            else { return false }
            // A driver answers with what its divider gives; more than 3 % off does not work on a UART.
            let difference = Int64(settings[outputSpeed]) - Int64(rate)
            return abs(difference) * 100 <= Int64(rate) * 3
        }

        private static func control(_ descriptor: Int32, request: UInt, settings: inout [UInt32]) -> Int32 {
            unsafe settings.withUnsafeMutableBytes { buffer in
                guard let address = buffer.baseAddress else { return -1 }
                #if canImport(Musl)
                    return unsafe ioctl(descriptor, Int32(truncatingIfNeeded: request), address)
                #else
                    return unsafe ioctl(descriptor, request, address)
                #endif
            }
        }
    #else
        /// IOKit/serial/ioss.h: `_IOW('T', 2, speed_t)`.
        private static let setSpeed: UInt = 0x8008_5402

        /// Sets both directions to `rate`; false if the driver does not take it.
        static func set(_ rate: Int, on descriptor: Int32) -> Bool {
            guard rate > 0 else { return false }
            var speed = speed_t(rate)
            if unsafe ioctl(descriptor, setSpeed, &speed) == 0 { return true }
            // A pty knows the classic way only.
            var settings = termios()
            guard unsafe tcgetattr(descriptor, &settings) == 0, unsafe cfsetspeed(&settings, speed) == 0 else {
                return false
            }
            return unsafe tcsetattr(descriptor, TCSANOW, &settings) == 0
        }
    #endif
}
