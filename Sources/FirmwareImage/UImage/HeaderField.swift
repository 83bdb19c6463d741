/// A field of a uImage header that holds one of a list of numbers: operating system, architecture, type, compression.
///
/// Numbers and names are those of U-Boot's `include/image.h` (`IH_OS_…`, `IH_ARCH_…`, `IH_TYPE_…`, `IH_COMP_…`), as
/// mkimage's options take them.
package enum HeaderField: String, Sendable, Hashable, CaseIterable {
    /// `ih_os`, mkimage's -O.
    case operatingSystem = "operating system"
    /// `ih_arch`, mkimage's -A.
    case architecture
    /// `ih_type`, mkimage's -T.
    case type
    /// `ih_comp`, mkimage's -C.
    case compression

    /// One number with its names.
    package struct Value: Sendable, Hashable {
        /// What stands in the header.
        package let number: UInt8
        /// What options take: `arm`.
        package let name: String
        /// What listings show: `ARM`.
        package let title: String

        fileprivate init(number: UInt8, name: String, title: String) {
            self.number = number
            self.name = name
            self.title = title
        }
    }

    /// A word that names no number of the field.
    package struct Unknown: Error, Hashable, CustomStringConvertible {
        /// The field that it was meant for.
        package let field: HeaderField
        /// The word.
        package let text: String
        /// The word, and those that there are.
        package var description: String {
            "'\(text)' is no \(field.rawValue); write a number up to 255 or one of "
                + field.values.map(\.name).joined(separator: ", ")
        }
    }

    /// The number that a name (in any case) or a number stands for.
    package func number(_ text: String) throws(Unknown) -> UInt8 {
        let wanted = text.lowercased()
        if let value = values.first(where: { $0.name == wanted }) { return value.number }
        if let other = Self.otherNames[wanted], self == .architecture { return other }
        let isHexadecimal = wanted.hasPrefix("0x")
        guard let number = UInt8(isHexadecimal ? String(wanted.dropFirst(2)) : wanted, radix: isHexadecimal ? 16 : 10)
        else { throw Unknown(field: self, text: text) }
        return number
    }

    /// The name for options; the number where there is none.
    package func name(_ number: UInt8) -> String {
        values.first { $0.number == number }?.name ?? "\(number)"
    }

    /// The name for listings.
    package func title(_ number: UInt8) -> String {
        values.first { $0.number == number }?.title ?? "unknown \(rawValue) \(number)"
    }

    /// What people write instead.
    private static let otherNames: [String: UInt8] = ["ppc": 7, "aarch64": 22, "i386": 3, "openrisc": 21]

    /// All numbers that have names.
    package var values: [Value] {
        switch self {
        case .operatingSystem: Self.operatingSystems
        case .architecture: Self.architectures
        case .type: Self.types
        case .compression: Self.compressions
        }
    }

    private static let operatingSystems = [
        Value(number: 0, name: "invalid", title: "Invalid OS"), Value(number: 1, name: "openbsd", title: "OpenBSD"),
        Value(number: 2, name: "netbsd", title: "NetBSD"),
        Value(number: 3, name: "freebsd", title: "FreeBSD"), Value(number: 4, name: "4_4bsd", title: "4_4BSD"),
        Value(number: 5, name: "linux", title: "Linux"),
        Value(number: 6, name: "svr4", title: "SVR4"), Value(number: 7, name: "esix", title: "Esix"),
        Value(number: 8, name: "solaris", title: "Solaris"), Value(number: 9, name: "irix", title: "Irix"),
        Value(number: 10, name: "sco", title: "SCO"), Value(number: 11, name: "dell", title: "Dell"),
        Value(number: 12, name: "ncr", title: "NCR"), Value(number: 13, name: "lynxos", title: "LynxOS"),
        Value(number: 14, name: "vxworks", title: "VxWorks"), Value(number: 15, name: "psos", title: "pSOS"),
        Value(number: 16, name: "qnx", title: "QNX"),
        Value(number: 17, name: "u-boot", title: "U-Boot"), Value(number: 18, name: "rtems", title: "RTEMS"),
        Value(number: 19, name: "artos", title: "ARTOS"),
        Value(number: 20, name: "unity", title: "Unity OS"), Value(number: 21, name: "integrity", title: "INTEGRITY"),
        Value(number: 22, name: "ose", title: "Enea OSE"),
        Value(number: 23, name: "plan9", title: "Plan 9"), Value(number: 24, name: "openrtos", title: "OpenRTOS"),
        Value(number: 25, name: "arm-trusted-firmware", title: "ARM Trusted Firmware"),
        Value(number: 26, name: "tee", title: "Trusted Execution Environment"),
        Value(number: 27, name: "opensbi", title: "RISC-V OpenSBI"),
        Value(number: 28, name: "efi", title: "EFI Firmware"),
    ]

    private static let architectures = [
        Value(number: 0, name: "invalid", title: "Invalid ARCH"), Value(number: 1, name: "alpha", title: "Alpha"),
        Value(number: 2, name: "arm", title: "ARM"),
        Value(number: 3, name: "x86", title: "Intel x86"), Value(number: 4, name: "ia64", title: "IA64"),
        Value(number: 5, name: "mips", title: "MIPS"),
        Value(number: 6, name: "mips64", title: "MIPS 64 Bit"), Value(number: 7, name: "powerpc", title: "PowerPC"),
        Value(number: 8, name: "s390", title: "IBM S390"),
        Value(number: 9, name: "sh", title: "SuperH"), Value(number: 10, name: "sparc", title: "SPARC"),
        Value(number: 11, name: "sparc64", title: "SPARC 64 Bit"),
        Value(number: 12, name: "m68k", title: "M68K"), Value(number: 13, name: "nios", title: "NIOS"),
        Value(number: 14, name: "microblaze", title: "MicroBlaze"),
        Value(number: 15, name: "nios2", title: "NIOS II"), Value(number: 16, name: "blackfin", title: "Blackfin"),
        Value(number: 17, name: "avr32", title: "AVR32"),
        Value(number: 18, name: "st200", title: "ST200"), Value(number: 19, name: "sandbox", title: "Sandbox"),
        Value(number: 20, name: "nds32", title: "NDS32"),
        Value(number: 21, name: "or1k", title: "OpenRISC 1000"), Value(number: 22, name: "arm64", title: "AArch64"),
        Value(number: 23, name: "arc", title: "ARC"),
        Value(number: 24, name: "x86_64", title: "AMD x86_64"), Value(number: 25, name: "xtensa", title: "Xtensa"),
        Value(number: 26, name: "riscv", title: "RISC-V"),
    ]

    private static let types = [
        Value(number: 0, name: "invalid", title: "Invalid Image"),
        Value(number: 1, name: "standalone", title: "Standalone Program"),
        Value(number: 2, name: "kernel", title: "Kernel Image"),
        Value(number: 3, name: "ramdisk", title: "RAMDisk Image"),
        Value(number: 4, name: "multi", title: "Multi-File Image"),
        Value(number: 5, name: "firmware", title: "Firmware"), Value(number: 6, name: "script", title: "Script"),
        Value(number: 7, name: "filesystem", title: "Filesystem Image"),
        Value(number: 8, name: "flat_dt", title: "Flat Device Tree"),
        Value(number: 14, name: "kernel_noload", title: "Kernel Image (no loading done)"),
        Value(number: 22, name: "loadable", title: "Loadable Image"),
        Value(number: 29, name: "fpga", title: "FPGA Image"),
        Value(number: 31, name: "tee", title: "Trusted Execution Environment Image"),
        Value(number: 32, name: "firmware_ivt", title: "Firmware with HABv4 IVT"),
        Value(number: 39, name: "copro", title: "Coprocessor Image"),
    ]

    private static let compressions = [
        Value(number: 0, name: "none", title: "uncompressed"), Value(number: 1, name: "gzip", title: "gzip compressed"),
        Value(number: 2, name: "bzip2", title: "bzip2 compressed"),
        Value(number: 3, name: "lzma", title: "lzma compressed"),
        Value(number: 4, name: "lzo", title: "lzo compressed"), Value(number: 5, name: "lz4", title: "lz4 compressed"),
        Value(number: 6, name: "zstd", title: "zstd compressed"),
    ]
}
