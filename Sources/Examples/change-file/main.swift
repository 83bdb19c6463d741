// Replaces one file of a flash and says which erase blocks have to be written: change-file IMAGE /PATH TEXT OUTPUT
import JFFS2Library

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

let arguments = CommandLine.arguments
guard arguments.count == 5 else {
    print("usage: change-file IMAGE /PATH TEXT OUTPUT")
    exit(64)
}
do {
    var image = try ImageFile(opening: arguments[1])
    try image.tree.write(Array((arguments[3] + "\n").utf8), to: FilePathBytes(arguments[2]))
    let report = try image.save(to: arguments[4], as: .fewestEraseBlocks)
    for block in report.changedBlocks ?? [] {
        print("erase block at \(hex(block.range.lowerBound)), \(block.range.count) bytes")
    }
} catch {
    print(error)
    exit(2)
}
