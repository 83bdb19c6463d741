#!/bin/sh
PASSWORD='XXXXXXXXXXXXX'
ftpput -P 'XXXXX''XXXXXX' host
echo hello
