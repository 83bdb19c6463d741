extension Acquisition {
    /// What the user wants.
    public struct Request: Sendable {
        public var source: MemorySource
        /// Whether it is a partition, behind which something else begins.
        public var isPartition = false
        /// Where in RAM flash is read to; found out if nil.
        public var ramAddress: UInt64?
        /// Block size; chosen if nil.
        public var blockSize: Int?
        /// Images that the user has already.
        public var have: [[UInt8]] = []
        /// The rate to change to.
        public var fasterBaudRate: Int?
        /// Catch the boot of a board that is being switched on.
        public var powerOn = false
        /// Keys that stop the boot, instead of those that its text asks for.
        public var stopKeys: [UInt8]?
        /// A password that the boot loader may ask for.
        public var password: String?
        /// Whether an earlier acquisition may have left the board in a command that waits for Enter.
        public var mayHaveLeftQuestion = false
        /// Whether the memory that is read is flash, which a reset does not change.
        public var isMappedFlash = false
        /// Which chip, where there are more: `1:0` for `sf probe`, `1` for `mmc dev`.
        public var chip: String?
        /// Whether the board is reset when all is read.
        public var resetsAtEnd = false
        /// Read once even if nothing can be verified.
        public var once = false
        /// Whether the board's crc32 may be used.
        public var usesChecksums = true
        /// Whether commands are entered where nothing that is typed comes back.
        public var typesBlindly = false
        /// Whether `saves` may be used.
        public var usesRecords = true

        public init(source: MemorySource) { self.source = source }
    }
}
