echo "00-run-chroot for ${TARGET_HOSTNAME}" >>/seen
false || echo "and goes on" >>/seen
