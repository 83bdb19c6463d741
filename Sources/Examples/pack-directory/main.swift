// Packs a directory, and the manifest beside it, into an image for NOR flash: pack-directory DIRECTORY OUTPUT
import JFFS2Library

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

let arguments = CommandLine.arguments
guard arguments.count == 3 else {
    print("usage: pack-directory DIRECTORY OUTPUT")
    exit(64)
}
do {
    let source = try SourceDirectory(reading: arguments[1])
    var configuration = ImageConfiguration()
    configuration.byteOrder = .little
    configuration.eraseSize = 64 << 10
    configuration.jobs = ProcessorCount.available
    let output = try OutputFile(path: arguments[2], replacing: false, isReadable: true)
    let report = try VerifiedOutput(output).write(source.tree, with: ImageBuilder(configuration))
    try output.commit()
    print("\(report.imageSize) bytes, \(report.names) names in \(report.usedBlocks) erase blocks")
} catch {
    print(error)
    exit(2)
}
