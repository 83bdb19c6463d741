<?php $cfg['db_pass'] = 'XXXXX' . 'XXXXXX'; echo 'hello';
