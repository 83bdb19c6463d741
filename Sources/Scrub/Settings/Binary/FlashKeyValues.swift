import FlashBytes

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
        var settings: [Setting] = []
        forEachSetting(of: bytes, in: range) { _, setting in settings.append(setting) }
        return settings
    }

    /// Makes the sums of entries right again whose values were overwritten: with wrong ones a device forgets the whole page.
    ///
    /// - Parameter changed: what was overwritten, in any order.
    static func mendSums(of bytes: inout [UInt8], changed: [Range<Int>]) {
        var places: [(entry: Int, size: Int)] = []
        forEachSetting(of: bytes, in: 0..<bytes.count) { entry, setting in
            if changed.contains(where: { $0.overlaps(setting.value) }) {
                places.append((entry, size(bytes, at: entry)))
            }
        }
        for (entry, size) in places {
            put(sum(bytes[entry + entrySize..<entry + entrySize + size]), into: &bytes, at: entry + 28)
            put(sum(bytes[entry..<entry + 4] + bytes[entry + 8..<entry + entrySize]), into: &bytes, at: entry + 4)
        }
    }

    /// esp_rom_crc32_le(UINT32_MAX, …).
    private static func sum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        let bytes = Array(bytes)
        return CRC32.zlib(unsafe bytes.span.bytes, seed: .max)
    }

    private static func put(_ number: UInt32, into bytes: inout [UInt8], at place: Int) {
        for index in 0..<4 { bytes[place + index] = UInt8(truncatingIfNeeded: number >> (8 * UInt32(index))) }
    }

    /// Of all entries whose values are in those behind them.
    private static func forEachSetting(
        of bytes: [UInt8], in range: Range<Int>, _ body: (_ entry: Int, Setting) -> Void
    ) {
        guard range.count >= pageSize, range.count.isMultiple(of: pageSize) else { return }
        for page in stride(from: range.lowerBound, to: range.upperBound, by: pageSize) {
            var at = page + firstEntry
            while at + entrySize * 2 <= page + pageSize {
                guard let setting = setting(bytes, at: at, limit: page + pageSize) else {
                    at += entrySize
                    continue
                }
                body(at, setting)
                at += entrySize * (1 + (size(bytes, at: at) + entrySize - 1) / entrySize)
            }
        }
    }

    /// The size of a value, with its NUL (bytes).
    private static func size(_ bytes: [UInt8], at entry: Int) -> Int {
        Int(bytes[entry + 24]) | Int(bytes[entry + 25]) << 8
    }

    private static func setting(_ bytes: [UInt8], at entry: Int, limit: Int) -> Setting? {
        guard kinds.contains(bytes[entry + 1]) else { return nil }
        let (span, size) = (Int(bytes[entry + 2]), size(bytes, at: entry))
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
