<?php $cfg['db_pass'] = 'Kq7xv' . 'mZp29w'; echo 'hello';
