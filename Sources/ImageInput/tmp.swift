import JFFS2
