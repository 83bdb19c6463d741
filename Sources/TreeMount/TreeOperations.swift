#if Mount
    internal import CFUSE
    import Glibc

    /// The table of functions that libfuse calls: each only finds the server behind its request.
    enum TreeOperations {
        static func table() -> fuse_lowlevel_ops {
            var table = fuse_lowlevel_ops()
            unsafe table.`init` = { _, connection in
                guard let connection = unsafe connection else { return }
                let wanted = UInt32(FUSE_CAP_CACHE_SYMLINKS) | UInt32(FUSE_CAP_PARALLEL_DIROPS)
                unsafe connection.pointee.want |= connection.pointee.capable & wanted
                // Attributes of all names of a directory at once, always: who lists them mostly wants them.
                unsafe connection.pointee.want &= ~UInt32(FUSE_CAP_READDIRPLUS_AUTO)
            }
            unsafe table.lookup = { request, parent, name in
                guard let request = unsafe request, let name = unsafe name else { return }
                unsafe server(request).lookUp(request, parent: parent, name: name)
            }
            unsafe table.forget = { request, _, _ in unsafe fuse_reply_none(request) }
            unsafe table.forget_multi = { request, _, _ in unsafe fuse_reply_none(request) }
            unsafe table.getattr = { request, number, _ in
                guard let request = unsafe request else { return }
                unsafe server(request).getAttributes(request, of: number)
            }
            unsafe table.readlink = { request, number in
                guard let request = unsafe request else { return }
                unsafe server(request).readLink(request, of: number)
            }
            // Not there: then the kernel opens files and directories by itself and keeps what it has read of them.
            unsafe table.open = { request, _, _ in unsafe _ = fuse_reply_err(request, ENOSYS) }
            unsafe table.opendir = { request, _, _ in unsafe _ = fuse_reply_err(request, ENOSYS) }
            unsafe table.read = { request, number, size, offset, _ in
                guard let request = unsafe request else { return }
                unsafe server(request).read(request, of: number, size: size, offset: offset)
            }
            unsafe table.readdir = { request, number, size, offset, _ in
                guard let request = unsafe request else { return }
                unsafe server(request).readDirectory(
                    request, of: number, size: size, offset: offset, withAttributes: false)
            }
            unsafe table.readdirplus = { request, number, size, offset, _ in
                guard let request = unsafe request else { return }
                unsafe server(request).readDirectory(
                    request, of: number, size: size, offset: offset, withAttributes: true)
            }
            unsafe table.lseek = { request, number, offset, whence, _ in
                guard let request = unsafe request else { return }
                unsafe server(request).seek(request, of: number, offset: offset, whence: whence)
            }
            unsafe table.getxattr = { request, number, name, size in
                guard let request = unsafe request, let name = unsafe name else { return }
                unsafe server(request).getExtendedAttribute(request, of: number, name: name, size: size)
            }
            unsafe table.listxattr = { request, number, size in
                guard let request = unsafe request else { return }
                unsafe server(request).listExtendedAttributes(request, of: number, size: size)
            }
            unsafe table.statfs = { request, _ in
                guard let request = unsafe request else { return }
                unsafe server(request).describe(request)
            }
            return table
        }
    }

    /// The server behind a request.
    private func server(_ request: fuse_req_t) -> TreeServer {
        // Safe: libfuse hands back what the session was made with, which lives longer than it.
        unsafe Unmanaged<TreeServer>.fromOpaque(fuse_req_userdata(request)).takeUnretainedValue()
    }
#endif
