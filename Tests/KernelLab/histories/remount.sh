# Written, unmounted, mounted with another compressor, written again; versions and inode numbers have to go on.
# run: erase=64K size=1M
# run: erase=16K size=512K nand
# run: erase=64K size=1M jffs2=old
# run: erase=16K size=512K jffs2=beold
mkdir -p etc && guest txt 1 12000 >etc/conf && echo a >a
remount compr=none
guest txt 2 12000 >etc/conf.none && patch etc/conf 5000 100 1 && rm a
remount compr=zlib
guest txt 3 12000 >etc/conf.zlib && patch etc/conf 6000 5000 2 && echo a >a && ln a b
snap zlib
remount compr=lzo
guest txt 4 12000 >etc/conf.lzo && patch etc/conf 0 1 3 && mv b etc/b
remount
later 100
chmod 640 etc/conf && truncate -s 3000 etc/conf.none && touch etc
remount compr=none
collect 60
