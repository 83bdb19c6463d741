/// How much of the stored bytes of a node its data takes: what else is stored there, no reader shows.
struct StreamUse {
    /// How many of the stored bytes, from the first on.
    var stored: Int
    /// What the stream gives behind the node's data, up to `most` bytes.
    var surplus: [UInt8] = []

    /// Of what comes behind the data so much is looked at (bytes).
    static let most = 64 << 10
}
