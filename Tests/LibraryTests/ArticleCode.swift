import JFFS2Library

// The code of the DocC articles and of the README, word for word: ArticleTests holds the one against the other and runs this.

func reading(path: String) throws {
    let image = try ImageFile(opening: path)
    for file in image.tree.files { print(file.path, file.size) }

    var options = InputOptions()
    options.eraseSize = 64 << 10
    options.selection = .number(1)
    let known = try ImageFile(opening: path, options: options)

    do {
        let passwd = try image.tree.read("/etc/passwd")
        print(passwd.count, "bytes")
    } catch .damaged(_, let contents) {
        print("\(contents.bytes.count) bytes, of which are missing: \(contents)")
    }
    _ = known
}

func writing(path: String) throws {
    var tree = FileTree()
    let etc = tree.add(
        Inode(metadata: Metadata(permissions: 0o755), payload: .directory([])), name: "etc", to: FileTree.root)
    tree.add(
        Inode(metadata: Metadata(permissions: 0o600), payload: .regular(MemoryContents([0x68, 0x69]))), name: "key",
        to: etc)

    var configuration = ImageConfiguration()
    configuration.byteOrder = .little
    configuration.eraseSize = 64 << 10
    let output = try OutputFile(path: path, replacing: false, isReadable: true)
    let report = try VerifiedOutput(output).write(tree, with: ImageBuilder(configuration))
    try output.commit()
    print(report.imageSize, "bytes")
}

func changing(path: String, changed: String, smallest: String) throws {
    var image = try ImageFile(opening: path)
    try image.tree.write(Array("hi\n".utf8), to: "/etc/motd", permissions: 0o644)
    try image.tree.remove("/etc/back.bin")
    try image.save(to: changed)

    let report = try image.save(to: smallest, as: .fewestEraseBlocks)
    for block in report.changedBlocks ?? [] { print(block.range) }
}
