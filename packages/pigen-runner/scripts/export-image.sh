# shellcheck shell=bash
# For the sub-stages of pi-gen's export-image, as they are: they finish a tree that is mounted from a disk
# image, and then check, describe and pack that image. Here the disk is made from the finished tree, so
# what is said to a disk has no effect, and nothing is packed.

unmount() { :; }
unmount_image() { :; }
zerofree() { :; }
export -f unmount unmount_image zerofree

# What describes the image is asked for by `hash`, and left out where it is not there.
hash() {
	case "$1" in
		bmaptool | syft) return 1 ;;
		*) builtin hash "$@" ;;
	esac
}
export -f hash

# It copies the image, which is nowhere, to DEPLOY_DIR. What it puts there besides is kept.
export DEPLOY_COMPRESSION=none
cp() {
	case "$1" in
		"${STAGE_WORK_DIR}"/*.img) ;;
		*) command cp "$@" ;;
	esac
}
export -f cp
