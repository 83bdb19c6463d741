import JFFS2

/// Lines of a file system in use, in front of those whose words are part of theirs.
extension KernelLogLine {
    /// gc.c, background.c and nodemgmt.c: what Linux moves, and the room that it has for that.
    static let collecting: [Kind] = [
        Kind(
            words: "no space for garbage collection",
            meaning: "no erased block is left to move nodes to: nothing can be written or deleted any more"),
        Kind(
            words: "no free space left for gc",
            meaning: "no erased block is left to move nodes to: nothing can be written or deleted any more"),
        Kind(
            words: "crc failed on ref_pristine", mark: "node at ",
            codes: [.badNodeCRC, .badDataCRC, .badNameCRC, .badHeaderCRC],
            meaning: "a node that was to be moved is damaged now: bits of the flash have flipped since it was mounted"),
        Kind(
            words: "unknown node type for ref_pristine", mark: "node at ", codes: [.unknownNode, .badHeaderCRC],
            meaning: "a node that was to be moved has another type than when it was mounted: the flash has changed"),
        Kind(
            words: "error garbage collecting node at", mark: "node at ",
            meaning: "a node could not be moved, so its block is not erased: see the lines before"),
        Kind(
            words: "contains zeroes", mark: "dirent node at ", codes: [.nameWithNUL], needsName: true,
            meaning: "a name has a NUL byte in it"),
        Kind(
            words: "data will be lost by writing new hole node",
            meaning: "a node cannot be read any more, and zeros take the place of its data"),
        Kind(
            words: "will be lost", mark: "of inode #", isInode: true, codes: [.badNodeCRC, .missingData],
            needsName: true, meaning: "a node cannot be read any more, and zeros take the place of its data"),
        Kind(
            words: "which doesn't match calculated crc", mark: "node at ", codes: [.badNodeCRC],
            needsName: true, meaning: "the fixed part of a node that was to be moved is damaged"),
        Kind(
            words: "wasn't a hole node", mark: "node 0x",
            meaning: "a node that was to be moved has changed on the flash"),
        Kind(
            words: "instead of jffs2_nodetype_inode", mark: "node at ",
            meaning: "a node that was to be moved has changed on the flash"),
        Kind(
            words: "instead of expected 0x", mark: "node at ", needsName: true,
            meaning: "a node that was to be moved has changed on the flash"),
        Kind(
            words: "bytes of unchecked space", needsName: true,
            meaning: "the driver's own counts do not agree; a remount counts anew"),
        Kind(
            words: "is in state", mark: "inode #", isInode: true,
            needsName: true, meaning: "the driver's own state of a file is not what it should be; a remount begins anew"
        ),
        Kind(
            words: "already in state", mark: "inode #", isInode: true,
            needsName: true, meaning: "the driver's own state of a file is not what it should be; a remount begins anew"
        ),
        Kind(
            words: "taken from free_list had free_size", mark: "block 0x",
            meaning: "the driver's own counts of a block do not agree; a remount counts anew"),
        Kind(
            words: "node added in wrong place at", mark: "place at ",
            meaning: "the driver wrote to another place than it meant to; the flash must not be written by two at once"),
        Kind(
            words: "is off the end of device", mark: "node at ",
            needsName: true,
            meaning: "the driver's own list of nodes is wrong: the partition is smaller than it was when it was mounted"
        ),
        Kind(
            words: "freed from erase block", needsName: true,
            meaning: "the driver's own counts of a block do not agree; a remount counts anew"),
        Kind(
            words: "space accounting", mark: "block at ",
            needsName: true, meaning: "the driver's own counts of a block do not agree; a remount counts anew"),
    ]

    /// Reading from the chip fails: nothing of that is in an image.
    static let chip: [Kind] = [
        Kind(
            words: "returned ecc error", mark: "bytes from ",
            needsName: true,
            meaning:
                "more bits of a page have flipped than its ECC can correct: what was read there may be wrong, and is in the dump "
                + "as it was read"),
        Kind(
            words: "error reading node from", mark: "node from ", needsName: true,
            meaning: "the chip could not be read here"),
        Kind(
            words: "read error reading from obsoleted node", mark: "node at ",
            meaning: "the chip could not be read here"),
        Kind(words: "reading obsolete node at", mark: "node at ", meaning: "the chip could not be read here"),
        Kind(
            words: "short read from obsoleted node at", mark: "node at ", meaning: shortRead),
        Kind(words: "short read from", mark: "read from ", needsName: true, meaning: shortRead),
        Kind(words: "short read at", mark: "read at ", needsName: true, meaning: shortRead),
        Kind(words: "short read: wanted", needsName: true, meaning: shortRead),
        Kind(words: "short read", mark: "node at ", needsName: true, meaning: shortRead),
        Kind(words: "can not read", mark: "bytes from ", needsName: true, meaning: "the chip could not be read here"),
        Kind(words: "failed to read from flash", needsName: true, meaning: "the chip could not be read"),
        Kind(words: "jffs2_flash_read()", mark: " at ", meaning: "the chip could not be read here"),
        Kind(
            words: "mtd point failed", needsName: true,
            meaning: "the chip cannot be read as memory; Linux reads it piece by piece then"),
        Kind(
            words: "mtd point returned len too short", needsName: true,
            meaning: "the chip cannot be read as memory in one piece"),
        Kind(
            words: "->point", needsName: true,
            meaning: "the chip cannot be read as memory; Linux reads it piece by piece then"),
        Kind(
            words: "cannot read oob for eb at", mark: "eb at ",
            meaning: "the spare area of a block could not be read: a worn block, or a wrong driver"),
        Kind(
            words: "cannot write oob for eb at", mark: "eb at ",
            meaning: "the cleanmarker of a block could not be written"),
        Kind(
            words: "cannot read nodes for ino", mark: "for ino ", isInode: true, codes: [.unreadableInode],
            needsName: true, meaning: "a file cannot be opened; the lines before say why"),
    ]

    private static let shortRead =
        "the chip gave fewer bytes than were asked for: the partition ends there, or the driver fails"

    /// wbuf.c, erase.c and write.c: writing and erasing fails, which an image does not show.
    static let writing: [Kind] = [
        Kind(
            words: "-erofs. is the sector locked", mark: "erase at ",
            meaning: "the block is write-protected: unlock it (flash_unlock), or mount read-only"),
        Kind(
            words: "read of newly-erased block at", mark: "block at ",
            meaning: "a block could not be read after it was erased"),
        Kind(
            words: "newly-erased block at", mark: "block at ",
            meaning: "a block could not be read or written after it was erased"),
        Kind(
            words: "marking eraseblock at", mark: "eraseblock at ",
            needsName: true, meaning: "a block failed three times, and is marked bad from now on"),
        Kind(words: "data loss ensues", meaning: "writing failed, and what was in the write buffer is lost"),
        Kind(
            words: "recovery of wbuf succeeded", mark: "succeeded to ", isComplaint: false,
            meaning: "writing failed, and what was in the write buffer was written elsewhere: nothing is lost"),
        Kind(
            words: "recovery of wbuf failed", meaning: "writing failed twice, and what was in the write buffer is lost"),
        Kind(
            words: "jffs2_flush_wbuf(): write", meaning: "writing a page did not work: a worn block, or a wrong driver"),
        Kind(words: "jffs2_flush_wbuf()", meaning: "the driver's own counts of a block do not agree"),
        Kind(
            words: "non-contiguous write to", mark: "write to ",
            meaning: "the driver's own counts of a block do not agree"),
        Kind(
            words: "write verify error", mark: ") at ", needsName: true,
            meaning: "a page reads otherwise than it was written: a worn block"),
        Kind(
            words: "read back of page at", mark: "page at ", needsName: true,
            meaning: "a page could not be read after it was written"),
        Kind(
            words: "there are data already there", mark: "node to ",
            needsName: true, meaning: "the flash is not erased where Linux was to write: it was changed from outside"),
        Kind(
            words: "not marking the space at", mark: "space at ", isComplaint: false,
            meaning: "said to a write that failed: nothing of it was written"),
        Kind(
            words: "in obliterating obsoleted node at", mark: "node at ",
            meaning: "marking a node obsolete did not work"),
        Kind(words: "jffs2_flash_write", mark: " at ", meaning: "writing did not work"),
    ]

    /// readinode.c, xattr.c, build.c, fs.c and dir.c, where one line has more words than another.
    static let special: [Kind] = [
        Kind(
            words: "wrong magic bitmask", mark: "node header at ",
            codes: [.badHeaderCRC, .oldMagic, .otherByteOrder, .dirt],
            meaning: "no node stands where the summary of the block, or an earlier scan, says that there is one"),
        Kind(
            words: "inconsistent xdatum at", mark: "xdatum at ", codes: [.badExtendedAttribute],
            meaning: "an extended attribute is not what it was when the flash was scanned"),
        Kind(
            words: "inconsistent xref at", mark: "xref at ", codes: [.badExtendedAttribute],
            meaning: "an extended attribute is not what it was when the flash was scanned"),
        Kind(
            words: "illegal nsize in node at", mark: "node at ", codes: [.badLength],
            meaning: "the length of a name is not that of its node"),
        Kind(
            words: "had metadata node", mark: "inode #", isInode: true, codes: [.unreadableInode],
            needsName: true, meaning: "a link or device has a node that it must not have: it cannot be opened"),
        Kind(
            words: "has no fragments", mark: "inode #", isInode: true, codes: [.unreadableInode],
            needsName: true, meaning: "a link or device has no node with its data: it cannot be opened"),
        Kind(
            words: "failed to build final fragtree", mark: "inode #", isInode: true, codes: [.unreadableInode],
            needsName: true, meaning: "a file cannot be opened; the lines before say why"),
        Kind(
            words: "for read_inode of inode", mark: "of inode ", isInode: true, codes: [.badNodeCRC],
            needsName: true, meaning: "the last node of a file is damaged: it cannot be opened"),
        Kind(
            words: "nonexistent ino", mark: "nonexistent ino ", isInode: true, codes: [.missingInode],
            needsName: true, meaning: "a name leads to an inode that is not there"),
        Kind(
            words: "doesn't exist", mark: "ino #", isInode: true, codes: [.missingInode],
            needsName: true, meaning: "a name leads to an inode that is not there"),
        Kind(
            words: "bogus i_mode", codes: [.oddMode], needsName: true,
            meaning: "the type of a file is none that Linux knows"),
        Kind(
            words: "device node has strange size", codes: [.oddMode], needsName: true,
            meaning: "the number of a device cannot be read"),
        Kind(
            words: "read device numbers for inode", mark: "for inode ", needsName: true,
            meaning: "the number of a device cannot be read"),
        Kind(
            words: "not word-aligned", mark: "ofs ", codes: [.dirt],
            needsName: true, meaning: "the driver looks for a node at an odd place: the image is damaged in front of it"
        ),
        Kind(
            words: "zero at start of name", mark: "dirent at ", codes: [.nameWithNUL, .emptyName],
            meaning: "a name begins with a NUL byte, and the mount is given up"),
        Kind(
            words: "unknown incompat nodetype", mark: " at ", codes: [.incompatibleNode], needsName: true,
            meaning: unknownType),
        Kind(words: "unknown rocompat nodetype", mark: " at ", codes: [.readOnlyNode], meaning: unknownType),
        Kind(words: "unknown rwcompat", mark: " at ", codes: [.unknownNode], isComplaint: false, meaning: unknownType),
        Kind(
            words: "with summary?", mark: "eraseblock @", codes: [.summaryMismatch, .badSummary],
            needsName: true,
            meaning:
                "a block has a summary, and room behind its nodes: the summary is damaged, or of another erase size"),
        Kind(
            words: "child dir", mark: "(ino #", isInode: true, codes: [.directoryWithSeveralNames],
            needsName: true, meaning: "a folder has a second name"),
    ]

    private static let unknownType = "a node of a type that this kernel does not know"

    /// super.c, fs.c, wbuf.c, compr.c and malloc.c: the kernel, its memory and its flash driver.
    static let kernel: [Kind] = [
        Kind(
            words: "cannot operate on nand flash unless",
            meaning: "the kernel was built without CONFIG_JFFS2_FS_WRITEBUFFER"),
        Kind(
            words: "cannot operate on dataflash unless",
            meaning: "the kernel was built without CONFIG_JFFS2_FS_WRITEBUFFER"),
        Kind(
            words: "inconsistent device description",
            needsName: true,
            meaning: "the flash driver has no room for cleanmarkers in the spare area: mounting on this NAND fails"),
        Kind(
            words: "flash size adjusted to", isComplaint: false,
            needsName: true,
            meaning: "the partition does not end at the end of an erase block, and Linux leaves the rest alone"),
        Kind(
            words: "write-buffering enabled", isComplaint: false,
            needsName: true, meaning: "said at every mount of flash that is written in pages"),
        Kind(
            words: "using virtual blocks size", isComplaint: false,
            meaning:
                "the chip's erase blocks are too small, and Linux takes several for one: the image has to be made for that size"
        ),
        Kind(words: "fork failed for jffs2", meaning: "the kernel had no memory or no process left"),
        Kind(
            words: "failed to initialise", needsName: true,
            meaning: "the driver could not start: no memory, most likely"),
        Kind(words: "failed to register filesystem", needsName: true, meaning: "the driver could not start"),
        Kind(words: "rp_size", needsName: true, meaning: "an option of the mount (rp_size=) is wrong"),
        Kind(words: "too large reserve pool", needsName: true, meaning: "an option of the mount (rp_size=) is wrong"),
        Kind(words: "no memory for compressor", needsName: true, meaning: "the kernel had no memory left"),
        Kind(words: "memory allocation error", needsName: true, meaning: "the kernel had no memory left"),
        Kind(
            words: "deflateinit failed", needsName: true,
            meaning: "the kernel could not start its compressor: no memory, most likely"),
        Kind(
            words: "inflateinit failed", needsName: true,
            meaning: "the kernel could not start its decompressor: no memory, most likely"),
    ]
}
