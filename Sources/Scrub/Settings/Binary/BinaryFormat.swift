/// Binary files that are no settings: programs, archives, pictures, fonts, tables of messages.
enum BinaryFormat {
    /// So many bytes tell (of a file's beginning).
    static let headSize = 20

    /// Of programs: ELF, Java, Android, Lua, WebAssembly.
    private static let programs: [[UInt8]] = [
        [0x7f, 0x45, 0x4c, 0x46], [0xca, 0xfe, 0xba, 0xbe], [0x64, 0x65, 0x78, 0x0a], [0x1b, 0x4c, 0x75, 0x61],
        [0x00, 0x61, 0x73, 0x6d],
    ]
    private static let media: [[UInt8]] = [
        // gzip, bzip2, xz, zstd, zip, ar, SQLite.
        [0x1f, 0x8b], [0x42, 0x5a, 0x68], [0xfd, 0x37, 0x7a, 0x58], [0x28, 0xb5, 0x2f, 0xfd], [0x50, 0x4b, 0x03, 0x04],
        [0x21, 0x3c, 0x61, 0x72], [0x53, 0x51, 0x4c, 0x69],
        // PNG, JPEG, GIF, RIFF, Ogg, fonts.
        [0x89, 0x50, 0x4e, 0x47], [0xff, 0xd8, 0xff], [0x47, 0x49, 0x46, 0x38], [0x52, 0x49, 0x46, 0x46],
        [0x4f, 0x67, 0x67, 0x53], [0x77, 0x4f, 0x46, 0x32], [0x77, 0x4f, 0x46, 0x46], [0x00, 0x01, 0x00, 0x00, 0x00],
        // Translations by gettext, device trees, terminals.
        [0xde, 0x12, 0x04, 0x95], [0x95, 0x04, 0x12, 0xde], [0xd0, 0x0d, 0xfe, 0xed], [0x1a, 0x01], [0x1e, 0x02],
    ]

    /// Whether a file that begins so is a program, a library or a part of one.
    static func isProgram(_ start: some Collection<UInt8>) -> Bool {
        if isCoreDump(start) { return false }
        if programs.contains(where: { start.starts(with: $0) }) { return true }
        // Python's compiled modules: a version, CR and LF. Windows' programs: letters, and a small number.
        let rest = start.dropFirst(2)
        return rest.starts(with: [0x0d, 0x0a]) && start.first.map { $0 < 0x20 || $0 >= 0x7f } ?? false
            || start.starts(with: [0x4d, 0x5a]) && rest.dropFirst().first == 0
    }

    /// What a program had in memory when it died (ELF's type 4): its environment, and all that it had read.
    private static func isCoreDump(_ start: some Collection<UInt8>) -> Bool {
        let type = start.dropFirst(16).prefix(2)
        return start.starts(with: [0x7f, 0x45, 0x4c, 0x46])
            && (type.elementsEqual([4, 0]) || type.elementsEqual([0, 4]))
    }

    /// By how it begins.
    static func isProgramOrMedia(_ bytes: [UInt8], in range: Range<Int>) -> Bool {
        let start = bytes[range].prefix(headSize)
        return isProgram(start) || media.contains(where: { start.starts(with: $0) })
    }
}
