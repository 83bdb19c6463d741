// Lists the files of an image, whatever it is wrapped in: list-files IMAGE
import JFFS2Library

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

guard let path = CommandLine.arguments.dropFirst().first else {
    print("usage: list-files IMAGE")
    exit(64)
}
do {
    let image = try ImageFile(opening: path)
    for layer in image.layers { print("taken off: \(layer)") }
    print("erase size: \(image.eraseSize.bytes) bytes (\(image.eraseSize.confidence))")
    for finding in image.findings.findings { print("found: \(finding.message)") }
    for file in image.tree.files { print("\(file.inode.kind.word)\t\(file.size)\t\(file.path)") }
} catch {
    print(error)
    exit(2)
}
