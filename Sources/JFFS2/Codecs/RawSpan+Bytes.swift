/// Single bytes by position, checked: what the codecs that are written here work with.
extension RawSpan {
    /// The byte at `position`, which must be inside.
    @inline(__always)
    subscript(byte position: Int) -> UInt8 { unsafe unsafeLoad(fromByteOffset: position, as: UInt8.self) }
}

extension MutableRawSpan {
    /// The byte at `position`, which must be inside.
    @inline(__always)
    subscript(byte position: Int) -> UInt8 {
        get { unsafe unsafeLoad(fromByteOffset: position, as: UInt8.self) }
        set { storeBytes(of: newValue, toByteOffset: position, as: UInt8.self) }
    }

    /// Copies the first `count` bytes of `source`, which must have them, to `position`, where they must fit.
    @inline(__always)
    mutating func copy(_ source: RawSpan, range: Range<Int>, to position: Int) {
        let part = source.extracting(range)
        precondition(position >= 0 && position <= byteCount && range.count <= byteCount - position)
        unsafe withUnsafeMutableBytes { target in
            unsafe part.withUnsafeBytes { source in
                guard let base = target.baseAddress, let from = source.baseAddress else { return }
                unsafe (base + position).copyMemory(from: from, byteCount: source.count)
            }
        }
    }

    /// Repeats `count` bytes from `distance` bytes before `position` at `position`, in the way of LZ77: bytes that were
    /// just written may be read again.
    ///
    /// The caller has checked that `1 <= distance <= position` and that the bytes fit.
    @inline(__always)
    mutating func repeatBytes(distance: Int, count: Int, at position: Int) {
        precondition(
            distance > 0 && distance <= position && position <= byteCount && count >= 0
                && count <= byteCount - position)
        unsafe withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else { return }
            let target = unsafe base + position
            let source = unsafe target - distance
            if distance >= count {
                unsafe target.copyMemory(from: source, byteCount: count)
            } else if distance == 1 {
                unsafe UnsafeMutableRawBufferPointer(start: target, count: count)
                    .initializeMemory(as: UInt8.self, repeating: source.load(as: UInt8.self))
            } else {
                for index in 0..<count {
                    unsafe target.storeBytes(
                        of: source.load(fromByteOffset: index, as: UInt8.self), toByteOffset: index, as: UInt8.self)
                }
            }
        }
    }

    /// Sets all bytes from `position` on to zero.
    mutating func zero(from position: Int) {
        if position < byteCount { zero(position..<byteCount) }
    }

    /// Zeros in a range, which must be inside.
    mutating func zero(_ range: Range<Int>) {
        unsafe withUnsafeMutableBytes { bytes in
            _ = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[range])
                .initializeMemory(as: UInt8.self, repeating: 0)
        }
    }
}
