/// Reversing the bytes in groups of 2, 4 or 8: the order that `md.w`, `md.l` and `md.q` leave behind when a dump is
/// put together from their columns on a little-endian device.
package enum WordSwap {
    /// The bytes with each group reversed.
    ///
    /// - Parameters:
    ///   - bytes: what to swap; a last, incomplete group stays as it is.
    ///   - group: 2, 4 or 8 bytes.
    package static func swapped(_ bytes: RawSpan, group: Int) -> [UInt8] {
        let count = bytes.byteCount
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            let out = UnsafeMutableRawBufferPointer(buffer)
            let whole = count - count % group
            switch group {
            case 2: unsafe swap(bytes, into: out, count: whole, as: UInt16.self)
            case 4: unsafe swap(bytes, into: out, count: whole, as: UInt32.self)
            default: unsafe swap(bytes, into: out, count: whole, as: UInt64.self)
            }
            for index in whole..<count {
                unsafe out[index] = bytes.unsafeLoad(fromByteOffset: index, as: UInt8.self)
            }
            initialized = count
        }
    }

    @unsafe
    private static func swap<Word: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: RawSpan, into out: UnsafeMutableRawBufferPointer, count: Int, as: Word.Type
    ) {
        for at in stride(from: 0, to: count, by: MemoryLayout<Word>.size) {
            let word = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: Word.self)
            unsafe out.storeBytes(of: word.byteSwapped, toByteOffset: at, as: Word.self)
        }
    }
}
