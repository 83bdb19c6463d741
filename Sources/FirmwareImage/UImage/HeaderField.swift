/// A field of a uImage header that holds one of a list of numbers: operating system, architecture, type, compression.
///
/// Numbers and names are those of U-Boot's `include/image.h` (`IH_OS_…`, `IH_ARCH_…`, `IH_TYPE_…`, `IH_COMP_…`), as
/// mkimage's options take them.
public enum HeaderField: String, Sendable, Hashable, CaseIterable {
    /// `ih_os`, mkimage's -O.
    case operatingSystem = "operating system"
    /// `ih_arch`, mkimage's -A.
    case architecture
    /// `ih_type`, mkimage's -T.
    case type
    /// `ih_comp`, mkimage's -C.
    case compression

    /// One number with its names.
    public struct Value: Sendable, Hashable {
        public let number: UInt8
        /// What options take: `arm`.
        public let name: String
        /// What listings show: `ARM`.
        public let title: String

        fileprivate init(_ number: UInt8, _ name: String, _ title: String) {
            self.number = number
            self.name = name
            self.title = title
        }
    }

    /// A word that names no number of the field.
    public struct Unknown: Error, Hashable, CustomStringConvertible {
        public let field: HeaderField
        public let text: String
        public var description: String {
            "'\(text)' is no \(field.rawValue); write a number up to 255 or one of "
                + field.values.map(\.name).joined(separator: ", ")
        }
    }

    /// The number that a name (in any case) or a number stands for.
    public func number(_ text: String) throws(Unknown) -> UInt8 {
        let wanted = text.lowercased()
        if let value = values.first(where: { $0.name == wanted }) { return value.number }
        if let other = Self.otherNames[wanted], self == .architecture { return other }
        let isHexadecimal = wanted.hasPrefix("0x")
        guard let number = UInt8(isHexadecimal ? String(wanted.dropFirst(2)) : wanted, radix: isHexadecimal ? 16 : 10)
        else { throw Unknown(field: self, text: text) }
        return number
    }

    /// The name for options; the number where there is none.
    public func name(_ number: UInt8) -> String {
        values.first { $0.number == number }?.name ?? "\(number)"
    }

    /// The name for listings.
    public func title(_ number: UInt8) -> String {
        values.first { $0.number == number }?.title ?? "unknown \(rawValue) \(number)"
    }

    /// What people write instead.
    private static let otherNames: [String: UInt8] = ["ppc": 7, "aarch64": 22, "i386": 3, "openrisc": 21]

    /// All numbers that have names.
    public var values: [Value] {
        switch self {
        case .operatingSystem: Self.operatingSystems
        case .architecture: Self.architectures
        case .type: Self.types
        case .compression: Self.compressions
        }
    }

    private static let operatingSystems = [
        Value(0, "invalid", "Invalid OS"), Value(1, "openbsd", "OpenBSD"), Value(2, "netbsd", "NetBSD"),
        Value(3, "freebsd", "FreeBSD"), Value(4, "4_4bsd", "4_4BSD"), Value(5, "linux", "Linux"),
        Value(6, "svr4", "SVR4"), Value(7, "esix", "Esix"), Value(8, "solaris", "Solaris"), Value(9, "irix", "Irix"),
        Value(10, "sco", "SCO"), Value(11, "dell", "Dell"), Value(12, "ncr", "NCR"), Value(13, "lynxos", "LynxOS"),
        Value(14, "vxworks", "VxWorks"), Value(15, "psos", "pSOS"), Value(16, "qnx", "QNX"),
        Value(17, "u-boot", "U-Boot"), Value(18, "rtems", "RTEMS"), Value(19, "artos", "ARTOS"),
        Value(20, "unity", "Unity OS"), Value(21, "integrity", "INTEGRITY"), Value(22, "ose", "Enea OSE"),
        Value(23, "plan9", "Plan 9"), Value(24, "openrtos", "OpenRTOS"),
        Value(25, "arm-trusted-firmware", "ARM Trusted Firmware"),
        Value(26, "tee", "Trusted Execution Environment"), Value(27, "opensbi", "RISC-V OpenSBI"),
        Value(28, "efi", "EFI Firmware"),
    ]

    private static let architectures = [
        Value(0, "invalid", "Invalid ARCH"), Value(1, "alpha", "Alpha"), Value(2, "arm", "ARM"),
        Value(3, "x86", "Intel x86"), Value(4, "ia64", "IA64"), Value(5, "mips", "MIPS"),
        Value(6, "mips64", "MIPS 64 Bit"), Value(7, "powerpc", "PowerPC"), Value(8, "s390", "IBM S390"),
        Value(9, "sh", "SuperH"), Value(10, "sparc", "SPARC"), Value(11, "sparc64", "SPARC 64 Bit"),
        Value(12, "m68k", "M68K"), Value(13, "nios", "NIOS"), Value(14, "microblaze", "MicroBlaze"),
        Value(15, "nios2", "NIOS II"), Value(16, "blackfin", "Blackfin"), Value(17, "avr32", "AVR32"),
        Value(18, "st200", "ST200"), Value(19, "sandbox", "Sandbox"), Value(20, "nds32", "NDS32"),
        Value(21, "or1k", "OpenRISC 1000"), Value(22, "arm64", "AArch64"), Value(23, "arc", "ARC"),
        Value(24, "x86_64", "AMD x86_64"), Value(25, "xtensa", "Xtensa"), Value(26, "riscv", "RISC-V"),
    ]

    private static let types = [
        Value(0, "invalid", "Invalid Image"), Value(1, "standalone", "Standalone Program"),
        Value(2, "kernel", "Kernel Image"), Value(3, "ramdisk", "RAMDisk Image"), Value(4, "multi", "Multi-File Image"),
        Value(5, "firmware", "Firmware"), Value(6, "script", "Script"), Value(7, "filesystem", "Filesystem Image"),
        Value(8, "flat_dt", "Flat Device Tree"), Value(14, "kernel_noload", "Kernel Image (no loading done)"),
        Value(22, "loadable", "Loadable Image"), Value(29, "fpga", "FPGA Image"),
        Value(31, "tee", "Trusted Execution Environment Image"), Value(32, "firmware_ivt", "Firmware with HABv4 IVT"),
        Value(39, "copro", "Coprocessor Image"),
    ]

    private static let compressions = [
        Value(0, "none", "uncompressed"), Value(1, "gzip", "gzip compressed"), Value(2, "bzip2", "bzip2 compressed"),
        Value(3, "lzma", "lzma compressed"), Value(4, "lzo", "lzo compressed"), Value(5, "lz4", "lz4 compressed"),
        Value(6, "zstd", "zstd compressed"),
    ]
}
