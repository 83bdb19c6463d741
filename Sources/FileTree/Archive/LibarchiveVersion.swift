internal import CArchive

/// The libarchive that reads and writes archives and manifests here.
package enum LibarchiveVersion {
    /// The version that runs: `libarchive 3.6.2`.
    package static var text: String { unsafe String(cString: archive_version_string()) }
}
