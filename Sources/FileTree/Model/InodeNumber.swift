/// The number of an inode in a file system (`ino` and `pino` of JFFS2's nodes), in which no two inodes are alike.
///
/// Not the place of an inode in a `FileTree`, which is an `InodeID`.
@frozen
public struct InodeNumber: RawRepresentable, Sendable, Hashable, Comparable, ExpressibleByIntegerLiteral,
    CustomStringConvertible
{
    /// The number as it is stored.
    public var rawValue: UInt32

    /// The inode of this number.
    @inlinable
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The inode of this number.
    @inlinable
    public init(integerLiteral value: UInt32) { rawValue = value }

    /// The root directory of a JFFS2 image.
    @inlinable
    public static var root: InodeNumber { 1 }

    /// Whether the number on the left is the smaller one.
    @inlinable
    public static func < (left: InodeNumber, right: InodeNumber) -> Bool { left.rawValue < right.rawValue }

    /// Whether both are the same inode.
    @inlinable
    public static func == (left: InodeNumber, right: InodeNumber) -> Bool { left.rawValue == right.rawValue }

    /// The number in decimal.
    public var description: String { String(rawValue) }
}
