extension OutputFile {
    /// Appends `count` bytes of `value`, a piece at a time.
    package func fill(_ value: UInt8, count: Int) throws(FileError) {
        let piece = [UInt8](repeating: value, count: min(max(count, 0), 1 << 20))
        var left = count
        while left > 0 {
            let part = min(left, piece.count)
            try write(unsafe piece.span.bytes.extracting(0..<part))
            left -= part
        }
    }
}
