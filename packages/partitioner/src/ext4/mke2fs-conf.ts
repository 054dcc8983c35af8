/**
 * What an ext4 of ours is made of, instead of the host's /etc/mke2fs.conf, whose defaults change
 * from release to release. The set is what pi-gen's `-O ^64bit,^huge_file` leaves of Debian 12's:
 * - no 64bit: 32-bit block numbers reach 16 TiB, and half as large descriptors leave more room for
 *   growing the filesystem on its first boot;
 * - no huge_file: it only matters to files above 2 TiB;
 * - metadata_csum: bit rot on an SD card is found where it happens, all kernels since 3.5 know it;
 * - no orphan_file, no metadata_csum_seed (defaults since e2fsprogs 1.47.1): kernels before 5.15
 *   and the e2fsck of Debian 11 do not know the first.
 * Words and meaning: mke2fs.conf(5), ext4(5).
 */
export const features = [
  "has_journal",
  "ext_attr",
  "resize_inode",
  "dir_index",
  "filetype",
  "extent",
  "flex_bg",
  "sparse_super",
  "large_file",
  "dir_nlink",
  "extra_isize",
  "metadata_csum",
] as const;

/** The feature words of the superblock that `features` sets: linux/fs/ext4/ext4.h, EXT4_FEATURE_*. */
export const featureWords = { compat: 0x3c, incompat: 0x242, roCompat: 0x463 } as const;

/** Bytes of a block. The largest that every board's kernel can mount (its page size). */
export const blockBytes = 4096;
/** Bytes of an inode: leaves room for nanoseconds, a creation time and small xattrs. */
export const inodeBytes = 256;
/** One inode for so many bytes of disk: mke2fs's own default, kept when the disk grows. */
export const bytesPerInode = 16384;

/** The text of the mke2fs.conf that `mke2fs -t ext4 -T pibuild` reads. */
export function mke2fsConf(): string {
  return `[defaults]
	base_features = none
	default_mntopts = acl,user_xattr
	enable_periodic_fsck = 0
	blocksize = ${blockBytes}
	inode_size = ${inodeBytes}
	inode_ratio = ${bytesPerInode}
	reserved_ratio = 5.0
[fs_types]
	ext4 = {
		features = ${features.join(",")}
	}
	pibuild = {
		inode_ratio = ${bytesPerInode}
	}
`;
}
