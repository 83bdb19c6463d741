extension Array<UInt8> {
    /// A copy of all of `bytes`.
    public init(_ bytes: RawSpan) {
        self = unsafe bytes.withUnsafeBytes { unsafe Array($0) }
    }
}
