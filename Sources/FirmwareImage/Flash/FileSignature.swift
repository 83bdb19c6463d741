internal import FlashBytes

/// Files that are no flash and no firmware, but are taken for one, by the bytes that each of them has at fixed places.
package struct FileSignature: Sendable, Hashable {
    /// Which it is, as a word for `--json`.
    package let word: String
    /// What people call it.
    package let name: String
    /// Whether it can only be read with a key or a password.
    package var isEncrypted = false
    /// Bytes, and the places where they stand; all of them.
    private let marks: [Mark]

    private struct Mark: Sendable, Hashable {
        var place: Int
        var bytes: [UInt8]
    }

    private init(_ word: String, name: String, isEncrypted: Bool = false, marks: [Mark]) {
        (self.word, self.name, self.isEncrypted, self.marks) = (word, name, isEncrypted, marks)
    }

    private init(_ word: String, name: String, isEncrypted: Bool = false, at place: Int = 0, bytes: [UInt8]) {
        self.init(word, name: name, isEncrypted: isEncrypted, marks: [Mark(place: place, bytes: bytes)])
    }

    private init(_ word: String, name: String, isEncrypted: Bool = false, at place: Int = 0, text: String) {
        self.init(word, name: name, isEncrypted: isEncrypted, at: place, bytes: Array(text.utf8))
    }

    /// The first one whose marks stand at `offset`; nil for none.
    package init?(_ bytes: RawSpan, at offset: Int = 0) {
        let found = Self.all.first { signature in
            signature.marks.allSatisfy { mark in
                let start = offset + mark.place
                return (try? bytes.bytes(in: start..<start + mark.bytes.count)) == mark.bytes
            }
        }
        if let found {
            self = found
        } else if Self.isFAT(bytes, at: offset) {
            self.init("fat", name: "a FAT file system", marks: [])
        } else if Self.isDER(bytes, at: offset) {
            self.init("der", name: "a certificate or key (DER)", marks: [])
        } else if Self.isMBR(bytes, at: offset) {
            self.init("mbr", name: "a disk with a partition table (MBR)", marks: [])
        } else {
            return nil
        }
    }

    private static let encrypted = [
        FileSignature("openssl", name: "data encrypted with 'openssl enc'", isEncrypted: true, text: "Salted__"),
        FileSignature(
            "luks", name: "a LUKS volume", isEncrypted: true, bytes: Array("LUKS".utf8) + [0xba, 0xbe]),
        FileSignature("age", name: "a file encrypted with age", isEncrypted: true, text: "age-encryption.org/v1"),
        FileSignature(
            "age", name: "a file encrypted with age", isEncrypted: true, text: "-----BEGIN AGE ENCRYPTED FILE-----"),
        FileSignature(
            "gpg", name: "a message of OpenPGP (gpg)", isEncrypted: true, text: "-----BEGIN PGP MESSAGE-----"),
        // A session key for an RSA key of 2048, 3072 or 4096 bits, for Curve25519, or for a password.
        FileSignature("gpg", name: "a file encrypted with gpg", isEncrypted: true, bytes: [0x85, 0x01, 0x0c, 0x03]),
        FileSignature("gpg", name: "a file encrypted with gpg", isEncrypted: true, bytes: [0x85, 0x01, 0x8c, 0x03]),
        FileSignature("gpg", name: "a file encrypted with gpg", isEncrypted: true, bytes: [0x85, 0x02, 0x0c, 0x03]),
        FileSignature("gpg", name: "a file encrypted with gpg", isEncrypted: true, bytes: [0x84, 0x5e, 0x03]),
        FileSignature("gpg", name: "a file encrypted with gpg", isEncrypted: true, bytes: [0x8c, 0x0d, 0x04]),
    ]

    private static let all = encrypted + fileSystems + jpeg + others

    /// File systems by the magic numbers of their superblocks, which lie where Linux looks for them.
    private static let fileSystems = [
        FileSignature("xfs", name: "an XFS file system", text: "XFSB"),
        FileSignature("f2fs", name: "an F2FS file system", at: 1024, bytes: [0x10, 0x20, 0xf5, 0xf2]),
        FileSignature("erofs", name: "an EROFS file system", at: 1024, bytes: [0xe2, 0xe1, 0xf5, 0xe0]),
        FileSignature("btrfs", name: "a btrfs file system", at: 0x10040, text: "_BHRfS_M"),
        FileSignature("ntfs", name: "an NTFS file system", at: 3, text: "NTFS    "),
        FileSignature("exfat", name: "an exFAT file system", at: 3, text: "EXFAT   "),
        FileSignature("swap", name: "Linux swap space", at: 4086, text: "SWAPSPACE2"),
    ]

    /// The start of an image, and the first segment that may follow: of an application, a table, a frame, a comment.
    private static let jpeg = ([0xc0, 0xc2, 0xc4, 0xdb, 0xfe] + Array(0xe0...0xef)).map { (segment: UInt8) in
        FileSignature("jpeg", name: "a JPEG picture", bytes: [0xff, 0xd8, 0xff, segment])
    }

    private static let others =
        [
            FileSignature("sqlite", name: "an SQLite database", text: "SQLite format 3\0"),
            FileSignature("pem", name: "a certificate or key (PEM)", text: "-----BEGIN "),
            FileSignature("zImage", name: "a Linux kernel (zImage, ARM)", at: 36, bytes: [0x18, 0x28, 0x6f, 0x01]),
            FileSignature("riff", name: "a recording (RIFF: WAV, AVI)", text: "RIFF"),
            FileSignature("mp4", name: "a film (MP4)", at: 4, text: "ftyp"),
            FileSignature(
                "lzop", name: "lzop-compressed data", bytes: [0x89, 0x4c, 0x5a, 0x4f, 0, 0x0d, 0x0a, 0x1a, 0x0a]),
            FileSignature("png", name: "a PNG picture", bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
            FileSignature("gif", name: "a GIF picture", text: "GIF87a"),
            FileSignature("gif", name: "a GIF picture", text: "GIF89a"),
            FileSignature("pdf", name: "a PDF document", text: "%PDF-"),
            FileSignature("androidBoot", name: "an Android boot image", text: "ANDROID!"),
            FileSignature("androidBoot", name: "an Android vendor boot image", text: "VNDRBOOT"),
            FileSignature("androidSparse", name: "an Android sparse image", bytes: [0x3a, 0xff, 0x26, 0xed, 1, 0]),
            FileSignature("qcow2", name: "a disk of a virtual machine (QCOW2)", bytes: [0x51, 0x46, 0x49, 0xfb]),
            FileSignature("iso9660", name: "an ISO 9660 file system (a CD)", at: 32769, text: "CD001"),
            FileSignature("gpt", name: "a disk with a partition table (GPT)", at: 512, text: "EFI PART"),
            FileSignature("gpt", name: "a disk with a partition table (GPT)", at: 4096, text: "EFI PART"),
            FileSignature(
                "uf2", name: "a UF2 firmware",
                marks: [
                    Mark(place: 0, bytes: Array("UF2\n".utf8)), Mark(place: 4, bytes: [0x57, 0x51, 0x5d, 0x9e]),
                    Mark(place: 508, bytes: [0x30, 0x6f, 0xb1, 0x0a]),
                ]),
        ]

    /// A sequence in which there are others, or numbers, and that is as long as the file.
    private static func isDER(_ bytes: RawSpan, at offset: Int) -> Bool {
        guard (try? bytes.uint16(at: offset, .big)) == 0x3082, let length = try? bytes.uint16(at: offset + 2, .big),
            offset + 4 + Int(length) == bytes.byteCount, let first = try? bytes.uint8(at: offset + 4)
        else { return false }
        return first == 0x30 || first == 0x02
    }

    /// `0x55 0xaa` at the end of the first sector.
    private static func isBootSector(_ bytes: RawSpan, at offset: Int) -> Bool {
        (try? bytes.uint16(at: offset + 510, .big)) == 0x55aa
    }

    /// A boot sector that begins with a jump, and has a size of sectors and of clusters, and the name of the file system.
    private static func isFAT(_ bytes: RawSpan, at offset: Int) -> Bool {
        guard isBootSector(bytes, at: offset), let jump = try? bytes.uint8(at: offset), jump == 0xeb || jump == 0xe9,
            let sector = try? bytes.uint16(at: offset + 11, .little), [512, 1024, 2048, 4096].contains(sector),
            let cluster = try? bytes.uint8(at: offset + 13), cluster.nonzeroBitCount == 1
        else { return false }
        return [54, 82].contains {
            (try? bytes.bytes(in: offset + $0..<offset + $0 + 3)) == Array("FAT".utf8)
        }
    }

    /// A boot sector with four partitions, at least one of which is there; or with nothing else in it.
    private static func isMBR(_ bytes: RawSpan, at offset: Int) -> Bool {
        guard isBootSector(bytes, at: offset) else { return false }
        var count = 0
        for place in stride(from: offset + 446, to: offset + 510, by: 16) {
            guard let state = try? bytes.uint8(at: place), state == 0 || state == 0x80,
                let type = try? bytes.uint8(at: place + 4), let start = try? bytes.uint32(at: place + 8, .little),
                let size = try? bytes.uint32(at: place + 12, .little), (type == 0) == (size == 0)
            else { return false }
            if type != 0, start > 0 { count += 1 }
        }
        return count > 0 || bytes.isFilled(with: 0, in: offset..<offset + 510)
    }
}

extension FileSignature: CustomStringConvertible {
    /// What people call it.
    package var description: String { name }
}
