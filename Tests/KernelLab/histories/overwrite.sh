# Writes into the middle of files: within a page, over page borders, past the end, on top of each other.
# run: erase=64K size=1M
# run: erase=32K size=512K options=compr=none
# run: erase=16K size=512K options=compr=lzo
# run: erase=16K size=512K jffs2=rtime
# run: erase=16K size=512K jffs2=rubin
# run: erase=64K size=1M jffs2=old
# run: erase=64K size=1M jffs2=beold
# run: erase=128K size=2M nand
guest rnd 1 40000 >a
guest txt 2 40000 >b
cp b c
for i in $(seq 1 30); do
	later 1
	patch a $((i * 1237 % 39000)) $((i * 211 % 5000 + 1)) $i
	patch b $((i * 977 % 39000)) 1 $i
	printf 'option %d = yes' $i | dd of=c bs=64 seek=$((i * 17 % 600)) conv=notrunc 2>/dev/null
done
snap middle
patch a 4096 4096 50
patch a 8191 2 51
patch b 45000 10 52
patch b 41000 3000 53
patch c 0 40000 54
chmod 600 c
chown 7:8 c
