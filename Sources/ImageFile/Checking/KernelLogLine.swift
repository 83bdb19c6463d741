internal import FlashBytes
package import JFFS2

/// A line of a kernel's log about JFFS2, of any kernel from 2.4 to 6: recognised by its words, whatever stands in front of
/// them (times, levels, names of hosts and functions).
package struct KernelLogLine: Sendable, Hashable {
    /// Which place of the flash a line is about.
    package enum Place: Sendable, Hashable {
        /// Of the partition (bytes).
        case offset(Int)
        case inode(UInt32)
        /// The file system as a whole, or nothing that can be found again.
        case none
    }

    /// What kind of line it is.
    struct Kind: Sendable, Hashable {
        /// Words of the line, in lower case.
        var words: String
        /// What stands in front of the number of the place, in lower case; nil where there is none.
        var mark: String?
        var isInode = false
        /// What we call it.
        var codes: [Finding.Code] = []
        /// Whether it says that something is wrong.
        var isComplaint = true
        /// Whether other programs have such words: the line must name JFFS2, or the place that ours names.
        var needsName = false
        /// What it means: a sentence without capital and full stop.
        var meaning: String
    }

    /// The line without control characters.
    package let text: String
    /// What it is about.
    package let place: Place
    /// What it means; nil where the line is not known.
    package let meaning: String?
    /// What we call what it tells of.
    package let codes: [Finding.Code]
    /// Whether it says that something is wrong.
    package let isComplaint: Bool

    /// Reads a line; nil where it is not about JFFS2.
    package init?(_ line: some StringProtocol) {
        let text = Printable.text(String(line))
        let lower = text.lowercased()
        self.text = text
        guard let kind = Self.kinds.first(where: { $0.isTold(in: lower) }) else {
            guard lower.contains("jffs2") else { return nil }
            (place, meaning, codes, isComplaint) = (.none, nil, [], false)
            return
        }
        (meaning, codes, isComplaint) = (kind.meaning, kind.codes, kind.isComplaint)
        place = kind.mark.flatMap { Self.place(lower, behind: $0, isInode: kind.isInode) } ?? .none
    }

    fileprivate static func place(_ line: String, behind mark: String, isInode: Bool) -> Place? {
        var rest = Substring(line)
        while let start = rest.firstIndex(of: mark.first ?? " ") {
            rest = rest[start...]
            if rest.hasPrefix(mark) {
                let digits = rest.dropFirst(mark.count).drop { $0 == " " }
                if isInode {
                    if let number = UInt32(digits.prefix { ("0"..."9").contains($0) }) { return .inode(number) }
                } else {
                    let plain = digits.hasPrefix("0x") ? digits.dropFirst(2) : digits
                    if let number = UInt32(plain.prefix(8).prefix(while: \.isHexDigit), radix: 16) {
                        return .offset(Int(number))
                    }
                }
            }
            rest = rest.dropFirst()
        }
        return nil
    }
}

extension KernelLogLine.Kind {
    /// Whether a line in lower case is one of this kind.
    fileprivate func isTold(in line: String) -> Bool {
        guard line.contains(words) else { return false }
        return !needsName || line.contains("jffs2")
            || mark.flatMap { KernelLogLine.place(line, behind: $0, isInode: isInode) } != nil
    }
}
