/** How a command changes the machine that it runs on. */
export type HostCommand = {
  readonly names: readonly string[];
  readonly why: string;
} & (
  | {
      /** `operands`: each path given is changed; `destination`: the last one, or that of `-t`. */
      readonly changes: "operands" | "destination";
      /** Short options whose value may be the next word, and long ones likewise. */
      readonly valued?: string;
      readonly longValued?: readonly string[];
    }
  | {
      /** The file that one of these options names. */
      readonly changes: "option";
      readonly options: RegExp;
      /** Only with this among its words. */
      readonly only?: RegExp;
    }
  | {
      /** The system itself, whatever the operands are. */
      readonly changes: "system";
      /** Only with one of these words; without it, always. */
      readonly only?: RegExp;
      /** Not with one of these, which name another root. */
      readonly unless?: RegExp;
    }
);

const aptDirectory = /^(?:-o)?(?:Dir|RootDir|DPkg::Chroot-Directory)\b/i;
const otherRoot = /^--(?:root|instdir|admindir)(?:=|$)/;

/** The commands that a script on the host may mean for the image. Docs list them. */
export const hostCommands: readonly HostCommand[] = [
  {
    names: ["rm", "rmdir", "unlink", "tee", "mkfifo", "chmod", "chown", "chgrp"],
    changes: "operands",
    why: "each path given is removed, written or changed",
  },
  {
    names: ["mkdir", "mknod", "truncate", "shred"],
    changes: "operands",
    valued: "msn",
    why: "each path given is made or emptied",
  },
  { names: ["touch"], changes: "operands", valued: "drt", why: "each path given is made" },
  { names: ["mv"], changes: "operands", valued: "S", why: "each path given is moved or written" },
  { names: ["cp", "ln"], changes: "destination", valued: "S", why: "the last path is written" },
  {
    names: ["install"],
    changes: "destination",
    valued: "mogSt",
    why: "the last path is written; with `-d`, each is made",
  },
  {
    names: ["rsync"],
    changes: "destination",
    valued: "efBT",
    longValued: ["--exclude", "--include", "--exclude-from", "--files-from", "--filter", "--rsh"],
    why: "the last path is written",
  },
  {
    names: ["sed"],
    changes: "operands",
    valued: "efl",
    longValued: ["--expression", "--file"],
    why: "with `-i`, each file given is edited",
  },
  {
    names: ["find"],
    changes: "operands",
    why: "with `-delete`, what it finds below each path is removed",
  },
  {
    names: ["curl", "gpg", "wget"],
    changes: "option",
    options: /^(?:-\w*[oO]|-P|--output|--output-document|--directory-prefix)$/,
    why: "the file of its output option is written",
  },
  {
    names: ["tar", "bsdtar"],
    changes: "option",
    options: /^(?:-\w*C|--directory)$/,
    only: /^(?:-[A-Za-z]*x[A-Za-z]*|x[A-Za-z]*|--extract|--get)$/,
    why: "unpacks into the directory of `-C`",
  },
  {
    names: ["unzip"],
    changes: "option",
    options: /^-d$/,
    why: "unpacks into the directory of `-d`",
  },
  { names: ["dd"], changes: "option", options: /^of$/, why: "writes the file of `of=`" },
  {
    names: ["apt", "apt-get", "aptitude", "apt-mark"],
    changes: "system",
    only: /^(?:(?:re)?install|remove|purge|update|upgrade|(?:dist|full|safe)-upgrade|auto-?remove|(?:auto)?clean|build-dep|satisfy|auto|manual|hold|unhold)$/,
    unless: aptDirectory,
    why: "changes the packages of the host, unless it names another directory (`-o Dir=`)",
  },
  {
    names: ["dpkg"],
    changes: "system",
    only: /^(?:-[irP]|--(?:install|remove|purge|configure|unpack|(?:add|remove)-architecture|set-selections))$/,
    unless: otherRoot,
    why: "changes the packages of the host, unless `--root` is given",
  },
  {
    names: ["systemctl"],
    changes: "system",
    only: /^(?:enable|disable|(?:re)?start|stop|reload|(?:un)?mask|daemon-reload|set-default|preset|preset-all|reenable|isolate|poweroff|reboot|halt)$/,
    unless: otherRoot,
    why: "changes or ends services of the host, unless `--root` is given",
  },
  {
    names: ["useradd", "usermod", "userdel", "groupadd", "groupmod", "groupdel", "chpasswd"],
    changes: "system",
    unless: /^(?:--(?:root|prefix)(?:=|$)|-[RP]$)/,
    why: "changes the users of the host, unless `--root` is given",
  },
  {
    names: ["adduser", "addgroup", "deluser", "delgroup", "passwd"],
    changes: "system",
    unless: /^(?:--root(?:=|$)|-R$)/,
    why: "changes the users of the host",
  },
  {
    names: ["dpkg-reconfigure", "debconf-set-selections", "apt-key", "add-apt-repository"],
    changes: "system",
    why: "changes the packages of the host",
  },
  {
    names: ["update-initramfs", "update-rc.d", "update-ca-certificates", "locale-gen", "service"],
    changes: "system",
    why: "changes files of the host",
  },
  {
    names: ["raspi-config", "rename-user", "hostnamectl", "timedatectl", "localectl"],
    changes: "system",
    why: "changes settings of the host",
  },
  {
    names: ["pip", "pip3"],
    changes: "system",
    only: /^(?:un)?install$/,
    unless: /^(?:--(?:root|prefix|target)(?:=|$)|-t$)/,
    why: "changes Python's packages on the host, unless `--root` or `--target` is given",
  },
];
