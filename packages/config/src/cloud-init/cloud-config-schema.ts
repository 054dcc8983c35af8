import { z } from "zod";
import type { SeedSchema } from "./seed-issues.ts";

/*
 * The keys of cloud-init's `#cloud-config` from 22.4 (bookworm) to 25 (trixie). What images use
 * most is checked as cloud-init's own schema has it; of the others only the name is.
 * https://cloudinit.readthedocs.io/en/latest/reference/modules.html
 * Each `error` is the noun phrase of what is wanted, as in the schema of image.yaml.
 */

const text = z.string({ error: "text" });
const flag = z.boolean({ error: "true or false" });
const texts = z.array(text, { error: "a list of texts" });
const anything = z.unknown().optional();

const mode = { error: 'an octal mode in quotes, such as "0644"' };
const encodings = ["gz", "gzip", "gz+base64", "gzip+base64", "gz+b64", "gzip+b64"];

const writtenFile = z.strictObject(
  {
    path: z.string({ error: "the path of a file" }),
    content: text.optional(),
    source: anything,
    owner: z.string({ error: "user:group" }).optional(),
    permissions: z
      .string(mode)
      .regex(/^(?:0o?)?[0-7]{3,4}$/, mode)
      .optional(),
    encoding: z
      .enum([...encodings, "b64", "base64", "text/plain"], { error: "an encoding such as b64" })
      .optional(),
    append: flag.optional(),
    defer: flag.optional(),
  },
  { error: "a map with `path` and `content`" },
);

const user = z.strictObject(
  {
    name: text.optional(),
    snapuser: text.optional(),
    groups: z.union([text, texts, z.record(z.string(), anything)], { error: "groups" }).optional(),
    passwd: text.optional(),
    hashed_passwd: text.optional(),
    plain_text_passwd: text.optional(),
    lock_passwd: flag.optional(),
    "lock-passwd": flag.optional(),
    shell: text.optional(),
    homedir: text.optional(),
    gecos: text.optional(),
    primary_group: text.optional(),
    no_create_home: flag.optional(),
    no_user_group: flag.optional(),
    no_log_init: flag.optional(),
    system: flag.optional(),
    ssh_authorized_keys: texts.optional(),
    ssh_import_id: texts.optional(),
    ssh_redirect_user: flag.optional(),
    create_groups: flag.optional(),
    sudo: anything,
    doas: anything,
    uid: anything,
    expiredate: anything,
    inactive: anything,
    selinux_user: anything,
  },
  { error: "a user: a map, or a name" },
);

const command = z.union([text, texts, z.null()], { error: "a command: text, or a list of texts" });
const commands = z.array(command, { error: "a list of commands" });

const known = {
  write_files: z.array(writtenFile, { error: "a list of files" }),
  users: z.union(
    [
      z.array(z.union([user, text], { error: "a user: a map, or a name" })),
      text,
      z.record(z.string(), anything),
    ],
    { error: "a list of users" },
  ),
  runcmd: commands,
  bootcmd: commands,
  packages: z.array(anything, { error: "a list of packages" }),
  ssh_authorized_keys: texts,
  hostname: text,
  fqdn: text,
  timezone: text,
  final_message: text,
  package_update: flag,
  package_upgrade: flag,
  package_reboot_if_required: flag,
  preserve_hostname: flag,
  prefer_fqdn_over_hostname: flag,
  create_hostname_file: flag,
  disable_root: flag,
  ssh_deletekeys: flag,
  no_ssh_fingerprints: flag,
  enable_ssh: flag,
};

const named = `allow_public_ssh_keys allow_userdata ansible apk_repos apt apt_pipelining
  apt_reboot_if_required apt_update apt_upgrade authkey_hash autoinstall byobu_by_default ca-certs
  ca_certs chef chpasswd cloud_config_modules cloud_final_modules cloud_init_modules datasource
  datasource_list device_aliases disable_ec2_metadata disable_root_opts disk_setup drivers fan
  fs_setup groups growpart grub-dpkg grub_dpkg keyboard landscape launch-index locale
  locale_configfile lxd manage_etc_hosts manage_resolv_conf mcollective merge_how merge_type migrate
  mount_default_fields mounts network ntp output password phone_home power_state puppet random_seed
  reporting resize_rootfs resolv_conf rh_subscription rpi rsyslog salt_minion snap spacewalk ssh
  ssh_fp_console_blacklist ssh_genkeytypes ssh_import_id ssh_key_console_blacklist ssh_keys
  ssh_publish_hostkeys ssh_pwauth ssh_quiet_keygen swap system_info ubuntu_advantage ubuntu_pro
  updates user vendor_data vendor_data2 wireguard yum_repo_dir yum_repos zypper`.split(/\s+/);

const schema = z.strictObject(
  {
    ...Object.fromEntries(named.map((key) => [key, anything])),
    ...z.object(known).partial().shape,
  },
  { error: "a map" },
);

/** A `#cloud-config`. Unknown keys are errors, so a typo never goes unnoticed. */
export const cloudConfig: SeedSchema = {
  schema,
  keys: {
    "": Object.keys(schema.shape),
    write_files: Object.keys(writtenFile.shape),
    users: Object.keys(user.shape),
  },
};
