/// SHA-256 of bytes that come in pieces.
package struct SHA256 {
    private let digest = MessageDigest(.sha256)

    /// The digest of nothing so far.
    package init() {}

    /// Takes in the next bytes.
    package func update(_ bytes: RawSpan) { digest.update(bytes) }

    package func update(_ bytes: UnsafeRawBufferPointer) { unsafe digest.update(bytes) }

    /// The 32 bytes of the digest; nil when libarchive was built without it. To be called once.
    package func finish() -> [UInt8]? { digest.finish() }

    /// The digest of bytes that are in memory.
    package static func digest(_ bytes: RawSpan) -> [UInt8]? { MessageDigest.of(bytes, algorithm: .sha256) }
}
