import ArgumentParser
import FlashBytes
import SystemPackage

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where a command that changes a file puts the result.
enum Destination {
    /// The path to write; the input itself only when the user said so.
    ///
    /// - Parameter flag: how the user allows that, for the message.
    static func path(input: String, output: String?, inPlace: Bool, flag: String) throws -> String {
        guard let output else {
            guard inPlace else {
                throw ValidationError("Where to? Give -o OUT, or \(flag) to change \(input) itself.")
            }
            return input
        }
        if !inPlace, isSameFile(input, output) {
            throw ValidationError("\(output) is the input itself; \(flag) allows to change it.")
        }
        return output
    }

    private static func isSameFile(_ left: String, _ right: String) -> Bool {
        var (first, second) = (stat(), stat())
        guard unsafe stat(left, &first) == 0, unsafe stat(right, &second) == 0 else { return false }
        return first.st_dev == second.st_dev && first.st_ino == second.st_ino && first.st_mode & S_IFMT == S_IFREG
    }
}

extension OutputFile {
    /// Opens the file to write; `-` is standard output, which may be no terminal.
    static func open(_ path: String, isReadable: Bool = false) throws -> OutputFile {
        guard path == "-" else { return try OutputFile(path: path, isReadable: isReadable) }
        if isatty(1) == 1 {
            throw Failure("an image is not for a terminal; give -o FILE, or redirect the output", status: .usage)
        }
        return try .standardOutput(isReadable: isReadable)
    }
}
