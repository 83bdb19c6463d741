# Shorter, longer, shorter again: ends inside a page, holes behind the end, writes into them.
# run: erase=16K size=512K
# run: erase=64K size=1M options=compr=none
# run: erase=64K size=1M jffs2=old
# run: erase=16K size=512K nand
# run: erase=128K size=1M jffs2=be
for f in a b c d e f g; do guest txt 3 20000 >$f; done
truncate -s 5000 a
truncate -s 30000 b
truncate -s 4096 c && truncate -s 9000 c
truncate -s 0 d
truncate -s 0 e && guest txt 4 100 >>e
truncate -s 10 f && truncate -s 20000 f && patch f 15000 10 1
truncate -s 12289 g && patch g 12288 5000 2
: >hole && truncate -s 100000 hole
patch sparse 60000 100 3
patch sparse 200 100 4
patch sparse 30000 1 5
snap cut-down
truncate -s 50000 sparse
truncate -s 19999 a
later 5
: >b
truncate -s 1 hole
