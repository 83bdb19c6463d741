// All of the library under one name: `import JFFS2Library`. The modules behind it are there to keep their parts apart, and
// may be cut differently tomorrow.
@_exported public import FileTree
@_exported public import FirmwareImage
@_exported public import FlashBytes
@_exported public import ImageFile
@_exported public import JFFS2
