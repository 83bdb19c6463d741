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
        ("lzop", [0x89, 0x4c, 0x5a, 0x4f, 0, 0x0d, 0x0a, 0x1a, 0x0a]),
        ("png", [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ("jpeg", [0xff, 0xd8, 0xff, 0xe0]),
        ("gif", Array("GIF89a".utf8)), ("pdf", Array("%PDF-1.4\n".utf8)), ("openssl", Array("Salted__".utf8)),
        ("luks", Array("LUKS".utf8) + [0xba, 0xbe]), ("gpg", [0x8c, 0x0d, 0x04, 0x09]),
        ("age", Array("age-encryption.org/v1\n".utf8)),
        ("androidBoot", Array("ANDROID!".utf8)), ("androidSparse", [0x3a, 0xff, 0x26, 0xed, 1, 0, 0, 0]),
        ("qcow2", [0x51, 0x46, 0x49, 0xfb]), ("iso9660", [UInt8](repeating: 0, count: 32769) + Array("CD001".utf8)),
        ("gpt", [UInt8](repeating: 0, count: 510) + [0x55, 0xaa] + Array("EFI PART".utf8)),
        (
            "mbr",
            [UInt8](repeating: 0, count: 450) + [0x0c, 0, 0, 0, 0, 8, 0, 0, 0, 16, 0, 0] + filler(48) + [0x55, 0xaa]
        ),
        (
            "fat",
            [0xeb, 0x3c, 0x90] + Array("MSDOS5.0".utf8) + [0, 2, 4] + filler(40) + Array("FAT16   ".utf8) + filler(448)
                + [0x55, 0xaa]
        ),
        ("sqlite", Array("SQLite format 3\0".utf8)), ("xfs", Array("XFSB".utf8)),
        ("f2fs", filler(1024) + [0x10, 0x20, 0xf5, 0xf2]), ("erofs", filler(1024) + [0xe2, 0xe1, 0xf5, 0xe0]),
        ("btrfs", filler(0x10040) + Array("_BHRfS_M".utf8)),
        ("ntfs", [0xeb, 0x52, 0x90] + Array("NTFS    ".utf8)), ("exfat", [0xeb, 0x76, 0x90] + Array("EXFAT   ".utf8)),
        ("swap", filler(4086) + Array("SWAPSPACE2".utf8)),
        ("pem", Array("-----BEGIN CERTIFICATE-----\nMIIB".utf8)), ("der", [0x30, 0x82, 0x23, 0x29, 0x30]),
        ("zImage", filler(36) + [0x18, 0x28, 0x6f, 0x01]), ("riff", Array("RIFF".utf8)),
        ("mp4", [0, 0, 0, 0x18] + Array("ftypisom".utf8)),
        (
            "uf2",
            Array("UF2\n".utf8) + [0x57, 0x51, 0x5d, 0x9e] + filler(500) + [0x30, 0x6f, 0xb1, 0x0a]
        ),
    ]

    private static func filler(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
}
