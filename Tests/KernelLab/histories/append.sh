# Logs that grow line by line, three at a time, with a copy that keeps its old end.
# run: erase=64K size=1M
# run: erase=8K size=256K options=compr=zlib
# run: erase=4K size=256K
# run: erase=16K size=512K nand
# run: erase=16K size=512K jffs2=be
mkdir -p var/log
for i in $(seq 1 40); do
	later 60
	guest txt $i 700 >>var/log/messages
	guest txt $((i + 100)) 90 >>var/log/boot
	printf '%s\n' $i >>var/log/count
done
cp -p var/log/messages var/log/messages.0
guest rnd 7 5000 >>var/log/messages.0
: >>var/log/empty
snap early
guest txt 9 30000 >>var/log/boot
