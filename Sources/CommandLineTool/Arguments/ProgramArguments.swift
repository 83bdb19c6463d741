import FileTree
import FlashBytes

/// What the program was started with.
enum ProgramArguments {
    /// The arguments behind the program's name. One that is not UTF-8 stands as paths are printed (`\ooo` for a byte), which
    /// all arguments take that name a file in an image.
    static let all: [String] = {
        var arguments: [String] = []
        for index in 1..<max(1, Int(CommandLine.argc)) {
            guard let argument = unsafe CommandLine.unsafeArgv[index] else { break }
            if let text = unsafe String(validatingCString: argument) {
                arguments.append(text)
            } else {
                arguments.append(printable(unsafe bytes(of: argument)))
            }
        }
        return arguments
    }()

    /// The bytes of an argument that names a file of the host; `text` is what stands for it in `all`.
    static func bytes(of text: String) -> [UInt8] { foreign[text] ?? Array(text.utf8) }

    /// Those that are not UTF-8, by what stands for them.
    private static let foreign: [String: [UInt8]] = {
        var found: [String: [UInt8]] = [:]
        for index in 1..<max(1, Int(CommandLine.argc)) {
            guard let argument = unsafe CommandLine.unsafeArgv[index] else { break }
            if unsafe String(validatingCString: argument) == nil {
                let bytes = unsafe bytes(of: argument)
                found[printable(bytes)] = bytes
            }
        }
        return found
    }()

    private static func bytes(of argument: UnsafePointer<CChar>) -> [UInt8] {
        var bytes: [UInt8] = []
        var at = unsafe argument
        while case let byte = unsafe at.pointee, byte != 0 {
            bytes.append(UInt8(bitPattern: byte))
            unsafe at += 1
        }
        return bytes
    }
}
