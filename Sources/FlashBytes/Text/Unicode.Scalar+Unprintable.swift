extension Unicode.Scalar {
    /// Whether it does something to a terminal or a listing, instead of being shown, or cannot be seen: control characters,
    /// what ends lines, turns the direction of text or has no width, and all spaces but the usual one. Another name would
    /// be read than there is.
    public var isUnprintable: Bool {
        if value < 0x7f { return value < 0x20 }
        if value < 0xa0 { return true }
        if properties.isDefaultIgnorableCodePoint { return true }
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .surrogate: return true
        // A pattern of dots without a dot.
        default: return value == 0x2800
        }
    }
}
