#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

extension RawSpan {
    /// Whether any byte in `range` is another one in `other`, or is there in only one of both.
    public func differs(from other: RawSpan, in range: Range<Int>) -> Bool {
        let own = range.clamped(to: 0..<byteCount)
        guard own == range.clamped(to: 0..<other.byteCount) else { return true }
        return unsafe extracting(own).withUnsafeBytes { left in
            unsafe other.extracting(own).withUnsafeBytes { right in
                guard let first = left.baseAddress, let second = right.baseAddress else { return false }
                return unsafe memcmp(first, second, left.count) != 0
            }
        }
    }
}
