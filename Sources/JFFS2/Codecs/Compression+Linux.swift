extension Compression {
    /// Whether Linux has a decoder for it, if all of its JFFS2 options are switched on.
    ///
    /// LZMA is in the kernels of OpenWrt and dd-wrt only; rubin is switched off in most kernels.
    public var isKnownToLinux: Bool {
        switch self {
        case .none, .zero, .rtime, .rubinmips, .dynrubin, .zlib, .lzo: true
        default: false
        }
    }

    /// Whether reading the node fails in Linux with EIO although the data can be decompressed: an unknown codec, or a
    /// `usercompr` that makes a known one unknown.
    ///
    /// Linux looks for the number `compr | usercompr << 8`, and forgives a `usercompr` only up to zlib (compr.c:
    /// old kernels wrote rubbish there).
    public func isRefusedByLinux(userCompression: UInt8) -> Bool {
        !isKnownToLinux || (userCompression != 0 && rawValue > Compression.zlib.rawValue)
    }
}
