// swift-tools-version: 6.3

import PackageDescription

/// Warnings stop the build where the project is developed and in CI, not on a user's newer compiler.
let strict = Context.environment["CI"] != nil

let settings: [SwiftSetting] =
    [
        .strictMemorySafety(),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ] + (strict ? [.treatAllWarnings(as: .error)] : [])

/// Tests may use whatever makes them short.
let testSettings: [SwiftSetting] =
    [.enableUpcomingFeature("ExistentialAny")] + (strict ? [.treatAllWarnings(as: .error)] : [])

/// toml++'s pkg-config file names macros, which a package may not take from there.
#if os(macOS)
    let homebrewHeaders = [CXXSetting.unsafeFlags(["-I/opt/homebrew/include", "-I/usr/local/include"])]
#else
    let homebrewHeaders: [CXXSetting] = []
#endif

let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")

/// The packages are fetched, or taken from a folder that has them: `make vendor`, for building without network.
let vendor = Context.environment["JFFS2_VENDOR"]
let dependencies: [Package.Dependency] = [
    ("swift-argument-parser", Version(1, 8, 0)), ("swift-system", Version(1, 8, 0)),
]
.map { name, version in
    vendor.map { .package(path: "\($0)/\(name)") }
        ?? .package(url: "https://github.com/apple/\(name)", from: version)
}

/// The program of `make fuzz`: libFuzzer has its main function, and links only with -sanitize=fuzzer.
let fuzzer: [Target] =
    Context.environment["JFFS2_FUZZ"] == nil
    ? []
    : [
        .executableTarget(
            name: "fuzz", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Runner", swiftSettings: testSettings)
    ]

let package = Package(
    name: "jffs2",
    platforms: [.macOS(.v26)],
    products: [
        .executable(name: "jffs2", targets: ["CommandLineTool"]),
        .library(name: "JFFS2Library", targets: ["JFFS2Library"]),
    ],
    // Off by default: whoever builds without libfuse3 needs nothing of it. The Makefile and .ci turn it on on Linux.
    traits: [.trait(name: "Mount", description: "jffs2 mount, through libfuse3")],
    dependencies: dependencies,
    targets: [
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .systemLibrary(
            name: "CDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"]), .brew(["libdeflate"])]),
        .systemLibrary(name: "CLZMA", pkgConfig: "liblzma", providers: [.apt(["liblzma-dev"]), .brew(["xz"])]),
        .systemLibrary(
            name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"]), .brew(["libarchive"])]),
        .systemLibrary(name: "CExtendedAttributes"),
        // For the trait Mount alone; libfuse3 is of Linux.
        .systemLibrary(name: "CFUSE", pkgConfig: "fuse3", providers: [.apt(["libfuse3-dev"])]),

        .systemLibrary(
            name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"]), .brew(["pcre2"])]),
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),
        // toml++ (apt libtomlplusplus-dev, brew tomlplusplus; headers only) with a C interface, for the rule files of scrub.
        .target(name: "CTOML", cxxSettings: homebrewHeaders),

        .target(name: "FlashBytes", dependencies: ["CArchive", "CDeflate", system], swiftSettings: settings),
        .target(
            name: "FileTree", dependencies: ["FlashBytes", "CArchive", "CExtendedAttributes", system],
            swiftSettings: settings),
        .target(
            name: "TreeMount",
            dependencies: [
                "FlashBytes", "FileTree", .target(name: "CFUSE", condition: .when(traits: ["Mount"])), system,
            ],
            swiftSettings: settings),
        .target(
            name: "JFFS2", dependencies: ["FlashBytes", "FileTree", "CZlib", "CDeflate", "CLZMA"],
            swiftSettings: settings),
        .target(
            name: "FirmwareImage", dependencies: ["FlashBytes", "CArchive", "CLZMA", "CZlib"],
            swiftSettings: settings),
        .target(
            name: "ImageFile", dependencies: ["FlashBytes", "FileTree", "JFFS2", "FirmwareImage"],
            swiftSettings: settings),
        // One import for programs that use the library.
        .target(
            name: "JFFS2Library", dependencies: ["FlashBytes", "FileTree", "JFFS2", "FirmwareImage", "ImageFile"],
            swiftSettings: settings),
        .target(
            name: "RestoreKit", dependencies: ["FlashBytes", "FileTree", "JFFS2", "FirmwareImage", "ImageFile"],
            swiftSettings: settings),
        .target(
            name: "Scrub",
            dependencies: [
                "FlashBytes", "FileTree", "JFFS2", "FirmwareImage", "ImageFile", "CPCRE2", "CSQLite", "CTOML",
            ],
            swiftSettings: settings),
        .target(name: "Acquisition", dependencies: ["FlashBytes", "FirmwareImage", system], swiftSettings: settings),
        .executableTarget(
            name: "CommandLineTool",
            dependencies: [
                "FlashBytes", "FileTree", "JFFS2", "FirmwareImage", "ImageFile", "RestoreKit", "Scrub", "Acquisition",
                "TreeMount", system,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            // The page of `report`, in the program itself, so that this stays one file.
            resources: [.embedInCode("Resources")],
            swiftSettings: settings),

        .executableTarget(
            name: "list-files", dependencies: ["JFFS2Library"], path: "Sources/Examples/list-files",
            swiftSettings: testSettings),
        .executableTarget(
            name: "change-file", dependencies: ["JFFS2Library"], path: "Sources/Examples/change-file",
            swiftSettings: testSettings),
        .executableTarget(
            name: "pack-directory", dependencies: ["JFFS2Library"], path: "Sources/Examples/pack-directory",
            swiftSettings: testSettings),

        // The hot parts beside the machine's limits; of no product.
        .executableTarget(
            name: "part-benchmarks", dependencies: ["FlashBytes", "FileTree", "JFFS2", "ImageFile", "CDeflate"],
            path: "Tests/Benchmarks/Parts", swiftSettings: testSettings),

        // The code of README and of the DocC pages, compiled and run.
        .testTarget(
            name: "LibraryTests", dependencies: ["JFFS2Library", "TestSupport"], swiftSettings: testSettings),
        .testTarget(
            name: "FileTreeTests", dependencies: ["FileTree", "FlashBytes", "TestSupport", system],
            swiftSettings: testSettings),
        .testTarget(
            name: "FlashBytesTests", dependencies: ["FlashBytes", "TestSupport"], swiftSettings: testSettings),
        .testTarget(
            name: "FirmwareImageTests", dependencies: ["FirmwareImage", "FlashBytes", "TestSupport"],
            swiftSettings: testSettings),
        .testTarget(
            name: "JFFS2Tests", dependencies: ["FileTree", "FlashBytes", "JFFS2", "TestSupport"],
            exclude: ["Codecs/Vectors"], swiftSettings: testSettings),

        .testTarget(
            name: "ImageFileTests",
            dependencies: ["ImageFile", "JFFS2", "FirmwareImage", "FileTree", "FlashBytes", "TestSupport"],
            swiftSettings: testSettings),

        .testTarget(
            name: "ScrubTests",
            dependencies: ["Scrub", "ImageFile", "JFFS2", "FirmwareImage", "FileTree", "FlashBytes", "TestSupport"],
            exclude: ["Corpus", "debian-root", "residue.py"],
            swiftSettings: testSettings),
        .testTarget(
            name: "PeerTests",
            dependencies: ["ImageFile", "JFFS2", "FileTree", "FlashBytes", "TestSupport"], swiftSettings: testSettings),

        .testTarget(
            name: "AcquisitionTests", dependencies: ["Acquisition", "FirmwareImage", "TestSupport"],
            swiftSettings: testSettings),

        // What several test targets need: the kernel lab, other programs, SHA-256.
        .target(
            name: "TestSupport", dependencies: ["FileTree", "FlashBytes", "JFFS2", "CArchive"],
            path: "Tests/TestSupport",
            // SHA-256 of all files, and unpacking: a tenth of the time.
            swiftSettings: testSettings + [.unsafeFlags(["-O"])]),
        .testTarget(
            name: "CommandLineTests",
            dependencies: ["FileTree", "FlashBytes", "ImageFile", "JFFS2", "RestoreKit", "TestSupport", "TreeMount"],
            swiftSettings: testSettings),
        .testTarget(
            name: "KernelLabTests", dependencies: ["FileTree", "ImageFile", "JFFS2", "Scrub", "TestSupport"],
            swiftSettings: testSettings),

        // What is fuzzed; the tests run it on the corpus.
        .target(
            name: "FuzzTargets",
            dependencies: [
                "FlashBytes", "FileTree", "JFFS2", "FirmwareImage", "ImageFile", "RestoreKit", "Scrub", "Acquisition",
                "TestSupport",
            ],
            path: "Tests/Fuzz/Targets", swiftSettings: testSettings),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets", "TestSupport"], swiftSettings: testSettings),
    ] + fuzzer,
    cxxLanguageStandard: .cxx17
)
