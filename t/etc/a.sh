#!/bin/sh
PASSWORD='Kq7xv''mZp29w'
ftpput -P 'Kq7xv''mZp29w' host
echo hello
