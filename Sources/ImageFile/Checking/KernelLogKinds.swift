import JFFS2

extension KernelLogLine {
    /// All that is known; what has more words stands in front of what has fewer.
    static let kinds: [Kind] =
        special + collecting + scanning + reading + mounting + hardware + writing + chip + harmless + kernel

    /// scan.c and summary.c: while mounting, each block from its start.
    private static let scanning: [Kind] = [
        Kind(
            words: "not found at 0x", mark: "not found at ", codes: [.dirt, .badHeaderCRC, .otherByteOrder, .oldMagic],
            meaning: "no node begins here, where one should: other data, a damaged header, or another erase size"),
        Kind(
            words: "has invalid crc", mark: "node at ", codes: [.badHeaderCRC, .dirt],
            meaning: "the header of a node is damaged, and Linux steps over it"),
        Kind(
            words: "would run over the end of the erase block", mark: "node at ", codes: [.nodeCrossesBlock],
            meaning: "a node does not fit into its erase block: the image is made for larger ones"),
        Kind(
            words: "created with the wrong erase size", codes: [.nodeCrossesBlock],
            meaning: "said to the line before: the image is made for another erase size"),
        Kind(
            words: "magic bitmask is backwards", mark: "at offset ", codes: [.otherByteOrder, .dirt],
            meaning: "the block is of the other byte order than the device, or its words are swapped"),
        Kind(
            words: "old jffs2 bitmask found at", mark: "found at ", codes: [.oldMagic, .badHeaderCRC, .dirt],
            meaning: "a node with the magic of JFFS2 before 2001, or with one flipped bit; Linux skips it"),
        Kind(
            words: "cannot use older jffs2 filesystems", codes: [.oldMagic, .badHeaderCRC, .dirt],
            meaning: "said to the line before"),
        Kind(
            words: "empty flash at", mark: "empty flash at ", codes: [.erasedGap],
            meaning:
                "erased bytes with nodes behind them: power was lost while writing, or the image is made for smaller blocks"
        ),
        Kind(
            words: "has totlen", mark: "node found at ", codes: [.oddCleanmarker, .misplacedCleanmarker],
            meaning:
                "a cleanmarker of another size than this flash wants: the image is made for another kind of flash (on NAND, "
                + "there must be none)"),
        Kind(
            words: "not first node in block", mark: "node found at ", codes: [.misplacedCleanmarker],
            meaning: "a cleanmarker inside of a block: the image is made for smaller erase blocks"),
        Kind(
            words: "incompatible feature node", mark: "at offset ", codes: [.incompatibleNode],
            meaning: "a node of a type that forbids mounting"),
        Kind(
            words: "read-only compatible feature node", mark: "at offset ", codes: [.readOnlyNode],
            meaning: "a node of a type that Linux mounts only read-only"),
        Kind(
            words: "name for which crc failed", codes: [.badNameCRC], meaning: "what is left of the damaged name"),
        Kind(
            words: "node length mismatch at", mark: "mismatch at ", codes: [.badNodeCRC, .badLength],
            meaning: "a node of an extended attribute has another length than its parts"),
        Kind(
            words: "has zeroes in name", mark: "dirent at ", codes: [.nameWithNUL], meaning: "a name ends at a NUL byte"
        ),
        Kind(
            words: "summary node crc error", codes: [.badSummary],
            meaning: "the summary of a block is damaged; Linux scans the block itself, and loses nothing"),
        Kind(
            words: "summary node data crc error", codes: [.badSummary],
            meaning: "the summary of a block is damaged; Linux scans the block itself, and loses nothing"),
        Kind(
            words: "summary node is corrupt", codes: [.badSummary],
            meaning: "the summary of a block is damaged, or made for another erase size"),
        Kind(
            words: "summary node header is corrupt", codes: [.badSummary],
            meaning: "the summary of a block is damaged, or made for another erase size"),
        Kind(
            words: "unsupported node type", codes: [.badSummary],
            meaning: "a summary lists a node of a type that is not known"),
        Kind(
            words: "end of filesystem marker found at", mark: "found at ", isComplaint: false,
            meaning: "OpenWrt's end mark: what lies behind it is erased at the first start"),
        Kind(
            words: "further such events for this erase block", isComplaint: false,
            meaning: "of the lines before, Linux prints ten a block at most"),
    ]

    /// readinode.c, read.c, nodelist.c and dir.c: when a file is used.
    private static let reading: [Kind] = [
        Kind(
            words: "wrong data crc in data node at", mark: "data node at ", codes: [.badDataCRC],
            meaning: "the data of a node is damaged: Linux takes older data, or shows zeros or a shorter file"),
        Kind(
            words: "data crc", mark: "for node at ", codes: [.badDataCRC],
            meaning: "the data of a node is damaged: reading that part of the file fails"),
        Kind(
            words: "name crc failed", mark: " at ", codes: [.badNameCRC],
            meaning: "a name is damaged: the file is not in its folder any more"),
        Kind(
            words: "header crc failed", mark: " at ", codes: [.badNodeCRC, .badHeaderCRC],
            meaning: "the header of a node is damaged, which a summary had hidden"),
        Kind(
            words: "crc failed", mark: " at ", codes: [.badNodeCRC, .badExtendedAttribute],
            meaning: "the fixed part of a node is damaged, and Linux ignores the node"),
        Kind(
            words: "calculated crc", mark: "for node at ", codes: [.badNodeCRC],
            meaning: "the fixed part of a node is damaged: reading that part of the file fails"),
        Kind(
            words: "no data nodes found for ino #", mark: "ino #", isInode: true,
            codes: [.unreadableInode, .missingInode],
            meaning: "nothing sound is left of a file that has a name: it cannot be opened"),
        Kind(
            words: "no valid nodes for ino #", mark: "ino #", isInode: true, codes: [.unreadableInode, .missingInode],
            meaning: "nothing sound is left of a file that has a name: it cannot be opened"),
        Kind(
            words: "for crccheck of ino #", mark: "ino #", isInode: true,
            codes: [.unreadableInode, .badDataCRC, .badNodeCRC],
            meaning: "a file could not be read when Linux checked the flash in the background"),
        Kind(
            words: "iget() failed for ino #", mark: "ino #", isInode: true, codes: [.unreadableInode, .missingInode],
            meaning: "a file that has a name cannot be opened"),
        Kind(
            words: "truncating ino #", mark: "ino #", isInode: true, codes: [.sizeLowered],
            meaning: "the end of a file is missing, and Linux shows it shorter"),
        Kind(
            words: "had more than one node", mark: "inode #", isInode: true, codes: [.unreadableInode],
            meaning: "a link or device has more nodes than one: it cannot be opened"),
        Kind(
            words: "be a hard link", codes: [.directoryWithSeveralNames], meaning: "a folder has a second name"),
        Kind(
            words: "is also hard linked", codes: [.directoryWithSeveralNames], meaning: "a folder has a second name"),
        Kind(
            words: "compression type", codes: [.undecodable, .oddUserCompression],
            meaning: "a node is compressed in a way that this kernel was not built for"),
        Kind(
            words: "jffs2_decompress returned", codes: [.undecodable], meaning: "data of a node cannot be decompressed"),
        Kind(words: "decompressor", codes: [.undecodable], meaning: "data of a node cannot be decompressed"),
        Kind(words: "inflate returned", codes: [.undecodable], meaning: "data of a node cannot be decompressed"),
    ]

    /// scan.c and fs.c: about the flash as a whole.
    private static let mounting: [Kind] = [
        Kind(
            words: "cowardly refusing to erase blocks", codes: [.noNodes],
            meaning:
                "no valid node is in the partition, and it is not erased: there is no JFFS2, or of the other byte order, or it "
                + "begins elsewhere"),
        Kind(words: "empty_blocks", codes: [.noNodes], meaning: "said to the line before"),
        Kind(
            words: "too few erase blocks", codes: [],
            meaning: "the partition has fewer than five erase blocks: it is too small, or the erase size too large"),
        Kind(
            words: "flash size not aligned to erasesize", codes: [],
            meaning: "the partition does not end at the end of an erase block, and Linux leaves the rest alone"),
    ]

    /// What an image cannot show.
    private static let hardware: [Kind] = [
        Kind(
            words: "node totlen on flash",
            meaning:
                "the flash does not read as Linux has written it: writing fails (protected, or a wrong driver), not the image"
        ),
        Kind(
            words: "newly-erased block contained word", mark: "at offset ",
            meaning: "erasing did not work: protected blocks, or a wrong erase size of the driver"),
        Kind(words: "failed immediately", mark: "erase at ", meaning: "erasing did not work: protected or bad blocks"),
        Kind(words: "write clean marker", mark: "block at ", meaning: "writing to an erased block did not work"),
        Kind(words: "write of", mark: " at ", meaning: "writing did not work"),
    ]

    private static let harmless: [Kind] = [
        Kind(
            words: "summary too big", mark: "eraseblock at ", isComplaint: false,
            meaning: "no room for a summary in this block: it is written without one, and nothing is lost"),
        Kind(
            words: "not enough space for summary", isComplaint: false,
            meaning: "no room for a summary in a block: it is written without one, and nothing is lost"),
        Kind(words: "complete building xattr subsystem", isComplaint: false, meaning: "said at every mount"),
        Kind(words: "jffs2 version", isComplaint: false, meaning: "said when the driver starts"),
        Kind(words: "jffs2: version", isComplaint: false, meaning: "said when the driver starts"),
    ]
}
