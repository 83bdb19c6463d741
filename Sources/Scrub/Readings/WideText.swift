/// Text in UTF-16, read as one byte a character: what settings are written in has no others that matter.
struct WideText {
    let bytes: [UInt8]
    private let start: Int

    /// - Returns: nil for what is no text in UTF-16.
    init?(_ text: [UInt8], in range: Range<Int>) {
        guard range.count >= 16 else { return nil }
        let mark = text[range].prefix(2)
        let sample = text[range].prefix(256)
        let even = stride(from: sample.startIndex, to: sample.endIndex, by: 2).count { text[$0] == 0 }
        let odd = stride(from: sample.startIndex + 1, to: sample.endIndex, by: 2).count { text[$0] == 0 }
        let isMarked = mark.elementsEqual([0xff, 0xfe]) || mark.elementsEqual([0xfe, 0xff])
        let most = sample.count * (isMarked ? 2 : 7) / (isMarked ? 8 : 16)
        let isLittle = odd >= most && even * 8 <= odd
        guard isLittle || even >= most && odd * 8 <= even else { return nil }
        start = range.lowerBound
        bytes = stride(from: range.lowerBound, to: range.upperBound - 1, by: 2).map { at in
            let low = text[isLittle ? at : at + 1]
            return text[isLittle ? at + 1 : at] == 0 ? low : 0xbf
        }
    }

    /// Where a place of the narrow text is in the wide one.
    func place(_ range: Range<Int>) -> Range<Int> { start + range.lowerBound * 2..<start + range.upperBound * 2 }

    /// The letters of a value in UTF-16; nil for one that is no such thing.
    static func narrowed(_ value: [UInt8]) -> [UInt8]? {
        guard value.count >= 4, value.count.isMultiple(of: 2) else { return nil }
        let even = stride(from: 0, to: value.count, by: 2).map { value[$0] }
        let odd = stride(from: 1, to: value.count, by: 2).map { value[$0] }
        if odd.allSatisfy({ $0 == 0 }), !even.contains(0) { return even }
        return even.allSatisfy { $0 == 0 } && !odd.contains(0) ? odd : nil
    }
}
