/// What speaks against a dump that a log shows.
enum DumpDoubt: Hashable {
    /// It stops at a place behind which something is missing, as what would end a sentence: "the record that ends it".
    case stops(at: UInt64, without: String)
    /// Something else, as a sentence; where in the dump, nobody knows.
    case said(String)
    /// The same, unless a sum in the log proves the dump.
    case mayLack(String)
}
