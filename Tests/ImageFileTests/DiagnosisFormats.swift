/// How files of other formats begin.
enum DiagnosisFormats {
    /// The word of the diagnosis, and the bytes.
    static let all: [(word: String, start: [UInt8])] = [
        ("ubifs", [0x31, 0x18, 0x10, 0x06]),
        (
            "cramfs",
            [0x45, 0x3d, 0xcd, 0x28] + [UInt8](repeating: 0, count: 12)
                + Array("Compressed ROMFS".utf8)
        ),
        ("romfs", Array("-rom1fs-".utf8)), ("jffs1", Array("1984".utf8)), ("cpio", Array("070701".utf8)),
        ("elf", [0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]), ("7z", [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]),
        ("squashfs", Array("hsqs".utf8)), ("ubi", Array("UBI#".utf8)), ("deadc0de", [0xde, 0xad, 0xc0, 0xde]),
        (
            "yaffs",
            [3, 0, 0, 0, 1, 0, 0, 0, 0xff, 0xff] + Array("etc".utf8) + [UInt8](repeating: 0, count: 253)
        ),
        (
            "ext3",
            [UInt8](repeating: 0, count: 1024) + [8, 0, 0, 0, 64, 0, 0, 0] + [UInt8](repeating: 0, count: 48)
                + [0x53, 0xef] + [UInt8](repeating: 0, count: 34) + [4, 0, 0, 0, 2, 0, 0, 0]
        ),
        (
            "trx",
            Array("HDR0".utf8) + [0, 1, 0, 0] + [0, 0, 0, 0] + [0, 0, 1, 0] + [28, 0, 0, 0]
                + [UInt8](repeating: 0, count: 8)
        ),
    ]
}
