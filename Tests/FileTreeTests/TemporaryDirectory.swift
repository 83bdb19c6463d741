import FileTree
import FlashBytes
import Foundation

/// A directory of the host that is gone after the test.
final class TemporaryDirectory {
    let path: String

    /// - Parameter inMemory: where the system has such a place, for very many files.
    init(inMemory: Bool = false) {
        let isThere = inMemory && FileManager.default.isWritableFile(atPath: "/dev/shm")
        path =
            (isThere ? "/dev/shm" : NSTemporaryDirectory()) + "/jffs2-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        chmod(path, 0o777)
    }

    deinit { _ = try? shell("chmod -R u+rwx '\(path)'; rm -rf '\(path)'") }

    func callAsFunction(_ name: String) -> String { path + "/" + name }
}

/// Runs a shell command and gives back what it printed; its failure is an error.
@discardableResult
func shell(_ command: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", command]
    process.environment = ProcessInfo.processInfo.environment.merging(["LC_ALL": "C", "TZ": "UTC"]) { $1 }
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    if process.terminationStatus != 0 { throw ShellFailure(status: process.terminationStatus, command: command) }
    return String(decoding: data, as: UTF8.self)
}

struct ShellFailure: Error {
    let status: Int32
    let command: String
}

/// Content in which only some parts hold data, and some of those may be damaged.
final class PatchyContents: FileContents {
    let size: UInt64
    let data: [Range<UInt64>]
    let damaged: [Range<UInt64>]
    let failure: ContentsError?

    init(size: UInt64, data: [Range<UInt64>], damaged: [Range<UInt64>] = [], failure: ContentsError? = nil) {
        self.size = size
        self.data = data
        self.damaged = damaged
        self.failure = failure
    }

    func makeReader() throws(ContentsError) -> any ContentReader { Reader(contents: self) }

    static func byte(at offset: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: offset &* 31 >> 3 | 1) }

    private final class Reader: ContentReader {
        let contents: PatchyContents
        init(contents: PatchyContents) { self.contents = contents }

        func dataRanges() throws(ContentsError) -> [Range<UInt64>] { contents.data }

        func read(into buffer: inout MutableRawSpan, at offset: UInt64) throws(ContentsError) -> [ContentDamage] {
            if let failure = contents.failure { throw failure }
            let range = offset..<offset + UInt64(buffer.byteCount)
            for index in 0..<buffer.byteCount {
                let position = offset + UInt64(index)
                let isData =
                    contents.data.contains { $0.contains(position) }
                    && !contents.damaged.contains { $0.contains(position) }
                buffer.storeBytes(
                    of: isData ? PatchyContents.byte(at: position) : 0, toByteOffset: index, as: UInt8.self)
            }
            return contents.damaged.filter { $0.overlaps(range) }
                .map { ContentDamage(range: $0.clamped(to: range), reason: "bad CRC") }
        }
    }
}

struct NotInTree: Error { let path: FilePathBytes }

extension FileTree {
    func inode(_ path: FilePathBytes) throws -> Inode {
        guard let id = find(path) else { throw NotInTree(path: path) }
        return self[id]
    }

    @discardableResult
    mutating func add(
        _ payload: Inode.Payload, _ path: FilePathBytes, mode: UInt16 = 0o644, owner: UInt32 = 0, group: UInt32 = 0,
        time: Int64 = 1_000_000_000, attributes: [ExtendedAttribute] = []
    ) -> InodeID {
        var parent = path
        parent.removeLast()
        let metadata = Metadata(
            permissions: mode, owner: owner, group: group, time: time, extendedAttributes: attributes)
        return add(
            Inode(metadata: metadata, payload: payload), name: path.components.last ?? "", to: find(parent) ?? Self.root
        )
    }

    mutating func link(_ id: InodeID, _ path: FilePathBytes) {
        var parent = path
        parent.removeLast()
        link(id, name: path.components.last ?? "", to: find(parent) ?? Self.root)
    }

    /// One line for each name, with all that is known about it; `#n` joins the names of one inode.
    func listing(owners: Bool = true, times: Bool = true, attributes: Bool = false) -> [String] {
        var lines: [String] = []
        var numbers: [InodeID: Int] = [:]
        let counts = nameCounts()
        func line(_ path: FilePathBytes, _ id: InodeID) {
            let inode = self[id]
            var line = "\(path) \(inode.kind.letter)\(String(inode.metadata.permissions, radix: 8))"
            if case .symbolicLink(let target) = inode.payload {
                line = "\(path) l -> \(printable(target))"
            }
            if owners { line += " \(inode.metadata.owner):\(inode.metadata.group)" }
            if times { line += " @\(inode.metadata.modificationTime)" }
            switch inode.payload {
            case .regular(let contents):
                let bytes = try? contents.readAll()
                line +=
                    " \(contents.size) \(bytes.flatMap { SHA256.digest($0.span.bytes) }.map { hexadecimal($0.prefix(6)) } ?? "?")"
            case .characterDevice(let device), .blockDevice(let device): line += " (\(device))"
            default: break
            }
            if inode.kind != .directory, counts[id.index] > 1 {
                let number = numbers[id] ?? numbers.count + 1
                numbers[id] = number
                line += " #\(number)"
            }
            if attributes {
                for one in inode.metadata.extendedAttributes {
                    line += " \(printable(one.name))=\(hexadecimal(one.value))"
                }
            }
            lines.append(line)
        }
        line(FilePathBytes(), FileTree.root)
        walk { line($0, $1) }
        return lines
    }
}

/// A tree with one of everything.
func sampleTree(privileged: Bool = true) -> FileTree {
    var tree = FileTree(root: Metadata(permissions: 0o751, owner: 3, group: 4, time: 1_234_567))
    tree.add(.directory([]), "etc", mode: 0o555, owner: 1, group: 2, time: 1_100_000_000)
    let passwd = tree.add(
        .regular(MemoryContents(Array("root:x:0:0::/:/bin/sh\n".utf8))), "etc/passwd", mode: 0o400, owner: 5, group: 6,
        time: 1_200_000_000)
    tree.add(.directory([]), "bin", mode: 0o755, time: 1_300_000_000)
    tree.add(.regular(MemoryContents([])), "bin/empty", mode: 0o000)
    tree.add(.regular(PatchyContents(size: 700_000, data: [65_536..<131_072, 262_144..<600_000])), "bin/holes")
    tree.add(.regular(PatchyContents(size: 1 << 20, data: [])), "bin/onlyhole")
    tree.add(.regular(MemoryContents(Array(repeating: 7, count: 9000))), "bin/suid", mode: 0o4755, owner: 7, group: 8)
    tree.add(
        .symbolicLink(Array("../etc/passwd".utf8)), "bin/link", mode: 0o777, owner: 9, group: 10, time: 1_400_000_000)
    tree.link(passwd, "bin/passwd")
    tree.link(passwd, "etc/again")
    tree.add(.directory([]), "tmp", mode: 0o1777)
    tree.add(.directory([]), "dev", mode: 0o755)
    tree.add(.fifo, "dev/pipe", mode: 0o620, owner: 11, group: 12)
    if privileged {
        let console = tree.add(.characterDevice(DeviceNumber(major: 5, minor: 1)), "dev/console", mode: 0o600)
        tree.link(console, "dev/console2")
        tree.add(.blockDevice(DeviceNumber(major: 259, minor: 70_000)), "dev/block", mode: 0o660, group: 6)
        tree.add(.socket, "dev/log", mode: 0o666)
    }
    return tree
}

/// The lines that are in one of two listings only, with `-` and `+` in front.
func difference(_ old: [String], _ new: [String]) -> [String] {
    let (before, after) = (Set(old), Set(new))
    return old.filter { !after.contains($0) }.map { "- " + $0 } + new.filter { !before.contains($0) }.map { "+ " + $0 }
}
