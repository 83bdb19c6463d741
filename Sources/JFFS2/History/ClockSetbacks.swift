package import FileTree
import FlashBytes

/// That the clock of the device went back: the versions of files count up, whatever the clock says. Devices without a clock of
/// their own begin in 1970 with each start.
package struct ClockSetbacks: Sendable, Hashable {
    /// How many files have a later version with an earlier time.
    package let fileCount: Int
    /// One of them.
    package let example: FilePathBytes
    /// The time of a version of it (seconds since 1970).
    package let time: UInt32
    /// The earlier time of the version behind it (seconds since 1970).
    package let nextTime: UInt32
}

extension FlashHistory {
    /// Where versions go on at earlier times; nil where they nowhere do.
    ///
    /// Programs cannot set the time of change of an inode. The time of a name may be that of the file, as mkfs.jffs2 has it; so
    /// names tell only where Linux took one away.
    package func clockSetbacks() -> ClockSetbacks? {
        var found: Set<InodeNumber> = []
        var example: (path: FilePathBytes, time: UInt32, nextTime: UInt32)?
        for (index, file) in files.enumerated() {
            for (one, two) in zip(file.versions, file.versions.dropFirst()) {
                let (time, next) = (raw(of: one).ctime, raw(of: two).ctime)
                if next >= time { continue }
                if example == nil { example = (path(ofFile: index, at: time), time, next) }
                found.insert(file.inode)
                break
            }
        }
        for (one, two) in zip(names, names.dropFirst()) where one.isSucceeded && two.kind == .removal {
            guard two.time != 0, two.time < one.time, let inode = two.previousInode else { continue }
            if example == nil { example = (path(of: one), one.time, two.time) }
            found.insert(inode)
        }
        return example.map {
            ClockSetbacks(fileCount: found.count, example: $0.path, time: $0.time, nextTime: $0.nextTime)
        }
    }
}
