# Filled until nothing more fits, then deleted from, then filled again: the last writes fail half way.
# run: erase=8K size=128K
# run: erase=16K size=256K jffs2=old
# run: erase=16K size=384K nand
# run: erase=32K size=384K jffs2=be
# lossy: a time that was set in memory when no node could be written any more
mkdir data
i=1
while guest rnd $i 9000 >data/$i 2>/dev/null; do i=$((i + 1)); done
snap full
rm -f data/1 data/3 data/$i
sync
guest txt 5 2000 >text || true
while guest rnd $i 5000 >data/$i 2>/dev/null; do i=$((i + 1)); done
guest txt 6 300 >>text || true
rm -f data/2
sync
