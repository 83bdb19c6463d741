#if os(Linux)
    import SystemPackage

    #if canImport(Glibc)
        import Glibc
    #elseif canImport(Musl)
        import Musl
    #endif

    /// A block device that is a file, as losetup makes it.
    enum LoopDevice {
        // linux/loop.h
        private static let setFile: UInt = 0x4c00
        private static let clearFile: UInt = 0x4c01
        private static let findFree: UInt = 0x4c82

        /// What could not be done.
        struct Trouble: Error, CustomStringConvertible {
            /// A sentence without capital and full stop.
            let description: String

            init(_ what: String) { description = "\(what): \(unsafe String(cString: strerror(errno)))" }
            init(sentence: String) { description = sentence }
        }

        /// - Returns: `/dev/loop0`.
        static func attach(_ path: String) throws(Trouble) -> String {
            let file = unsafe open(path, O_RDWR | O_CLOEXEC)
            guard file >= 0 else { throw Trouble(path) }
            defer { close(file) }
            let control = unsafe open("/dev/loop-control", O_RDWR | O_CLOEXEC)
            guard control >= 0 else { throw Trouble("/dev/loop-control") }
            defer { close(control) }
            for _ in 0..<100 {
                let number = ioctl(control, findFree)
                guard number >= 0 else { throw Trouble("/dev/loop-control: there is no free loop device") }
                let device = "/dev/loop\(number)"
                let loop = unsafe open(device, O_RDWR | O_CLOEXEC)
                guard loop >= 0 else { throw Trouble(device) }
                defer { close(loop) }
                if ioctl(loop, setFile, file) == 0 { return device }
                // Somebody else was faster.
                guard errno == EBUSY else { throw Trouble(device) }
            }
            throw Trouble("/dev/loop-control: there is no free loop device")
        }

        /// Gives it back: at once, or when nobody uses it any more. One that is something else by now is left alone.
        static func detach(_ device: String, from path: String) {
            let name = String(device.dropFirst("/dev/".count))
            let backing = KernelModule.text("/sys/block/\(name)/loop/backing_file")
            guard backing == path + "\n" || backing == path + " (deleted)\n" else { return }
            let loop = unsafe open(device, O_RDWR | O_CLOEXEC)
            guard loop >= 0 else { return }
            _ = ioctl(loop, clearFile)
            close(loop)
        }
    }

    /// A flash that is a loop device, as block2mtd makes it.
    enum FlashOnLoop {
        static let parameter = "/sys/module/block2mtd/parameters/block2mtd"

        /// - Parameter eraseSize: divides the size of the device (bytes).
        /// - Returns: the name of the flash, `mtd0`.
        static func make(of device: String, eraseSize: Int) throws(LoopDevice.Trouble) -> String {
            do {
                let file = try FileDescriptor.open(FilePath(parameter), .writeOnly, options: .closeOnExec)
                defer { try? file.close() }
                try file.writeAll("\(device),\(eraseSize)".utf8)
            } catch {
                throw LoopDevice.Trouble(
                    sentence:
                        "\(parameter): \(error), for a flash of \(device) with erase blocks of \(eraseSize) bytes; "
                        + "'dmesg' says more")
            }
            // Each line: mtd0: SIZE ERASESIZE "block2mtd: /dev/loop0"
            let lines = KernelModule.text("/proc/mtd").split(separator: "\n")
            guard let line = lines.last(where: { $0.hasSuffix("\(device)\"") }),
                let name = line.split(separator: ":").first
            else {
                throw LoopDevice.Trouble(sentence: "block2mtd made no flash of \(device); 'dmesg' says why")
            }
            return String(name)
        }
    }
#endif
