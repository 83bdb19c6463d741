internal import CArchive

/// libarchive, which reads and writes archives and manifests.
package enum ArchiveLibrary {
    /// The version that runs: `libarchive 3.6.2`.
    package static var version: String { unsafe String(cString: archive_version_string()) }
}
