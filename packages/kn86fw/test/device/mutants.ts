import type { scenarios } from "./scenarios.ts";

/** The updater with a step dropped, swapped or bent, and the run in which that must be noticed. */
export interface Mutant {
  readonly name: string;
  readonly scenario: keyof typeof scenarios;
  /** Texts of the updater, each of which is there once, and what they become. */
  readonly edits: readonly (readonly [from: string, to: string])[];
}

const breakSlot = '\twrite_sector /dev/zero "${boot}" 0\n\tflush "${boot}"\n';
const flushRoot = '\tflush "${root}"\n\t# 4: boot\n';
const flushBoot = '"${m_cmdline_offset}"\n\tflush "${boot}"\n';
const writeFirst = '\twrite_sector "${work}/first" "${boot}" 0\n';
const first = `${writeFirst}\tflush "\${boot}"\n`;
const remember = '\tremember pending "SLOT=';
const boot =
  '\t# 4: boot\n\twrite_image boot "${target_boot}" "${data_boot}" "$(device "${running_boot}")" "${work}/first"\n';

export const mutants: readonly Mutant[] = [
  {
    name: "2 breaks the whole block",
    scenario: "apply while an older update is pending",
    edits: [
      [
        breakSlot,
        breakSlot.replace(
          'write_sector /dev/zero "${boot}" 0',
          'write_at /dev/zero 4096 "${boot}" 0',
        ),
      ],
    ],
  },
  {
    name: "6 writes the whole block",
    scenario: "apply while an older update is pending",
    edits: [
      [
        'head -c "${SECTOR}" "${work}/chunk" >"$5"\n\t\t\twrite_at /dev/zero "${SECTOR}"',
        'head -c 4096 "${work}/chunk" >"$5"\n\t\t\twrite_at /dev/zero 4096',
      ],
      [writeFirst, '\twrite_at "${work}/first" 4096 "${boot}" 0\n'],
      ["\tread_back\n", ""],
    ],
  },
  {
    name: "5 dropped, with a bad root",
    scenario: "apply to a root that loses a byte",
    edits: [["\tread_back\n", ""]],
  },
  {
    name: "5 dropped, with a bad boot partition",
    scenario: "apply to a boot partition that loses a byte",
    edits: [["\tread_back\n", ""]],
  },
  {
    name: "5 looks at the root alone",
    scenario: "apply to a boot partition that loses a byte",
    edits: [['[ "${digest}" = "${wanted}" ] || unlike', '[ "${digest}" ] || unlike']],
  },
  {
    name: "5 looks at the boot partition alone",
    scenario: "apply to a root that loses a byte",
    edits: [['[ "${digest}" = "${m_images_root_digest}" ] || unlike', '[ "${digest}" ] || unlike']],
  },
  {
    name: "6 does not look",
    scenario: "apply to a boot partition that loses its first block",
    edits: [['| cmp -s - "${work}/first" ||', "| true ||"]],
  },
  {
    name: "1 dropped",
    scenario: "apply while an older update is pending",
    edits: [["\t# 1: forget\n\tforget_pending\n", ""]],
  },
  {
    name: "1 not flushed",
    scenario: "apply while an older update is pending",
    edits: [['\tflush "${memory}"\n}\n\n# read_floor', "}\n\n# read_floor"]],
  },
  {
    name: "2 dropped",
    scenario: "apply while an older update is pending",
    edits: [[breakSlot, ""]],
  },
  {
    name: "2 not flushed",
    scenario: "apply while an older update is pending",
    edits: [[breakSlot, breakSlot.replace('\tflush "${boot}"\n', "")]],
  },
  {
    name: "2 after 3",
    scenario: "apply while an older update is pending",
    edits: [
      [breakSlot, ""],
      [flushRoot, flushRoot.replace("\t#", `${breakSlot}\t#`)],
    ],
  },
  {
    name: "2 before 1",
    scenario: "apply while an older update is pending",
    edits: [
      ["\tforget_pending\n\t# 2", "\t# 2"],
      ["\t# 3: root\n", "\tforget_pending\n\t# 3: root\n"],
    ],
  },
  {
    name: "2 breaks another sector",
    scenario: "apply while an older update is pending",
    edits: [[breakSlot, breakSlot.replace('" 0\n', '" 1\n')]],
  },
  {
    name: "2 breaks the root",
    scenario: "apply while an older update is pending",
    edits: [[breakSlot, breakSlot.replaceAll("{boot}", "{root}")]],
  },
  {
    name: "3 not flushed",
    scenario: "apply while an older update is pending",
    edits: [[flushRoot, "\t# 4: boot\n"]],
  },
  {
    name: "3 leaves zeros out",
    scenario: "apply while an older update is pending",
    edits: [
      [
        '\t\tmake_chunk "${op}" "${count}" "${sha256}" "${a}" "${b}" "$3" "$4"\n',
        '\t\t[ "${op}" != z ] || continue\n\t\tmake_chunk "${op}" "${count}" "${sha256}" "${a}" "${b}" "$3" "$4"\n',
      ],
      ["\tread_back\n", ""],
    ],
  },
  {
    name: "3 takes what is left for zeros",
    scenario: "apply while an older update is pending",
    edits: [
      ['\tzeros=""\n\tcase "$1" in', '\tcase "$1" in'],
      ["\tread_back\n", ""],
    ],
  },
  {
    name: "4 writes the first sector at once",
    scenario: "apply while an older update is pending",
    edits: [
      [boot, boot.replace('"${work}/first"\n', '""\n')],
      ["\tread_back\n", ""],
      [first, ""],
      [
        `\tmedium "\${target_boot}" 0 "\${SECTOR}" | cmp -s - "\${work}/first" || unlike_written "\${target_boot}"\n`,
        "",
      ],
    ],
  },
  {
    name: "4 not flushed",
    scenario: "apply while an older update is pending",
    edits: [[flushBoot, '"${m_cmdline_offset}"\n']],
  },
  {
    name: "4 has no cmdline.txt of its slot",
    scenario: "apply while an older update is pending",
    edits: [
      ['\twrite_at "${work}/cmdline-${other}"', '\t: "${work}/cmdline-${other}"'],
      ["\tread_back\n", ""],
    ],
  },
  {
    name: "4 has the cmdline.txt of the slot that runs",
    scenario: "apply while an older update is pending",
    edits: [
      ['"${work}/cmdline-${other}"', '"${work}/cmdline-${slot}"'],
      ["\tread_back\n", ""],
    ],
  },
  {
    name: "6 before 3",
    scenario: "apply while an older update is pending",
    edits: [
      [first, ""],
      [
        "\t# 3: root\n",
        `\tread_at "\${payload}" "\${data_boot}" "\${m_images_boot_data}" | zstd -dcq 2>/dev/null | head -c 512 >"\${work}/first"\n${first}\t# 3: root\n`,
      ],
    ],
  },
  {
    name: "6 dropped",
    scenario: "apply while an older update is pending",
    edits: [
      [first, ""],
      ['| cmp -s - "${work}/first" ||', "| true ||"],
    ],
  },
  {
    name: "6 not flushed",
    scenario: "apply while an older update is pending",
    edits: [[first, writeFirst]],
  },
  {
    name: "6 after 7",
    scenario: "apply while an older update is pending",
    edits: [
      [first, ""],
      ['| cmp -s - "${work}/first" ||', "| true ||"],
      ["\t# 8: try\n", `${first}\t# 8: try\n`],
    ],
  },
  {
    name: "7 dropped",
    scenario: "apply while an older update is pending",
    edits: [[remember, '\t: "SLOT=']],
  },
  {
    name: "7 before 2",
    scenario: "apply while an older update is pending",
    edits: [
      [
        "\t# 2: break the slot\n",
        `\tsum=0\n${remember}\${other}" "VERSION=\${m_version}" "SECURITY_EPOCH=1"\n\t# 2: break the slot\n`,
      ],
    ],
  },
  {
    name: "7 writes the file in place",
    scenario: "apply while an older update is pending",
    edits: [
      ['"${kept}.new" "${kept}"', '"${kept}" "${kept}"'],
      ['>"${kept}.new"', '>"${kept}"'],
      ['\tflush "${kept}.new"\n', '\tflush "${kept}"\n'],
    ],
  },
  {
    name: "7 does not flush the file",
    scenario: "apply while an older update is pending",
    edits: [['\tflush "${kept}.new"\n', ""]],
  },
  {
    name: "7 does not flush the directory",
    scenario: "apply while an older update is pending",
    edits: [['"see whether it is full"\n\tflush "${memory}"\n', '"see whether it is full"\n']],
  },
  {
    name: "7 does not flush the new directory",
    scenario: "apply in slot b",
    edits: [['\t\tflush "${memory%/*}"\n', ""]],
  },
  {
    name: "8 before 7",
    scenario: "apply while an older update is pending",
    edits: [[remember, `\treboot_to_try\n${remember}`]],
  },
  {
    name: "10 in place of 8",
    scenario: "apply while an older update is pending",
    edits: [["\t# 3: root\n", '\twrite_autoboot "${try}" "${all}"\n\t# 3: root\n']],
  },
  {
    name: "writes the slot that runs",
    scenario: "apply while an older update is pending",
    edits: [
      ['boot="$(device "${target_boot}")" root=', 'boot="$(device "${running_boot}")" root='],
    ],
  },
  {
    name: "writes the root that runs",
    scenario: "apply while an older update is pending",
    edits: [['write_image root "${target_root}"', 'write_image root "${running_root}"']],
  },
  {
    name: "a delta reads the slot that it writes",
    scenario: "apply a delta",
    edits: [
      [
        '"${data_root}" "$(device "${running_root}")"',
        '"${data_root}" "$(device "${target_root}")"',
      ],
    ],
  },
  {
    name: "applies on trial",
    scenario: "apply on trial",
    edits: [["\t\t\trefuse unconfirmed", "\t\t\t: unconfirmed"]],
  },
  {
    name: "10 dropped",
    scenario: "confirm on trial",
    edits: [['\t\t\twrite_autoboot "${try}" "${all}"\n', ""]],
  },
  {
    name: "10 not flushed",
    scenario: "confirm on trial",
    edits: [['\tflush "$(device "${common}")"\n', ""]],
  },
  {
    name: "10 after 11",
    scenario: "confirm on trial",
    edits: [
      [
        '\t\t\twrite_autoboot "${try}" "${all}"\n',
        '\t\t\tsettle\n\t\t\twrite_autoboot "${try}" "${all}"\n',
      ],
    ],
  },
  {
    name: "10 empties the sector first",
    scenario: "confirm on trial",
    edits: [
      [
        '\tform "$1" "$2" >"${work}/form"\n\twrite_sector',
        '\twrite_sector /dev/zero "$(device "${common}")" "${autoboot}"\n\tform "$1" "$2" >"${work}/form"\n\twrite_sector',
      ],
    ],
  },
  {
    name: "10 writes the next sector, too",
    scenario: "confirm on trial",
    edits: [
      [
        '\tform "$1" "$2" >"${work}/form"\n\twrite_sector',
        '\twrite_sector /dev/zero "$(device "${common}")" $((autoboot + 1))\n\tform "$1" "$2" >"${work}/form"\n\twrite_sector',
      ],
    ],
  },
  {
    name: "10 names one slot twice",
    scenario: "confirm on trial",
    edits: [
      ['\t\t\twrite_autoboot "${try}" "${all}"\n', '\t\t\twrite_autoboot "${try}" "${try}"\n'],
    ],
  },
  {
    name: "10 has the wrong form",
    scenario: "confirm on trial",
    edits: [['write_autoboot "${try}" "${all}"', 'write_autoboot "${all}" "${try}"']],
  },
  {
    name: "10 repairs to the other slot",
    scenario: "confirm after half a sector",
    edits: [
      [
        'write_autoboot "${partition}" $((5 - partition))',
        'write_autoboot $((5 - partition)) "${partition}"',
      ],
    ],
  },
  {
    name: "11 dropped",
    scenario: "confirm on trial",
    edits: [["\tsettle\n}\n\nstatus()", "}\n\nstatus()"]],
  },
  {
    name: "11 forgets before it raises",
    scenario: "confirm on trial",
    edits: [
      [
        "\t\tread_floor\n\t\tremember floor",
        "\t\tforget_pending\n\t\tread_floor\n\t\tremember floor",
      ],
    ],
  },
  {
    name: "11 without 10, on the next boot",
    scenario: "confirm after the trial failed",
    edits: [
      ['[ "${pending}" = "${slot}" ]', '[ -n "${pending}" ]'],
      [
        "\tread_floor\n\t\tremember",
        '\tdevice_version="$(fact VERSION "${memory}/pending")"\n\t\tread_floor\n\t\tremember',
      ],
    ],
  },
  {
    name: "11 leaves what is pending",
    scenario: "confirm after the commit",
    edits: [["\tforget_pending\n}\n\nconfirm()", "}\n\nconfirm()"]],
  },
];
