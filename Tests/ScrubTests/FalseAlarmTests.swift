import FileTree
import FlashBytes
import Foundation
import ImageFile
import JFFS2
import TestSupport
import Testing

@testable import Scrub

/// What the built-in rules find where there is hardly anything to find. Each line says why it is found.
@Suite struct FalseAlarmTests {
    /// Whether there is a root file system of Debian packages: `make test` makes it.
    private static let debianRoot = ProcessInfo.processInfo.environment["JFFS2_DEBIAN_ROOT"]

    /// `rule path` of each finding.
    private static func found(_ bytes: [UInt8]) throws -> [String] {
        let images = try ImageOpener.openAll(FileBytes(bytes), path: "image")
        return try Scrubber(images: images, options: InputOptions()).list().findings.map {
            #expect($0.place.isLive)
            return "\($0.rule) \($0.place.path.map { "\($0)" } ?? "-")"
        }
    }

    @Test(arguments: [
        // The settings of a camera, made up.
        ("sys_demo", ["place-back-bin /etc/back.bin", "struct-ssid /etc/back.bin", "struct-wifi-key /etc/back.bin"]),
        // A log.
        ("home_demo", ["place-log /app/log.txt"]),
        ("good-nand.jffs2", []), ("good-lzo.jffs2", []), ("good-rtime.jffs2", []),
        ("lived-special-be-16k.jffs2", []), ("lived-rubin-16k.jffs2", []), ("lived-links-beold-16k.jffs2", []),
    ])
    func onlyWhatWasPutIntoTheTestImagesIsFound(_ name: String, _ expected: [String]) throws {
        let bytes = try FileBytes(path: Checkout.path("TestImages/\(name)")).withBytes { Array($0) }
        #expect(try Self.found(bytes) == expected)
    }

    /// Rule and path of what may be found in Debian's packages, paths as patterns.
    private static let expected: [(rule: String, path: String, reason: String)] = [
        ("password-hash", "/etc/mosquitto/pwfile.example", "an example, but a hash all the same"),
        ("password", "/etc/ssl/openssl.cnf", "values of its examples"),
        ("token", "/etc/ssl/openssl.cnf", "values of its examples"),
        ("password-hash", "/usr/sbin/sshd", "hash of no password, for users who do not exist"),
        ("private-key", "/usr/lib/*/libgnutls.so.*", "keys for its self-test"),
        ("private-key-der", "/usr/bin/openssl", "keys for 'openssl speed'"),
        ("place-cloud-identity", "/usr/share/ppp/*-secrets", "templates of files with passwords"),
        ("wifi-key", "*sbin/wpa_supplicant", "'EAP-PSK: 16-octet pre-shared key not configured'"),
    ]

    @Test(.enabled(if: debianRoot != nil, "make test sets JFFS2_DEBIAN_ROOT"))
    func aRootFileSystemOfDebianHasHardlyAnyFindings() throws {
        let tree = try HostDirectoryReader.read(try #require(Self.debianRoot))
        var bytes: [UInt8] = []
        _ = try ImageBuilder(ImageConfiguration()).write(tree) { (block: RawSpan) throws(FileError) in
            block.withUnsafeBytes { bytes += $0 }
        }
        let found = try Self.found(bytes)
        let files = tree.inodes.count { $0.kind == .regular }
        #expect(files > 1500)
        #expect(found.count * 100 <= files, "\(found.count) findings in \(files) files")
        for line in found {
            let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
            #expect(
                Self.expected.contains { $0.rule == parts[0] && fnmatch($0.path, parts[1], 0) == 0 }, "\(line)")
        }
        // Nothing is found no more because nothing is looked at.
        #expect(found.contains { $0.hasPrefix("private-key ") })
    }
}
