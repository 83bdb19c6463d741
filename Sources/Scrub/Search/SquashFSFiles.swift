import FileTree
import FirmwareImage

/// The files of a SquashFS file system, as `unsquashfs` reads them, where it is installed.
enum SquashFSFiles {
    /// Whether bytes begin as one does, of either byte order.
    static func isOne(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.starts(with: "hsqs".utf8) || bytes.starts(with: "sqsh".utf8)
    }

    /// Where such file systems stand in some bytes, behind whatever header; by superblocks whose fields agree.
    static func places(in bytes: [UInt8]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var at = 0
        while at + 96 <= bytes.count {
            guard bytes[at] == 0x68 || bytes[at] == 0x73, isOne(bytes[at...]),
                let header = unsafe SquashFSHeader(reading: bytes.span.bytes, at: at)
            else {
                at += 1
                continue
            }
            let end = at + min(header.bytesUsed, bytes.count - at)
            found.append(at..<end)
            at = max(at + 4, end)
        }
        return found
    }

    /// What all files together may have (bytes).
    static let limit = 256 << 20
    /// What stands between the names and the contents of a pseudo file (unsquashfs(1)).
    private static let border = Array("#\n# START OF DATA - DO NOT MODIFY\n#\n".utf8)

    /// Reads them.
    ///
    /// - Parameter bytes: from its superblock on; what stands behind it does not matter.
    /// - Returns: nil where there is no `unsquashfs` of version 4.5 or later, or it cannot read it.
    static func read(_ bytes: ArraySlice<UInt8>) -> [PackedContents.Member]? {
        // Names and contents in one stream: nothing is written to the disk.
        guard
            let text = HostProgram.run(
                "unsquashfs", arguments: ["-n", "-pf", "/dev/stdout", HostProgram.input], bytes: bytes, limit: limit)
        else { return nil }
        return members(of: text)
    }

    private static func members(of text: [UInt8]) -> [PackedContents.Member]? {
        guard let border = text.firstRange(of: Self.border) else { return nil }
        var members: [PackedContents.Member] = []
        var start = 0
        while start < border.lowerBound {
            guard let (line, path, fields) = entry(text[start..<border.lowerBound]) else { return nil }
            start = line.endIndex + 1
            // `R TIME MODE UID GID LENGTH OFFSET SPARSE`: a file, and where its bytes are.
            guard fields.first == "R" else {
                // The target of a link is something that may be found, too.
                if fields.first == "S", fields.count > 5 {
                    let target = line.split(separator: 0x20, maxSplits: 6).last ?? []
                    members.append(PackedContents.Member(path: path, bytes: Array(target)))
                }
                continue
            }
            guard fields.count >= 7, let length = Int(fields[5]), let offset = Int(fields[6]), length >= 0, offset >= 0,
                offset <= text.count - border.upperBound, length <= text.count - border.upperBound - offset
            else { return nil }
            let first = border.upperBound + offset
            members.append(PackedContents.Member(path: path, bytes: Array(text[first..<first + length])))
        }
        return members
    }

    /// The line that a text begins with: the name, in which blanks, quotes and backslashes stand behind a backslash, and the
    /// words behind it. A line end may be in the name.
    private static func entry(
        _ text: ArraySlice<UInt8>
    ) -> (line: ArraySlice<UInt8>, path: [UInt8], fields: [String])? {
        var path: [UInt8] = []
        var at = text.startIndex
        while at < text.endIndex, text[at] != 0x20 {
            if text[at] == 0x5c {
                at += 1
                guard at < text.endIndex else { return nil }
            }
            path.append(text[at])
            at += 1
        }
        guard at < text.endIndex else { return nil }
        let end = text[at...].firstIndex(of: 0x0a) ?? text.endIndex
        let fields = text[at..<end].split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
        return (text[text.startIndex..<end], path, fields)
    }
}
