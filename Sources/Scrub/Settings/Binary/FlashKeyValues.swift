/// Reads the key-value pages of Espressif's devices (NVS, esp-idf's `nvs_flash`): pages of 4 KiB with entries of 32 bytes, of which
/// texts and blocks of data fill the next ones. Entries that were erased are still there.
enum FlashKeyValues {
    private static let pageSize = 4096
    private static let entrySize = 32
    /// Behind a page's header and the map of its entries.
    private static let firstEntry = 64
    /// Kinds whose value is in the entries behind: a text, a block of data in its old and its new form.
    private static let kinds: Set<UInt8> = [0x21, 0x41, 0x42]

    static func read(_ bytes: [UInt8], in range: Range<Int>) -> [Setting] {
        guard range.count >= pageSize, range.count.isMultiple(of: pageSize) else { return [] }
        var settings: [Setting] = []
        for page in stride(from: range.lowerBound, to: range.upperBound, by: pageSize) {
            var at = page + firstEntry
            while at + entrySize * 2 <= page + pageSize {
                guard let setting = setting(bytes, at: at, limit: page + pageSize) else {
                    at += entrySize
                    continue
                }
                settings.append(setting)
                at += entrySize * (1 + (setting.value.count + entrySize) / entrySize)
            }
        }
        return settings
    }

    private static func setting(_ bytes: [UInt8], at entry: Int, limit: Int) -> Setting? {
        guard kinds.contains(bytes[entry + 1]) else { return nil }
        let (span, size) = (Int(bytes[entry + 2]), Int(bytes[entry + 24]) | Int(bytes[entry + 25]) << 8)
        guard span >= 2, size >= 4, (size + entrySize - 1) / entrySize == span - 1, entry + entrySize + size <= limit
        else {
            return nil
        }
        let key = bytes[entry + 8..<entry + 24].prefix { $0 != 0 }
        guard key.count >= 2, key.count <= 15, key.allSatisfy({ 0x20..<0x7f ~= $0 }) else { return nil }
        var value = entry + entrySize..<entry + entrySize + size
        // A count in front of a network's name, and NULs behind a text.
        if key.elementsEqual("sta.ssid".utf8) || key.elementsEqual("ap.ssid".utf8), size > 4 {
            value = value.dropFirst(4)
        }
        while let last = value.last, bytes[last] == 0 { value = value.dropLast() }
        return value.count >= 3 ? Setting(names: [Array(key)], value: value, isArgument: true) : nil
    }
}
