extension Unicode.Scalar {
    /// Whether it does something to a terminal or a listing, instead of being shown: control characters, and what ends lines
    /// or turns the direction of text, so that another name is read than there is.
    public var isUnprintable: Bool {
        switch value {
        case 0..<0x20, 0x7f...0x9f, 0x61c, 0x200e...0x200f, 0x2028...0x202e, 0x2066...0x2069: true
        default: false
        }
    }
}
