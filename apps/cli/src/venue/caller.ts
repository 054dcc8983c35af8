/**
 * Whom results belong to: the user who called, through sudo or not; undefined for root itself, and
 * where files have no such owners.
 */
export function caller(env: NodeJS.ProcessEnv): { uid: number; gid: number } | undefined {
  const uid = process.getuid?.();
  const gid = process.getgid?.();
  if (uid === undefined || gid === undefined) return undefined;
  if (uid !== 0) return { uid, gid };
  const { SUDO_UID, SUDO_GID } = env;
  if (SUDO_UID === undefined || SUDO_GID === undefined) return undefined;
  return { uid: Number(SUDO_UID), gid: Number(SUDO_GID) };
}
