package import FlashBytes

/// What bytes are by the first ones, where that is no JFFS2: the one table of what a dump turns out to be instead.
///
/// Formats that are packed are those of `PackedForm`, and what has a sum or several fields that agree is found anywhere by
/// `FlashStructure`; here are the rest.
package enum KnownFormat: Sendable, Hashable {
    case packed(PackedForm)
    case sevenZip
    case rar
    case ubifs
    /// Also where a file system is cut off or damaged behind its first bytes.
    case squashFS
    case ubi
    case cramFS(ByteOrder)
    case romFS
    /// 2, 3 or 4.
    case ext(Int)
    case yaffs
    case jffs1
    case trx(TRXHeader)
    case cpio
    case elf
    /// What is no firmware, but is taken for one.
    case file(FileSignature)
    /// OpenWrt's `deadc0de`: here the file system is made at the first start.
    case openWrtEndMark

    /// What the bytes at `offset` begin with; nil for anything else.
    package init?(_ bytes: RawSpan, at offset: Int = 0) {
        guard offset >= 0, offset < bytes.byteCount else { return nil }
        func starts(_ magic: [UInt8], at place: Int = 0) -> Bool {
            (try? bytes.bytes(in: offset + place..<offset + place + magic.count)) == magic
        }
        func text(_ magic: String, at place: Int = 0) -> Bool { starts(Array(magic.utf8), at: place) }
        if let form = PackedForm(bytes.extracting(offset..<bytes.byteCount)) {
            self = .packed(form)
        } else if starts([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]) {
            self = .sevenZip
        } else if text("Rar!\u{1a}\u{7}") {
            self = .rar
        } else if text("hsqs") || text("sqsh") {
            self = .squashFS
        } else if text("UBI#") {
            self = .ubi
        } else if starts([0x31, 0x18, 0x10, 0x06]) {
            self = .ubifs
        } else if starts([0x45, 0x3d, 0xcd, 0x28]), text("Compressed ROMFS", at: 16) {
            self = .cramFS(.little)
        } else if starts([0x28, 0xcd, 0x3d, 0x45]), text("Compressed ROMFS", at: 16) {
            self = .cramFS(.big)
        } else if text("-rom1fs-") {
            self = .romFS
        } else if let header = TRXHeader(reading: bytes, at: offset) {
            self = .trx(header)
        } else if starts([0xc7, 0x71]) || starts([0x71, 0xc7]) || text("070701") || text("070702") || text("070707") {
            self = .cpio
        } else if starts([0x7f, 0x45, 0x4c, 0x46]) {
            self = .elf
        } else if text("1984") || text("4891") {
            self = .jffs1
        } else if starts([0xde, 0xad, 0xc0, 0xde]) {
            self = .openWrtEndMark
        } else if Self.isYAFFS(bytes, at: offset) {
            self = .yaffs
        } else if let version = Self.extVersion(bytes, at: offset) {
            self = .ext(version)
        } else if let signature = FileSignature(bytes, at: offset) {
            self = .file(signature)
        } else {
            return nil
        }
    }

    /// The superblock lies 1024 bytes in: magic, a sane block size, and what the features make of it.
    private static func extVersion(_ bytes: RawSpan, at offset: Int) -> Int? {
        let start = offset + 1024
        guard (try? bytes.uint16(at: start + 56, .little)) == 0xef53,
            let inodes = try? bytes.uint32(at: start, .little), inodes > 0,
            let blocks = try? bytes.uint32(at: start + 4, .little), blocks > 0,
            let shift = try? bytes.uint32(at: start + 24, .little), shift <= 6,
            let compatible = try? bytes.uint32(at: start + 92, .little),
            let incompatible = try? bytes.uint32(at: start + 96, .little)
        else { return nil }
        // Extents, 64 bits, flexible groups: only ext4 has them; a journal: ext3.
        if incompatible & 0x2c0 != 0 { return 4 }
        return compatible & 4 != 0 ? 3 : 2
    }

    /// The header of an object: its type, its directory, a sum that is not used any more, a name.
    private static func isYAFFS(_ bytes: RawSpan, at offset: Int) -> Bool {
        for order in ByteOrder.allCases {
            guard let type = try? bytes.uint32(at: offset, order), (1...5).contains(type),
                let parent = try? bytes.uint32(at: offset + 4, order), parent > 0, parent < 1 << 18,
                (try? bytes.uint16(at: offset + 8, order)) == 0xffff,
                let name = try? bytes.bytes(in: offset + 10..<offset + 266), let end = name.firstIndex(of: 0),
                name[..<end].allSatisfy({ $0 >= 0x20 && $0 != 0x7f })
            else { continue }
            return true
        }
        return false
    }

    /// Whether it can only be read with a key or a password.
    package var isEncrypted: Bool {
        if case .file(let signature) = self { return signature.isEncrypted }
        return false
    }

    /// Which it is, as a word for `--json`.
    package var word: String {
        switch self {
        case .packed(let form): form.rawValue
        case .sevenZip: "7z"
        case .rar: "rar"
        case .ubifs: "ubifs"
        case .squashFS: "squashfs"
        case .ubi: "ubi"
        case .cramFS: "cramfs"
        case .romFS: "romfs"
        case .ext(let version): "ext\(version)"
        case .yaffs: "yaffs"
        case .jffs1: "jffs1"
        case .trx: "trx"
        case .cpio: "cpio"
        case .elf: "elf"
        case .file(let signature): signature.word
        case .openWrtEndMark: "deadc0de"
        }
    }
}

extension KnownFormat: CustomStringConvertible {
    /// What people call it.
    package var description: String {
        switch self {
        case .packed(let form): form.isArchive ? "a \(form) archive" : "\(form)-compressed data"
        case .sevenZip: "a 7-Zip archive"
        case .rar: "a RAR archive"
        case .ubifs: "UBIFS"
        case .squashFS: "SquashFS"
        case .ubi: "UBI"
        case .cramFS(let order): "CramFS, \(order)"
        case .romFS: "romfs"
        case .ext(let version): "ext\(version)"
        case .yaffs: "YAFFS"
        case .jffs1: "JFFS, version 1"
        case .trx(let header): "a TRX firmware of \(header.length) bytes"
        case .cpio: "a cpio archive"
        case .elf: "an ELF program"
        case .file(let signature): signature.name
        case .openWrtEndMark: "OpenWrt's end mark deadc0de"
        }
    }
}
