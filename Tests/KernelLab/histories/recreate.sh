# Files and folders deleted and made again under the same names, as something else, at once or after other writes.
# run: erase=64K size=1M
# run: erase=16K size=384K options=compr=zlib
# run: erase=16K size=384K jffs2=old
# run: erase=256K size=2M
# run: erase=128K size=2M nand
for i in $(seq 1 20); do
	echo "key number $i" >key
	later 1
	rm key
done
echo secret >wifi.conf && rm wifi.conf && echo "fresh" >wifi.conf
echo secret >gone && rm gone
mkdir thing && echo in >thing/in && rm -r thing && echo file >thing
ln -s /nowhere other && rm other && mkdir other && rmdir other && mknod other p
mknod null c 1 3 && rm null && mknod null c 1 5
mknod disk b 31 0 && rm disk && mknod disk b 259 300
guest txt 1 50000 >big && rm big && guest txt 2 300 >big
mkdir -p deep/er/and/deeper && echo x >deep/er/and/deeper/x && rm -r deep/er && mkdir deep/er
snap halfway
for i in $(seq 1 30); do echo $i >f$i; done
for i in $(seq 1 2 30); do rm f$i; done
for i in $(seq 1 3 30); do echo "again $i" >f$i; done
