public import SystemPackage

/// An operation on a host file that failed.
public struct FileError: Error, Hashable, CustomStringConvertible {
    /// What was tried, as a verb: `open`, `read`, `create`.
    public let action: String
    /// The file, as the user named it.
    public let path: String
    /// What the operating system said.
    public let errno: Errno

    public init(_ action: String, _ path: String, _ errno: Errno) {
        self.action = action
        self.path = path
        self.errno = errno
    }

    public var description: String { "\(path): cannot \(action): \(errno)" }
}
