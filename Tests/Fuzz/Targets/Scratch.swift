import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A folder for one run, in memory where the system has one there; gone afterwards.
func withScratchFolder<Result>(
    _ body: (String) async throws(FuzzFailure) -> Result
) async throws(FuzzFailure) -> Result {
    let place = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    var template = Array("\(place)/jffs2-fuzz.XXXXXX".utf8CString)
    guard let made = mkdtemp(&template).map({ String(cString: $0) }) else { throw FuzzFailure("no scratch folder") }
    defer { try? FileManager.default.removeItem(atPath: made) }
    return try await body(made)
}

/// The names in a folder.
func names(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: UInt8.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
}

/// Makes a file.
func write(_ bytes: [UInt8], to path: String) throws(FuzzFailure) {
    guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else {
        throw FuzzFailure("cannot write \(path)")
    }
}
