#!/bin/sh
# Writes /tmp/listen.conf, which nginx.conf includes. nginx would not start with an IPv6 address where the kernel has none.
set -eu
{
    echo "listen 8080;"
    if [ -e /proc/net/if_inet6 ]; then echo "listen [::]:8080;"; fi
} >/tmp/listen.conf
