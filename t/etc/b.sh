#!/bin/sh
PASSWORD='Kq7xv'mZp29w
PASSWORD="Kq7xv"'mZp29w'
mosquitto_pub -h x -P 'Kq7xv'mZp29w -t a
