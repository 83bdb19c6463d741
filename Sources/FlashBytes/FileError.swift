public import SystemPackage

/// An operation on a host file that failed.
public struct FileError: Error, Hashable, CustomStringConvertible {
    /// What was tried, as a verb: `open`, `read`, `create`.
    public let action: String
    /// The file, as the user named it.
    public let path: String
    /// What the operating system said.
    public let errno: Errno
    /// Of a file that was not read because it holds more: how much would have been read (bytes).
    public let limit: Int?

    /// What a call of the system said about a file.
    public init(action: String, path: String, errno: Errno) {
        self.action = action
        self.path = path
        self.errno = errno
        limit = nil
    }

    /// A file that holds more than `limit` bytes.
    public init(tooLarge path: String, limit: Int) {
        action = "read"
        self.path = path
        errno = .fileTooLarge
        self.limit = limit
    }

    /// The path and what went wrong, without full stop.
    public var description: String {
        if let limit { return "\(path): more than \(SizeExpression.readable(limit)), with no end in sight" }
        return "\(path): cannot \(action): \(errno)"
    }
}
