/// Tells the results of a test suite from settings: `PASS: tests/name`, `FAIL: …`.
enum TestLog {
    private static let verdicts: Set<String> = [
        "FAIL", "XFAIL", "XPASS", "SKIP", "SKIPPED", "ERROR", "KFAIL", "KPASS", "UNRESOLVED", "UNTESTED", "UNSUPPORTED",
        "FAILED", "PASSED", "fail", "skip", "xfail", "xpass",
    ]
    private static let longestVerdict = 12
    /// How many lines tell (bytes of the text).
    private static let reach = 64 << 10

    /// Without those that are verdicts about tests.
    static func without(_ settings: [Setting], bytes: [UInt8], in range: Range<Int>) -> [Setting] {
        guard settings.contains(where: { isVerdict($0, bytes: bytes) }) else { return settings }
        let others = settings.contains { setting in
            guard !setting.isLiteral, let name = setting.names.last else { return false }
            return SettingMeaning.of(name).map { [.account, .network, .host].contains($0) } ?? false
        }
        if others || !isOne(bytes, in: range) { return settings }
        return settings.filter { !isVerdict($0, bytes: bytes) }
    }

    private static func isVerdict(_ setting: Setting, bytes: [UInt8]) -> Bool {
        guard setting.names.count == 1, let name = setting.names.last, (4...5).contains(name.count),
            name.suffix(4).map(ByteText.lower) == Array("pass".utf8)
        else { return false }
        let sign = bytes[..<setting.value.lowerBound].last { !ByteText.isBlank($0) }
        return sign != 0x3d
    }

    private static func isOne(_ bytes: [UInt8], in range: Range<Int>) -> Bool {
        var (passed, named, others) = (0, 0, 0)
        for line in bytes[range].prefix(reach).split(separator: 0x0a) {
            let text = line.drop { !ByteText.isLetter($0) }
            let word = text.prefix(longestVerdict).prefix(while: ByteText.isLetter)
            guard !word.isEmpty, let sign = text[word.endIndex...].first, sign == 0x3a || sign == 0x20 else { continue }
            let verdict = String(decoding: word, as: UTF8.self)
            if verdicts.contains(verdict) { others += 1 }
            guard verdict == "PASS" || verdict == "pass" else { continue }
            passed += 1
            let name = text[word.endIndex...].dropFirst()
            if verdict == "PASS", name.contains(where: { "/-.:".utf8.contains($0) }) { named += 1 }
        }
        return passed > 0 && others > 0 || passed > 1 && named == passed
    }
}
