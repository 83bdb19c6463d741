import os
"""--power-on --stop-key '\\r' (the page: "pressing Enter") on a board that is at its prompt already and whose last command was an erase: Enter repeats it."""
import sys; sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from oddboard import *
f=trapped()
class B(UBoot):
    def c_sf(self,w,r):
        if w[1:2]==[b'erase']: self.puts('SF: 4096 bytes @ 0x0 Erased: OK\n'); return
        UBoot.c_sf(self,w,r)
b=B(f); b.last=b'sf erase 0 1000'
c,t,g,dt=acquire(b,'--flash','0+0x10000','--ram','0x21000000','--power-on','--stop-key','\\r',out=WORK + '/er',timeout=150)
print('exit',c,g==f,'%.0f s'%dt,'erases carried out:',len(b.flash_writes),b.flash_writes[:1]); print(t.strip().splitlines()[:3])
b.close()
# the same with --resume and without --stop-key (learn sends an Enter only when nothing answers)
b=B(f); b.last=b'sf erase 0 1000'
c,t,g,dt=acquire(b,'--flash','0+0x10000','--ram','0x21000000','--power-on',out=WORK + '/er2',timeout=150); print('without --stop-key: exit',c,'erases',len(b.flash_writes)); b.close()
