internal import CArchive

/// libarchive, which reads and writes archives and manifests.
public enum ArchiveLibrary {
    /// The version that runs: `libarchive 3.6.2`.
    public static var version: String { unsafe String(cString: archive_version_string()) }
}
