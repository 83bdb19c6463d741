#if Mount
    internal import CFUSE
    import FileTree
    import FlashBytes
    import Glibc
    import Synchronization

    /// Answers what the kernel asks about a mounted tree, on any number of threads.
    final class TreeServer: Sendable {
        let table: MountTable
        let cache = ContentCache()
        /// What `stat` shows as st_blocks, by node, once it was asked for.
        private let blockCounts: Mutex<[Int: Int64]> = Mutex([:])

        init(_ table: MountTable) { self.table = table }

        /// Nothing changes while it is mounted: the kernel need not ask again (seconds).
        private static let validity = 86_400.0

        // MARK: - What a file is

        func attributes(of node: Int) -> stat {
            let inode = table.inode(node)
            var status = stat()
            status.st_ino = UInt(table.inodeNumber(node))
            status.st_mode = inode.mode
            status.st_nlink = UInt(table.linkCount(node))
            status.st_uid = inode.metadata.owner
            status.st_gid = inode.metadata.group
            status.st_size = Int(clamping: inode.size)
            status.st_blksize = 4096
            status.st_blocks = Int(blockCount(of: node, inode))
            status.st_atim.tv_sec = Int(inode.metadata.accessTime)
            status.st_mtim.tv_sec = Int(inode.metadata.modificationTime)
            status.st_ctim.tv_sec = Int(inode.metadata.changeTime)
            switch inode.payload {
            case .characterDevice(let number), .blockDevice(let number):
                status.st_rdev = makedev(major: number.major, minor: number.minor)
            default: break
            }
            return status
        }

        /// In units of 512 bytes, without holes: where there are fewer than the size has, cp and tar look for holes.
        private func blockCount(of node: Int, _ inode: Inode) -> Int64 {
            guard case .regular(let contents) = inode.payload, contents.size > 0 else { return 0 }
            if let known = blockCounts.withLock({ $0[node] }) { return known }
            let ranges = (try? contents.makeReader().dataRanges()) ?? [0..<contents.size]
            let bytes = ranges.reduce(0) { $0 + UInt64($1.count) }
            let count = Int64(clamping: (bytes + 511) / 512)
            blockCounts.withLock { $0[node] = count }
            return count
        }

        func entry(of node: Int) -> fuse_entry_param {
            var entry = fuse_entry_param()
            entry.ino = fuse_ino_t(node + 1)
            entry.attr = attributes(of: node)
            entry.attr_timeout = Self.validity
            entry.entry_timeout = Self.validity
            return entry
        }

        func lookUp(_ request: fuse_req_t, parent: UInt64, name: UnsafePointer<CChar>) {
            let bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: name, count: strlen(name)))
            guard let parent = table.node(parent) else {
                unsafe fuse_reply_err(request, ENOENT)
                return
            }
            var entry =
                if let node = table.child(FileName(bytes), of: parent) {
                    self.entry(of: node)
                } else {
                    // That there is no such name stays true, too: number 0 says so.
                    fuse_entry_param()
                }
            entry.entry_timeout = Self.validity
            unsafe fuse_reply_entry(request, &entry)
        }

        func getAttributes(_ request: fuse_req_t, of number: UInt64) {
            guard let node = table.node(number) else {
                unsafe fuse_reply_err(request, ENOENT)
                return
            }
            var status = attributes(of: node)
            unsafe fuse_reply_attr(request, &status, Self.validity)
        }

        func readLink(_ request: fuse_req_t, of number: UInt64) {
            guard let node = table.node(number), case .symbolicLink(let target) = table.inode(node).payload else {
                unsafe fuse_reply_err(request, EINVAL)
                return
            }
            guard target.count < 4096 else {
                unsafe fuse_reply_err(request, ENAMETOOLONG)
                return
            }
            unsafe (target + [0]).withUnsafeBytes { bytes in
                guard let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else { return }
                unsafe fuse_reply_readlink(request, start)
            }
        }

        // MARK: - Directories

        /// - Parameters:
        ///   - offset: how many entries the kernel has had.
        ///   - withAttributes: whether it wants to know all about each.
        func readDirectory(
            _ request: fuse_req_t, of number: UInt64, size: Int, offset: Int, withAttributes: Bool
        ) {
            guard let node = table.node(number), table.inode(node).kind == .directory, offset >= 0 else {
                unsafe fuse_reply_err(request, ENOTDIR)
                return
            }
            let children = table.nodes[node].children
            unsafe withUnsafeTemporaryAllocation(byteCount: size, alignment: 8) { buffer in
                guard let start = unsafe buffer.baseAddress?.assumingMemoryBound(to: CChar.self) else { return }
                var used = 0
                var at = offset
                while at < children.count + 2 {
                    let name = at == 0 ? [0x2e] : at == 1 ? [0x2e, 0x2e] : children[at - 2].name.bytes
                    let file = at == 0 ? node : at == 1 ? table.nodes[node].parent : children[at - 2].node
                    let length = unsafe (name + [0]).withUnsafeBytes { bytes -> Int in
                        guard let name = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else { return 0 }
                        let place = unsafe start + used
                        if withAttributes {
                            var entry = at < 2 ? fuse_entry_param() : self.entry(of: file)
                            if at < 2 {
                                entry.attr.st_mode = S_IFDIR
                                entry.attr.st_ino = UInt(table.inodeNumber(file))
                            }
                            return unsafe fuse_add_direntry_plus(
                                request, place, size - used, name, &entry, at + 1)
                        }
                        var status = stat()
                        status.st_mode = table.inode(file).mode
                        status.st_ino = UInt(table.inodeNumber(file))
                        return unsafe fuse_add_direntry(request, place, size - used, name, &status, at + 1)
                    }
                    if length > size - used { break }
                    used += length
                    at += 1
                }
                unsafe fuse_reply_buf(request, start, used)
            }
        }

        // MARK: - Contents

        func read(_ request: fuse_req_t, of number: UInt64, size: Int, offset: Int) {
            guard let node = table.node(number), case .regular(let contents) = table.inode(node).payload else {
                unsafe fuse_reply_err(request, EISDIR)
                return
            }
            guard offset >= 0, UInt64(offset) < contents.size, size > 0 else {
                unsafe fuse_reply_buf(request, nil, 0)
                return
            }
            let start = UInt64(offset)
            let end = min(contents.size, start + UInt64(size))
            do throws(ContentCache.Unreadable) {
                try cache.read(contents, of: node, range: start..<end) { bytes in
                    unsafe bytes.withUnsafeBytes { bytes in
                        unsafe fuse_reply_buf(
                            request, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
                        return
                    }
                }
            } catch {
                // The kernel asks for ranges of many pages; those of them that are good it gets one by one then.
                unsafe fuse_reply_err(request, EIO)
            }
        }

        // SEEK_DATA and SEEK_HOLE of linux/fs.h, which Swift does not see.
        private static let seekData: Int32 = 3
        private static let seekHole: Int32 = 4

        /// SEEK_DATA and SEEK_HOLE; the kernel does the others by itself.
        func seek(_ request: fuse_req_t, of number: UInt64, offset: Int, whence: Int32) {
            guard let node = table.node(number), case .regular(let contents) = table.inode(node).payload,
                let ranges = try? contents.makeReader().dataRanges()
            else {
                unsafe fuse_reply_err(request, EIO)
                return
            }
            guard offset >= 0, UInt64(offset) < contents.size else {
                unsafe fuse_reply_err(request, ENXIO)
                return
            }
            let start = UInt64(offset)
            let next = ranges.partitionPoint { $0.upperBound <= start }
            let data = next < ranges.count ? max(start, ranges[next].lowerBound) : nil
            switch whence {
            case Self.seekData:
                if let data, data < contents.size {
                    unsafe fuse_reply_lseek(request, Int(data))
                } else {
                    unsafe fuse_reply_err(request, ENXIO)
                }
            case Self.seekHole:
                let hole = data == start ? ranges[next].upperBound : start
                unsafe fuse_reply_lseek(request, Int(min(hole, contents.size)))
            default: unsafe fuse_reply_err(request, EINVAL)
            }
        }

        // MARK: - Extended attributes

        func getExtendedAttribute(_ request: fuse_req_t, of number: UInt64, name: UnsafePointer<CChar>, size: Int) {
            guard table.hasExtendedAttributes else {
                // The kernel does not ask again then, about any file.
                unsafe fuse_reply_err(request, ENOSYS)
                return
            }
            let bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: name, count: strlen(name)))
            guard let node = table.node(number),
                let found = table.inode(node).metadata.extendedAttributes.first(where: { $0.name == bytes })
            else {
                unsafe fuse_reply_err(request, ENODATA)
                return
            }
            unsafe answer(request, with: found.value, size: size)
        }

        func listExtendedAttributes(_ request: fuse_req_t, of number: UInt64, size: Int) {
            guard let node = table.node(number) else {
                unsafe fuse_reply_err(request, ENOENT)
                return
            }
            let names = table.inode(node).metadata.extendedAttributes.map(\.name)
                .filter { !$0.isEmpty && !$0.contains(0) }
            unsafe answer(request, with: names.flatMap { $0 + [0] }, size: size)
        }

        /// Of a value whose size is asked for first.
        private func answer(_ request: fuse_req_t, with value: [UInt8], size: Int) {
            if size == 0 {
                unsafe fuse_reply_xattr(request, value.count)
            } else if size < value.count {
                unsafe fuse_reply_err(request, ERANGE)
            } else {
                unsafe value.withUnsafeBytes { bytes in
                    unsafe fuse_reply_buf(
                        request, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
                    return
                }
            }
        }

        func describe(_ request: fuse_req_t) {
            var status = statvfs()
            status.f_bsize = 4096
            status.f_frsize = 4096
            status.f_blocks = UInt(clamping: (table.tree.contentSize + 4095) / 4096)
            status.f_files = UInt(table.tree.inodes.count)
            status.f_namemax = 254
            unsafe fuse_reply_statfs(request, &status)
        }
    }

    /// Device numbers as `stat` has them: gnu_dev_makedev, of which the header makes a macro.
    private func makedev(major: UInt32, minor: UInt32) -> UInt {
        let (major, minor) = (UInt(major), UInt(minor))
        return (major & 0xfff) << 8 | (major & ~0xfff) << 32 | minor & 0xff | (minor & ~0xff) << 12
    }
#endif
