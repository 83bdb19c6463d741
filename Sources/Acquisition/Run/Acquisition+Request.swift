extension Acquisition {
    /// What the user wants.
    package struct Request: Sendable {
        package var source: MemorySource
        /// Whether it is a partition, behind which something else begins.
        package var isPartition = false
        /// Where in RAM flash is read to; found out if nil.
        package var ramAddress: UInt64?
        /// Block size; chosen if nil.
        package var blockSize: Int?
        /// Images that the user has already.
        package var have: [[UInt8]] = []
        /// The rate to change to.
        package var fasterBaudRate: Int?
        /// Catch the boot of a board that is being switched on.
        package var powerOn = false
        /// Keys that stop the boot, instead of those that its text asks for.
        package var stopKeys: [UInt8]?
        /// A password that the boot loader may ask for.
        package var password: String?
        /// Whether an earlier acquisition may have left the board in a command that waits for Enter.
        package var mayHaveLeftQuestion = false
        /// Whether the memory that is read is flash, which a reset does not change.
        package var isMappedFlash = false
        /// Which chip, where there are more: `1:0` for `sf probe`, `1` for `mmc dev`.
        package var chip: String?
        /// Whether the board is reset when all is read.
        package var resetsAtEnd = false
        /// Read once even if nothing can be verified.
        package var once = false
        /// Whether the board's crc32 may be used.
        package var usesChecksums = true
        /// Whether commands are entered where nothing that is typed comes back.
        package var typesBlindly = false
        /// Whether `saves` may be used.
        package var usesRecords = true

        package init(source: MemorySource) { self.source = source }
    }
}
