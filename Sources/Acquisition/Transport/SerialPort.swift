internal import FlashBytes
internal import SystemPackage

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
    internal import IOKit
    internal import IOKit.serial
#endif

/// The serial ports of this computer.
package struct SerialPort: Hashable, Sendable {
    /// `/dev/ttyUSB0`
    package var path: String
    /// What the USB device calls itself; empty for ports on the board.
    package var name: String

    /// All ports, sorted.
    package static func all() -> [SerialPort] {
        #if os(Linux)
            all(in: "/sys/class/tty")
        #else
            registry().sorted { $0.path < $1.path }
        #endif
    }

    #if os(Linux)
        /// The ports in a directory of sysfs.
        static func all(in directory: String) -> [SerialPort] {
            names(in: directory).filter { exists("\(directory)/\($0)/device") }
                .filter { !$0.hasPrefix("ttyS") || isReal("\(directory)/\($0)") }
                .map { SerialPort(path: "/dev/\($0)", name: usbName("\(directory)/\($0)")) }
                .sorted { $0.path < $1.path }
        }

        /// A ttyS without a UART behind it has type 0.
        private static func isReal(_ port: String) -> Bool {
            SmallFile.text("\(port)/type").map { !$0.hasPrefix("0") } ?? true
        }

        /// The USB device is one of the directories above the port.
        private static func usbName(_ port: String) -> String {
            var directory = "\(port)/device"
            for _ in 0..<4 {
                if let product = SmallFile.text(directory + "/product") {
                    let maker = SmallFile.text(directory + "/manufacturer") ?? ""
                    return [maker, product].map { String($0.filter { !$0.isNewline }) }.filter { !$0.isEmpty }
                        .joined(separator: " ")
                }
                directory += "/.."
            }
            return ""
        }

        private static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

        /// What is in a directory, without what is hidden; empty if it cannot be read.
        static func names(in directory: String) -> [String] {
            var names: [String] = []
            // What was read of a process that ends meanwhile still counts.
            try? DirectoryNames.forEach(in: directory) { name, _ in
                if name.first != UInt8(ascii: ".") { names.append(String(decoding: name, as: UTF8.self)) }
            }
            return names
        }
    #else
        private static func registry() -> [SerialPort] {
            var iterator: io_iterator_t = 0
            guard let matching = unsafe IOServiceMatching(kIOSerialBSDServiceValue),
                unsafe IOServiceGetMatchingServices(kIOMainPortDefault, matching, &iterator) == KERN_SUCCESS
            else { return [] }
            defer { IOObjectRelease(iterator) }
            var ports: [SerialPort] = []
            while case let service = IOIteratorNext(iterator), service != 0 {
                defer { IOObjectRelease(service) }
                guard let path = property(service, key: kIOCalloutDeviceKey, deep: false) else { continue }
                ports.append(SerialPort(path: path, name: property(service, key: "USB Product Name", deep: true) ?? ""))
            }
            return ports
        }

        private static func property(_ service: io_object_t, key: String, deep: Bool) -> String? {
            let options = deep ? IOOptionBits(kIORegistryIterateRecursively | kIORegistryIterateParents) : 0
            return unsafe IORegistryEntrySearchCFProperty(
                service, kIOServicePlane, key as CFString, kCFAllocatorDefault, options) as? String
        }
    #endif
}
