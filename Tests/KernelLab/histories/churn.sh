# Many times the size of the flash is written: the garbage collector moves nodes and erases blocks all along.
# run: erase=8K size=256K
# run: erase=64K size=768K options=compr=zlib
# run: erase=16K size=384K options=compr=none
# run: erase=32K size=512K jffs2=old
# run: erase=16K size=384K jffs2=be
# run: erase=16K size=512K nand
# run: erase=64K size=768K jffs2=beold
mkdir keep work
guest txt 1 20000 >keep/text
guest rnd 2 15000 >keep/random
ln keep/text keep/second
ln -s text keep/link
mknod keep/dev c 4 64
for i in $(seq 1 25); do
	later 10
	guest rnd $i 12000 >work/a
	guest txt $i 30000 >work/b.new && mv work/b.new work/b
	patch keep/random $((i * 531 % 14000)) 300 $i
	guest txt $i 200 >>keep/log
	[ $((i % 5)) != 0 ] || rm work/a
	[ $i != 15 ] || snap churning
done
collect 150
sync
