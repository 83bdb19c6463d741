# Lived in like the others; the copies of it with flipped bits and torn ends are judged by the kernel as well.
# run: erase=16K size=384K
# run: erase=64K size=768K options=compr=zlib
# run: erase=16K size=384K jffs2=old
# run: erase=32K size=384K jffs2=be
# damage: flip 12 1
# damage: flip 60 2
# damage: flip 300 3
# damage: tear 4
# damage: tear 5
# damage: zero 6
mkdir -p etc var
guest txt 1 25000 >var/log
guest rnd 2 9000 >var/random
for i in $(seq 1 12); do
	guest txt $i 600 >etc/conf.new && mv etc/conf.new etc/conf
	patch var/log $((i * 1999)) 700 $i
	echo $i >etc/count
	later 3
done
ln etc/conf var/conf
ln -s ../etc/conf var/link
mknod var/dev c 10 130
guest setfattr etc/conf user.mark 31
rm etc/count
chmod 600 etc/conf
truncate -s 20000 var/log
