internal import FlashBytes

/// Where in its memory a board can put what it reads from flash, as its own texts show.
package struct LoadAddress: Sendable, Hashable {
    /// In the board's address space.
    package let address: UInt64
    /// What shows it, as a phrase: `'sf read 0x82000000 …' in line 12`.
    package let evidence: String

    /// An address, and what shows it.
    package init(address: UInt64, evidence: String) {
        self.address = address
        self.evidence = evidence
    }

    /// Looks for it in the lines of a text.
    struct Search {
        /// The best that was found, and how good it is; 0 is best.
        private var found: (rank: Int, address: LoadAddress)?
        /// `DRAM bank` of `bdinfo`.
        private var bankStart: UInt64?

        var result: LoadAddress? { found?.address }

        /// Commands that write to memory; the address is the first number behind them.
        private static let commands: [StaticString] = [
            "sf read ", "nand read ", "nand read.jffs2 ", "nand read.e ", "tftpboot ", "tftp ", "fatload mmc 0 ",
            "fatload mmc 0:1 ",
        ]
        /// Variables that hold such an address.
        private static let variables: [StaticString] = ["baseaddr=", "loadaddr=", "kernel_addr_r=", "fileaddr="]

        /// Where boot loaders of these chips put what they read, as OpenIPC lists it for its installations; the first
        /// part of the chip's name counts.
        private static let chips: [(name: StaticString, address: UInt64)] = [
            // DRAM at 0x40000000.
            ("hi3516ev200", 0x4200_0000), ("hi3516ev300", 0x4200_0000), ("hi3518ev300", 0x4200_0000),
            ("hi3516dv200", 0x4200_0000), ("gk7205v", 0x4200_0000), ("gk7202v", 0x4200_0000), ("gk7605v", 0x4200_0000),
            // DRAM at 0x80000000.
            ("hi3518ev100", 0x8200_0000), ("hi3518ev200", 0x8200_0000), ("hi3518ev201", 0x8200_0000),
            ("hi3516cv100", 0x8200_0000), ("hi3516cv200", 0x8200_0000), ("hi3518cv100", 0x8200_0000),
            ("hi3518av100", 0x8200_0000), ("ssc335", 0x2100_0000), ("ssc337", 0x2100_0000), ("ssc325", 0x2100_0000),
            ("msc313e", 0x2100_0000), ("msc316d", 0x2100_0000), ("nt98566", 0x0310_0000), ("xm530", 0x8100_0000),
            ("xm550", 0x8100_0000), ("ak3918ev200", 0x8180_8000), ("fh8852v200", 0xa100_0000),
            ("isvp_t10", 0x8060_0000), ("isvp_t20", 0x8060_0000), ("isvp_t21", 0x8060_0000), ("isvp_t31", 0x8060_0000),
            ("xburst t10", 0x8060_0000), ("xburst t20", 0x8060_0000), ("xburst t21", 0x8060_0000),
            ("xburst t31", 0x8060_0000),
        ]

        mutating func read(_ line: TextLine) {
            let bytes = line.bytes
            if found?.rank != 0, bytes.contains("0x") || bytes.contains("read ") || bytes.contains("tftp") {
                readCommands(line)
            }
            if best(1) {
                if let at = bytes.firstRange(of: "from Legacy Image at ") ?? bytes.firstRange(of: "from FIT Image at ")
                {
                    let digits = bytes[at.upperBound...].prefix { $0.isHexDigit }
                    if let number = digits.number(base: 16) {
                        take(1, address: number, evidence: "the kernel's image lies there, line \(line.number)")
                    }
                }
            }
            if best(2) { readVariables(line) }
            if best(3) { readMemory(line) }
            if best(4) { readChip(line) }
        }

        private func best(_ rank: Int) -> Bool { found.map { $0.rank > rank } ?? true }

        private mutating func take(_ rank: Int, address: UInt64, evidence: String) {
            guard best(rank), address > 0, address <= UInt64(UInt32.max) else { return }
            found = (rank, LoadAddress(address: address, evidence: evidence))
        }

        private mutating func readCommands(_ line: TextLine) {
            for command in Self.commands {
                guard let at = line.bytes.firstRange(of: command) else { continue }
                let word = line.bytes[at.upperBound...].prefix { $0.isLetterOrDigit }
                // U-Boot takes hexadecimal digits with and without 0x; a name of a variable is none.
                let digits = word.hasPrefix("0x") ? word.dropFirst(2) : word
                guard digits.count >= 4, let number = digits.number(base: 16) else { continue }
                take(0, address: number, evidence: "'\(command)\(word.text)' in line \(line.number)")
                return
            }
        }

        private mutating func readVariables(_ line: TextLine) {
            for variable in Self.variables {
                guard let at = line.bytes.firstRange(of: variable) else { continue }
                let before = line.bytes[..<at.lowerBound].last
                if before?.isLetterOrDigit == true || before == UInt8(ascii: "_") { continue }
                let word = line.bytes[at.upperBound...].prefix { $0.isLetterOrDigit }
                let digits = word.hasPrefix("0x") ? word.dropFirst(2) : word
                guard digits.count >= 4, let number = digits.number(base: 16) else { continue }
                take(2, address: number, evidence: "'\(variable)\(word.text)' in line \(line.number)")
                return
            }
        }

        /// `-> start    = 0x80000000` and `-> size     = 0x04000000`, or `memstart` and `memsize`, of `bdinfo`.
        private mutating func readMemory(_ line: TextLine) {
            func value(_ names: [StaticString]) -> UInt64? {
                guard names.contains(where: line.bytes.contains),
                    let equals = line.bytes.firstIndex(of: UInt8(ascii: "="))
                else { return nil }
                return line.bytes[(equals + 1)...].trimmed.hexadecimal
            }
            if let start = value(["-> start", "memstart"]) {
                if bankStart == nil { bankStart = start }
            } else if let size = value(["-> size", "memsize"]), let start = bankStart, size >= 16 << 20, size <= 1 << 32
            {
                // In the middle: the boot loader lies near one end of it.
                take(
                    3, address: start &+ size / 2,
                    evidence: "the middle of the memory that bdinfo shows, line \(line.number)")
            }
        }

        /// The first two letters of the chips' names, small and large.
        private static let stems: BytePairs = {
            var known: Set<[UInt8]> = []
            for chip in chips {
                let first = unsafe [chip.name.utf8Start[0], chip.name.utf8Start[1]]
                for large in 0..<4 {
                    known.insert(
                        first.enumerated().map { index, letter in large >> index & 1 == 1 ? letter & 0xdf : letter })
                }
            }
            return BytePairs(known.map { ($0[0], $0[1]) })
        }()

        private mutating func readChip(_ line: TextLine) {
            // Few lines have such letters at all.
            guard line.bytes.count <= 512, hasStem(line.bytes) else { return }
            var lower = line.bytes
            for index in lower.indices where (0x41...0x5a).contains(lower[index]) { lower[index] |= 0x20 }
            for (name, address) in Self.chips where lower.contains(name) {
                return take(4, address: address, evidence: "boards with '\(name)' (line \(line.number)) read there")
            }
        }

        private func hasStem(_ bytes: ArraySlice<UInt8>) -> Bool {
            let span = unsafe bytes.span.bytes
            return Self.stems.firstOffset(in: span, range: 0..<span.byteCount) < span.byteCount
        }
    }
}
