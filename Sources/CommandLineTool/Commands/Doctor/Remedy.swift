import FirmwareImage
import FlashBytes
import ImageFile

/// What gets further with a file: commands that can be pasted, or advice where no command does.
struct Remedy {
    /// The file, as the user named it.
    let path: String
    /// What the user knows of it, as options of the commands that read images.
    let known: [String]
    /// Whether a file system was found in it.
    let hasFileSystem: Bool
    /// The compressor or archive around it, and which file of the archive it is.
    var packing: (form: PackedForm, member: String?)?
    /// Whether that is the data of a uImage.
    var isInUImage = false
    /// The bytes of the file are reversed in groups of so many.
    var swapGroup: Int?
    /// The second file, where two are the two chips of a bus.
    var second: String?

    var file: String { ShellWord.file(path) }

    /// The name of an output beside the file.
    func output(_ ending: String) -> String {
        ShellWord.file((path == "-" ? "image" : path) + "." + ending)
    }

    private func jffs2(_ command: String, options: [String] = [], with rest: [String] = []) -> String {
        (["jffs2", command] + known + options + [file] + rest).joined(separator: " ")
    }

    func unpack(_ options: [String] = [], to ending: String = "files") -> String {
        jffs2("unpack", options: options, with: ["-d", output(ending)])
    }

    /// The commands for a diagnosis, the best one first.
    func commands(_ diagnosis: Diagnosis) -> [String] {
        let select = diagnosis.number.map { ["--select", "\($0)"] } ?? []
        switch diagnosis.kind {
        case .healthy, .empty, .half, .random, .replacedBytes, .sevenBits, .zerosStripped: return []
        case .blank(let byte) where byte != 0xff: return []
        case .blank, .nearlyBlank: return [jffs2("info", options: ["--erase-size", "64K"])]
        case .packed(let form, let member): return packed(form, member: member)
        case .archive(_, let members):
            return members.prefix(8).map { jffs2("doctor", options: ["--member", ShellWord.quoted($0)]) }
        case .offset(let bytes), .header(let bytes, _):
            return [
                (["jffs2", "unpack", "--offset", hex(bytes), file, "-d", output("files")]).joined(separator: " ")
            ] + unpacked + ["tail -c +\(bytes + 1) \(bytesFile) > \(output("jffs2"))"]
        case .container("uImage"):
            // Damaged data is only taken out when that is asked for.
            let force = diagnosis.evidence.allSatisfy(\.isFor) ? "" : "--force "
            if isInUImage {
                return [unpack(select), "jffs2 uimage unwrap --decompress \(force)\(file) -o \(output("unpacked"))"]
            }
            return [unpack(select)] + unpacked + ["jffs2 uimage unwrap \(force)\(bytesFile) -o \(output("jffs2"))"]
        case .container, .cutShort, .blockTwice, .reordered, .droppedBytes: return [unpack(select)]
        case .wordSwapped, .transformed, .keyed, .wideCharacters, .reversed, .nibblesSwapped, .brokenHeaders, .lineEnds,
            .transcoded, .numbers:
            return turningBack(diagnosis.kind)
        case .halves(let width, let isFirst): return halves(width: width, isFirst: isFirst)
        case .spareArea(let area): return [unpack(select + ["--oob", "\(area)"])]
        case .byteOrder(_, let wanted):
            return ["jffs2 repack --from \(file) \(wanted == .little ? "-l" : "-b") -o \(output(wanted.rawValue))"]
        case .mixedByteOrders(let order): return [unpack(select + ["--endian", order.rawValue])]
        case .eraseSize(_, let wanted), .smallBlocks(_, let wanted):
            return ["jffs2 repack --from \(file) -e \(hex(wanted)) -o \(output("repacked"))"]
        case .blocksOverwritten: return [unpack(select), jffs2("verify", options: select)]
        case .tooFewBlocks(_, let size):
            let whole = hex(ImageVerification.fewestBlocks * size)
            return ["jffs2 pad --to \(whole) \(file) -o \(output("padded"))"]
        case .blockMissing(_, let isNameless), .beginsLate(let isNameless):
            // What has lost its name is in no folder.
            return (isNameless ? [jffs2("recover", options: select, with: ["-d", output("found")])] : [])
                + [unpack(select)]
        case .text(let tables):
            return ["jffs2 acquire --log \(file) -o \(output("bin"))"]
                + (tables > 0 ? ["jffs2 partitions \(file)"] : [])
        case .emptied: return [jffs2("recover", options: select, with: ["-d", output("found")])]
        case .several(let count):
            return [jffs2("info")]
                + (1...min(count, 8)).map { unpack(["--select", "\($0)"], to: "files-\($0)") }
        case .foreign(let word, let place): return foreign(word, at: place)
        case .refused: return ["jffs2 repack --from \(file) -o \(output("repacked"))"]
        case .damaged: return [unpack(select), jffs2("verify", options: select)]
        case .shifted, .rotated, .beginsInside, .partTurned, .blocksHidden:
            return misplaced(diagnosis.kind, select: select)
        case .unknown:
            return ["od -A x -t x1z \(file) | head -n 20"]
        }
    }

    /// What to do where no command helps; a sentence without capital and full stop.
    func advice(_ diagnosis: Diagnosis) -> String? {
        switch diagnosis.kind {
        case .empty: "get the file once more"
        case .blank(let byte) where byte != 0 && byte != 0xff: "get the file once more: nothing is in it"
        case .blank, .nearlyBlank: "read the chip once more; if it is erased, nothing is lost by flashing it"
        case .half: "read the other chip too; 'jffs2 doctor FIRST SECOND' says how they go together"
        case .foreign(let word, _) where ["openssl", "luks", "age", "gpg"].contains(word):
            "the key is in the device, or with whoever made it"
        case .random: "the key is in the device: in its boot loader, or in the program that installs updates"
        case .replacedBytes, .sevenBits:
            "get the dump once more, as binary data: half of each byte's information, or more, is not in the file any more"
        case .zerosStripped:
            "get the dump once more, as binary data: how many zeros stood where is not in the file any more"
        case .brokenHeaders:
            "a program of the device's maker may read it; the command writes headers as Linux wants them"
        case .lineEnds, .transcoded, .wideCharacters: "better get the dump once more, as binary data"
        case .droppedBytes:
            "get the dump once more, as binary data: what was taken out is not in the file any more, and of most files nothing is "
                + "whole"
        case .shifted, .beginsInside, .cutShort, .blockMissing, .beginsLate, .blockTwice, .blocksOverwritten,
            .blocksHidden:
            "get the dump once more, if the device still works"
        default: nil
        }
    }

    /// Where the bytes are that offsets count.
    var bytesFile: String { swapGroup == nil ? packedBytesFile : output("turned") }

    /// The same, before bytes are put in order.
    private var packedBytesFile: String { packing == nil ? file : output("unpacked") }

    /// The command that makes it, if the file does not hold them as they are.
    var unpacked: [String] {
        let swapped = swapGroup.map { ["jffs2 swap -b \($0) \(packedBytesFile) -o \(output("turned"))"] } ?? []
        return taken + swapped
    }

    /// The command that takes it out of what it is packed in.
    private var taken: [String] {
        guard let packing else { return [] }
        if isInUImage { return ["jffs2 uimage unwrap --decompress \(file) -o \(output("unpacked"))"] }
        let (name, whole) = (packing.member.map { ShellWord.file($0) } ?? "", output("unpacked"))
        switch packing.form {
        case .tar: return ["tar -xOf \(file) \(name) > \(whole)"]
        case .cpio: return ["bsdtar -xOf \(file) \(name) > \(whole)"]
        case .zip: return ["unzip -p \(file) \(name) > \(whole)"]
        default: return [unpacking(packing.form, of: file)]
        }
    }

    private func packed(_ form: PackedForm, member: String?) -> [String] {
        if hasFileSystem {
            return [unpack(member.map { known.contains("--member") ? [] : ["--member", ShellWord.quoted($0)] } ?? [])]
        }
        return [unpacking(form, of: file)]
    }

    private func unpacking(_ form: PackedForm, of source: String) -> String {
        let folder = output("files")
        switch form {
        case .tar: return "mkdir \(folder) && tar -xf \(source) -C \(folder)"
        case .cpio: return "mkdir \(folder) && bsdtar -xf \(source) -C \(folder)"
        case .zip: return "unzip \(source) -d \(folder)"
        case .compress: return "uncompress -c < \(source) > \(output("unpacked"))"
        case .gzip, .bzip2, .xz, .lzma, .lzip, .zstd, .lz4:
            return "\(form.rawValue) -dc < \(source) > \(output("unpacked"))"
        }
    }

    /// No common program unpacks what has neither gzip's header nor another one that it knows.
    private func inflating(_ source: String, hasHeader: Bool, to target: String) -> String {
        let program =
            "import sys,zlib; sys.stdout.buffer.write(zlib.decompressobj(\(hasHeader ? 15 : -15)).decompress(sys.stdin.buffer.read()))"
        return "python3 -c '\(program)' < \(source) > \(target)"
    }

    private func halves(width: Int, isFirst: Bool) -> [String] {
        guard let second else { return [] }
        let (left, right) = isFirst ? (file, ShellWord.file(second)) : (ShellWord.file(second), file)
        let words = width == 2 ? " --width 2" : ""
        return ["jffs2 swap --interleave \(right)\(words) \(left) -o \(output("both"))"]
    }

    /// What opens another format; `place` is where it lies.
    private func foreign(_ word: String, at place: Int) -> [String] {
        let (folder, part) = (output("files"), output("part"))
        let cut = place == 0 ? "" : "tail -c +\(place + 1) \(file) > \(part) && "
        let source = place == 0 ? file : part
        switch word {
        case "squashfs":
            return [place == 0 ? "unsquashfs -d \(folder) \(file)" : "unsquashfs -o \(place) -d \(folder) \(file)"]
        case "ubi", "ubifs": return [cut + "ubireader_extract_files -o \(folder) \(source)"]
        case "cramfs": return [cut + "cramfsck -x \(folder) \(source)"]
        case "romfs": return ["mkdir \(folder) && mount -t romfs -o loop,ro,offset=\(place) \(file) \(folder)"]
        case "ext2", "ext3", "ext4": return ["mkdir \(folder) && " + cut + "debugfs -R 'rdump / \(folder)' \(source)"]
        case "yaffs": return ["mkdir \(folder) && " + cut + "unyaffs \(source) \(folder)"]
        case "trx": return ["jffs2 partitions --split -d \(folder) \(file)"]
        case "zlib", "deflate":
            let unpacked = output("unpacked")
            return [cut + inflating(source, hasHeader: word == "zlib", to: unpacked), "jffs2 doctor \(unpacked)"]
        case "lzop": return [cut + "lzop -dc < \(source) > \(output("unpacked"))"]
        case "iso9660": return ["mkdir \(folder) && bsdtar -xf \(file) -C \(folder)"]
        case "xfs", "f2fs", "btrfs", "ntfs", "exfat":
            return ["mkdir \(folder) && sudo mount -t \(word) -o loop,ro \(file) \(folder)"]
        case "erofs": return [cut + "fsck.erofs --extract=\(folder) \(source)"]
        case "sqlite": return ["sqlite3 -readonly \(file) .dump"]
        case "pem": return ["openssl storeutl -noout -text \(file)"]
        case "der": return ["openssl asn1parse -inform DER -in \(file)"]
        case "pdf": return ["pdftotext \(file) -"]
        case "mbr", "gpt": return ["fdisk -l \(file)"]
        case "fat": return ["mdir -i \(file) ::"]
        case "qcow2": return ["qemu-img convert -O raw \(file) \(output("raw"))"]
        case "androidSparse": return ["simg2img \(file) \(output("raw"))"]
        case "openssl", "luks", "age", "gpg": return []
        case "cpio": return ["mkdir \(folder) && bsdtar -xf \(file) -C \(folder)"]
        case "7z": return ["7z x -o\(folder) \(file)"]
        case "rar": return ["unrar x \(file) \(folder)/"]
        case "elf": return ["readelf -hS \(file)"]
        case "deviceTree": return [cut + "dtc -I dtb -O dts \(source)"]
        case "environment": return ["tail -c +\(place + 5) \(file) | tr -d '\\377' | tr '\\0' '\\n'"]
        case "uImage", "fit": return ["jffs2 uimage info \(file)", "jffs2 uimage unwrap \(file) -d \(folder)"]
        case "deadc0de": return ["head -c \(place) \(file) > \(part)"]
        default:
            if let form = PackedForm(rawValue: word) { return [cut + unpacking(form, of: source)] }
            return ["od -A x -t x1z \(file) | head -n 20"]
        }
    }
}

extension ByteTransform {
    /// As `swap` takes it.
    var options: [String] {
        (reversesBits ? ["--bits"] : []) + (inverts ? ["--invert"] : []) + (group.map { ["-b", "\($0)"] } ?? [])
            + (unit > 1 ? ["--unit", "\(unit)"] : [])
    }
}
