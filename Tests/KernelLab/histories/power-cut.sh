# The power goes while files are open and nothing was told to be written out; a file deleted while in use comes along.
# run: erase=64K size=1M
# run: erase=16K size=512K nand
# run: erase=64K size=1M jffs2=old
# run: erase=16K size=512K jffs2=be
mkdir run && guest txt 1 9000 >run/state
exec 7>run/open && guest txt 2 3000 >&7
exec 8>run/deleted && guest txt 3 3000 >&8 && rm run/deleted
cut first
guest txt 4 3000 >&7 && guest txt 5 100 >&8
mkdir half && echo x >half/x && mv half run/whole
cut second
guest rnd 6 60000 >run/large
patch run/large 10000 9000 1
cut third
exec 7>&- 8>&-
rm run/large
cut fourth
