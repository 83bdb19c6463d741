# Extended attributes: made, replaced, removed, shared by value, on files, folders and links, kept over a rename.
# run: erase=64K size=512K
# run: erase=16K size=384K jffs2=be
# run: erase=64K size=512K jffs2=old
# run: erase=16K size=512K nand
for f in a b c d; do echo $f >$f; done
mkdir dir && ln -s a sym && mkfifo pipe
guest setfattr a user.comment 68656c6c6f
guest setfattr b user.comment 68656c6c6f
guest setfattr a user.empty ''
guest setfattr a user.binary 00ff0a5c80
guest setfattr dir user.where 6865726500
guest setfattr dir security.capability 0100000200040000000000000000000000000000
guest setfattr c trusted.overlay 79
guest setfattr sym trusted.link 73796d
guest setfattr d user.long "$(guest txt 1 1500 | od -An -tx1 -v | tr -d ' \n')"
# POSIX ACL, version 2, five entries with a named user 1000 and a mask
guest setfattr b system.posix_acl_access 0200000001000600ffffffff02000600e803000004000400ffffffff10000600ffffffff20000400ffffffff
guest setfattr dir system.posix_acl_default 0200000001000700ffffffff04000500ffffffff20000500ffffffff
snap set
for i in $(seq 1 8); do guest setfattr a user.comment 0$i; done
guest rmfattr b user.comment
guest rmfattr c trusted.overlay
guest setfattr c trusted.overlay 7a
guest setfattr c user.late 6c617465
rm d && echo new >d
mv a e
ln e f
echo in >dir/inherits
