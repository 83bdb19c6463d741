extension Acquisition {
    /// What the user wants.
    public struct Request: Sendable {
        public var source: MemorySource
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
        /// Whether an earlier acquisition was cut short at this board.
        public var isResumed = false
        /// Whether the board is reset when all is read.
        public var resetsAtEnd = false
        /// Read once even if nothing can be verified.
        public var once = false
        /// Whether `saves` may be used.
        public var usesRecords = true

        public init(source: MemorySource) { self.source = source }
    }
}
