import Foundation
import TestSupport

/// Whether FUSE can be tried here. Where it cannot, that is said once, and loudly.
enum FUSE {
    static let isThere: Bool = {
        var lacks: [String] = []
        if !FileManager.default.fileExists(atPath: "/dev/fuse") { lacks.append("there is no /dev/fuse") }
        if (try? Program.run("fusermount3", ["-V"]))?.status != 0 { lacks.append("there is no fusermount3") }
        if (try? Tool.run("mount", "/dev/null", "/"))?.messages.contains("built without libfuse3") != false {
            lacks.append("the program is built without the trait Mount")
        }
        // A container may have the device and not be allowed to mount.
        if lacks.isEmpty, let scratch = try? Scratch() {
            let image = Checkout.path("TestImages/good-lzo.jffs2")
            let tried = try? scratch.shell("mkdir m; \(Tool.path) mount \(image) m && fusermount3 -u m")
            if tried == nil { lacks.append("nothing may be mounted") }
        }
        guard !lacks.isEmpty else { return true }
        FileHandle.standardError.write(
            Data("\n*** THE TESTS OF MOUNTING ARE LEFT OUT: \(lacks.joined(separator: ", ")) ***\n\n".utf8))
        return false
    }()
}

/// A folder at which an image is mounted; unmounted in the end.
final class MountPoint {
    let directory: Scratch
    let path: String

    /// - Parameter arguments: of `jffs2 mount`, without the folder.
    init(_ arguments: [String], in directory: Scratch, name: String = "m") throws {
        self.directory = directory
        path = directory(name)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        said = try Tool.run(["mount"] + arguments + [name], in: directory).checked()
    }

    /// What the program said.
    let said: Program.Output

    deinit { _ = try? Program.run("fusermount3", ["-u", "-z", path]) }
}

extension Scratch {
    /// All that programs see of the files in a folder: kinds, modes, links, times, targets, sizes, contents; as root owners and
    /// devices too, which an unpacked folder has then.
    func seen(_ name: String) throws -> String {
        let isRoot = geteuid() == 0
        let format = isRoot ? "%P %y%m %T@ %U %G %l" : "%P %y%m %T@ %l"
        let kinds = isRoot ? "" : "-type f -o -type d -o -type l -o -type p"
        return try shell(
            """
            cd \(name)
            find . -mindepth 1 \\( \(kinds.isEmpty ? "-true" : kinds) \\) -printf '\(format)\\0' | sort -z | tr '\\0' '\\n'
            find . -mindepth 1 ! -type d \\( \(kinds.isEmpty ? "-true" : kinds) \\) -printf '%P %n %s\\0' | sort -z | tr '\\0' '\\n'
            find . -type f -links +1 -printf '%i %P\\0' | sort -z -k 2 | tr '\\0' '\\n' |
                awk '{ if (!($1 in n)) n[$1] = ++c; $1 = n[$1]; print }'
            find . \\( -type b -o -type c \\) -exec stat -c '%n %t %T' {} + | sort
            find . -type f -exec sha256sum {} + | sort -k 2
            """)
    }
}
