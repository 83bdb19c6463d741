extension Compression {
    /// Whether reading the node fails in Linux with EIO although the data can be decompressed: an unknown codec, or a
    /// `usercompr` that makes a known one unknown.
    ///
    /// Linux looks for the number `compr | usercompr << 8`, and forgives a `usercompr` only up to zlib (compr.c:
    /// old kernels wrote rubbish there).
    public func isRefusedByLinux(userCompression: UInt8) -> Bool {
        !isKnownToLinux || (userCompression != 0 && rawValue > Compression.zlib.rawValue)
    }
}
