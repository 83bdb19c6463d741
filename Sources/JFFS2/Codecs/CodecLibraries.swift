internal import CDeflate
internal import CLZMA
internal import CZlib

/// The libraries that compress and decompress: the bytes of an image depend on their versions.
package enum CodecLibraries {
    /// Name and version of each, as they run.
    package static var versions: [(name: String, version: String)] {
        [
            ("libdeflate", LIBDEFLATE_VERSION_STRING),
            ("zlib", unsafe String(cString: zlibVersion())),
            ("liblzma", unsafe String(cString: lzma_version_string())),
        ]
    }
}
