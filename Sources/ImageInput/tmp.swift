public import JFFS2
