/// Values whose name stands beside them as a value of its own: `- name: DB_PASSWORD` and below it `value: x`, in YAML, HCL
/// and JSON, in either order.
enum LabeledValues {
    private static let labels: Set<String> = ["name", "key", "id", "param", "option", "variable", "env"]
    private static let values: Set<String> = ["value", "val", "v", "data", "default", "defaultvalue"]
    /// Farther apart they belong to different things (bytes).
    private static let widestGap = 256
    private static let longestLabel = 64

    /// - Parameter settings: in the order of the text.
    static func read(_ settings: [Setting], bytes: [UInt8]) -> [Setting] {
        var found: [Setting] = []
        var isPaired = false
        for (first, second) in zip(settings, settings.dropFirst()) {
            defer { isPaired = false }
            guard let one = role(first), let other = role(second), one != other,
                first.names.dropLast() == second.names.dropLast(), !first.isInCode,
                first.value.upperBound <= second.value.lowerBound
            else { continue }
            // What stands between two values that has its label in front of it needs none behind it.
            if one == .value, isPaired { continue }
            guard areTogether(first, and: second, bytes: bytes) else { continue }
            let (label, value) = one == .label ? (first, second) : (second, first)
            guard (2...longestLabel).contains(label.value.count) else { continue }
            let name = ByteText.trimmed(bytes, range: withoutRemark(label.value, bytes: bytes))
            var named = value
            named.names = Array(value.names.dropLast()) + [Array(bytes[name])]
            named.isSeparatedByBlanks = false
            found.append(named)
            isPaired = one == .label
        }
        return found
    }

    private enum Role {
        case label, value
    }

    private static func role(_ setting: Setting) -> Role? {
        guard let last = setting.names.last, last.count <= 16 else { return nil }
        let word = String(decoding: last.map(ByteText.lower), as: UTF8.self)
        return labels.contains(word) ? .label : values.contains(word) ? .value : nil
    }

    /// Whether nothing between two settings begins another item or ends an object.
    private static func areTogether(_ first: Setting, and second: Setting, bytes: [UInt8]) -> Bool {
        let gap = bytes[first.value.upperBound..<second.value.lowerBound]
        guard gap.count <= widestGap, !gap.contains(0x7d), !gap.contains(0x7b) else { return false }
        return !gap.split(separator: 0x0a, omittingEmptySubsequences: false).dropFirst().contains { line in
            line.drop(while: ByteText.isBlank).first == 0x2d
        }
    }

    /// `"DB_PASSWORD" # what it is`
    private static func withoutRemark(_ range: Range<Int>, bytes: [UInt8]) -> Range<Int> {
        let remark = range.dropFirst().first { bytes[$0] == 0x23 && ByteText.isBlank(bytes[$0 - 1]) }
        return range.lowerBound..<(remark ?? range.upperBound)
    }
}
