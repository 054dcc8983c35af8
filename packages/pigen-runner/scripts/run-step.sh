#!/bin/bash
# run-step.sh KIND:NAME...: runs a step's actions in the order given, in the step's directory.
# Everything pi-gen's run_sub_stage does for one file stands in one function here.

set -e

# shellcheck disable=SC2119,SC2120 # on_chroot takes its script on standard input
# shellcheck source-path=SCRIPTDIR source=confine.sh
source "${SCRIPT_DIR}/confine.sh"
confine
# shellcheck source=common.sh
source "${SCRIPT_DIR}/common.sh"

if [ -e "${SCRIPT_DIR}/common" ]; then
	# The image has stages of pi-gen: its own functions, as they are, take the place of ours.
	# shellcheck source=/dev/null
	source "${SCRIPT_DIR}/common"

	# Its on_chroot leaves alone what it finds mounted.
	eval "pi_gen_$(declare -f on_chroot)"
	# shellcheck disable=SC2120 # stages give it arguments
	on_chroot() {
		mount_chroot
		pi_gen_on_chroot "$@"
	}
	export -f on_chroot pi_gen_on_chroot

	# The packages come from, and go to, the build's own cache. wget, which fetches them, finds there how
	# often to ask again, and logins.
	debootstrap() {
		local word proxy=()
		for word in "$@"; do
			if grep --quiet --line-regexp --fixed-strings --regexp="${word%/}" "${PIBUILD_FETCH}/proxied" 2>/dev/null; then
				proxy=("http_proxy=$(cat "${PIBUILD_FETCH}/proxy")")
			fi
		done
		env HOME="${PIBUILD_FETCH}" WGETRC="${PIBUILD_FETCH}/wgetrc" "${proxy[@]}" debootstrap --cache-dir="${PIBUILD_APT_ARCHIVES}" "$@"
	}
	export -f debootstrap
fi

if [ -n "${EXPORT_DIR}" ]; then
	# shellcheck source=export-image.sh
	source "${SCRIPT_DIR}/export-image.sh"
fi

# pi-gen keeps this one to itself.
export -n SUB_STAGE_DIR

# list_packages FILE: the words in FILE on one line, without comments.
list_packages() {
	sed 's/#.*$//' "$1" | tr --squeeze-repeats '[:space:]' ' ' | sed 's/^ //; s/ $//'
}

do_prerun() {
	"./$1"
}

# The answers are expanded once more inside the chroot, where `${LOCALE_DEFAULT}` and the like are set.
do_debconf() {
	on_chroot <<EOF
debconf-set-selections <<SELECTIONS
$(cat "$1")
SELECTIONS
EOF
}

do_packages-nr() {
	install_packages "$1" --no-install-recommends
}

do_packages() {
	install_packages "$1"
}

install_packages() {
	local packages
	packages="$(list_packages "$1")"
	shift
	if [ -n "${packages}" ]; then
		on_chroot <<EOF
apt-get -o Acquire::Retries=3 install $* -y ${packages}
EOF
	fi
}

do_patches() {
	local patches state status=0
	patches="$(realpath "$1")"
	state="$(basename "${SUB_STAGE_DIR}")-pc"
	pushd "${STAGE_WORK_DIR}" >/dev/null
	mkdir -p "${state}"
	ln -snf "${state}" .pc
	export QUILT_PATCHES="${patches}"
	quilt upgrade
	if [ -e "${patches}/EDIT" ]; then
		echo "Dropping into bash to edit patches..."
		bash
	fi
	# 2 means that every patch is applied already.
	quilt push -a || status=$?
	if [ "${status}" -ne 0 ] && [ "${status}" -ne 2 ]; then
		return "${status}"
	fi
	popd >/dev/null
}

do_run() {
	"./$1"
}

do_run-chroot() {
	on_chroot <"$1"
}

# As pi-gen does until the end of a stage: what a script writes to ${ROOTFS_DIR}/tmp goes into the mount.
if [ -n "${PIBUILD_MOUNTED}" ]; then
	mount_chroot
fi
unset PIBUILD_MOUNTED

for action in "$@"; do
	name="${action#*:}"
	log "Begin ${SUB_STAGE_DIR}/${name}"
	"do_${action%%:*}" "${name}"
	log "End ${SUB_STAGE_DIR}/${name}"
done
