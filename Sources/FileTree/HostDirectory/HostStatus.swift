internal import FlashBytes

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Which file of the host this is, under whatever name: st_dev and st_ino.
struct HostIdentity: Sendable, Hashable {
    let device: UInt64
    let inode: UInt64
}

extension FileIdentity {
    init(_ identity: HostIdentity) { self.init(device: identity.device, inode: identity.inode) }
}

/// What `stat` says about a file of the host.
struct HostStatus: Sendable {
    let identity: HostIdentity
    let kind: FileKind
    let linkCount: UInt64
    let size: UInt64
    let device: DeviceNumber
    /// Without extended attributes.
    let metadata: Metadata

    /// nil for a kind of file that Unix trees do not have (a Solaris door, say).
    init?(_ status: stat) {
        guard let kind = FileKind(mode: UInt32(status.st_mode)) else { return nil }
        self.kind = kind
        identity = HostIdentity(
            device: UInt64(truncatingIfNeeded: status.st_dev), inode: UInt64(truncatingIfNeeded: status.st_ino))
        linkCount = UInt64(truncatingIfNeeded: status.st_nlink)
        size = UInt64(clamping: status.st_size)
        device = DeviceNumber(hostNumber: UInt64(truncatingIfNeeded: status.st_rdev))
        var metadata = Metadata(
            permissions: UInt16(truncatingIfNeeded: status.st_mode) & 0o7777, owner: UInt32(status.st_uid),
            group: UInt32(status.st_gid))
        #if canImport(Darwin)
            metadata.accessTime = Int64(status.st_atimespec.tv_sec)
            metadata.modificationTime = Int64(status.st_mtimespec.tv_sec)
            metadata.changeTime = Int64(status.st_ctimespec.tv_sec)
        #else
            metadata.accessTime = Int64(status.st_atim.tv_sec)
            metadata.modificationTime = Int64(status.st_mtim.tv_sec)
            metadata.changeTime = Int64(status.st_ctim.tv_sec)
        #endif
        self.metadata = metadata
    }
}

extension DeviceNumber {
    /// Takes the host's `dev_t` apart.
    init(hostNumber number: UInt64) {
        #if canImport(Darwin)
            self.init(major: UInt32(number >> 24 & 0xff), minor: UInt32(number & 0xff_ffff))
        #else
            self.init(
                major: UInt32(number >> 8 & 0xfff | number >> 32 & 0xffff_f000),
                minor: UInt32(number & 0xff | number >> 12 & 0xffff_ff00))
        #endif
    }

    /// As the host's `dev_t`; nil when the host has no room for it.
    var hostNumber: dev_t? {
        #if canImport(Darwin)
            guard major <= 0xff, minor <= 0xff_ffff else { return nil }
            return dev_t(truncatingIfNeeded: major << 24 | minor)
        #else
            let major = UInt64(major)
            let minor = UInt64(minor)
            return dev_t(
                (major & 0xfff) << 8 | (major & 0xffff_f000) << 32 | minor & 0xff | (minor & 0xffff_ff00) << 12)
        #endif
    }
}
