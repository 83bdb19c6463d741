# Renames over files, over links, over empty folders, between folders, back and forth; the way that editors save.
# run: erase=64K size=1M
# run: erase=8K size=256K
# run: erase=64K size=1M jffs2=old
# run: erase=16K size=512K nand
# run: erase=64K size=1M jffs2=be
# run: erase=64K size=1M jffs2=beold
mkdir -p etc home/app tmp empty
for i in $(seq 1 12); do
	guest txt $i 900 >etc/passwd.new
	mv etc/passwd.new etc/passwd
	later 1
done
echo first >a && echo second >b && mv b a
ln -s a link && mv a link && echo third >a
mkdir full && echo x >full/x && mv full empty && mv empty full
mv home/app tmp/app && mv tmp home/tmp && echo moved >home/tmp/app/moved
for i in $(seq 1 9); do mv etc/passwd home/p && mv home/p etc/passwd; done
echo 1 >one && echo 2 >two && mv one swap && mv two one && mv swap two
ln etc/passwd etc/passwd- && mv etc/passwd- home/passwd
snap before-last
mv etc home/etc
