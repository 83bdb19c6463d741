#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#else
    internal import Darwin
#endif

/// Other programs that have a port open: they take bytes away, lock or no lock.
enum PortUsers {
    /// `minicom (process 4711)`, of all whose open files may be looked at; empty where the system has no /proc.
    static func others(of path: String) -> [String] {
        #if os(Linux)
            guard let port = device(path) else { return [] }
            let own = String(getpid())
            return SerialPort.names(in: "/proc").filter { $0.allSatisfy(\.isNumber) && $0 != own }.sorted().compactMap {
                process in
                let directory = "/proc/\(process)/fd"
                guard SerialPort.names(in: directory).contains(where: { device("\(directory)/\($0)") == port }) else {
                    return nil
                }
                let name = SmallFile.text("/proc/\(process)/comm").map { String($0.filter { !$0.isNewline }) }
                return name.map { "\($0) (process \(process))" } ?? "process \(process)"
            }
        #else
            return []
        #endif
    }

    #if os(Linux)
        /// Which character device a path leads to.
        private static func device(_ path: String) -> SIMD2<UInt64>? {
            var status = stat()
            guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFCHR else { return nil }
            return SIMD2(UInt64(status.st_dev), UInt64(status.st_rdev))
        }
    #endif
}
