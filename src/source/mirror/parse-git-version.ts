/** Parses what `git --version` prints. */

/** `http.curloptResolve`, which pins the address of a server, exists since 2.37. */
const GIT_VERSION_MIN = { major: 2, minor: 37 } as const;

export type GitVersion =
  { readonly ok: true; readonly version: string } | { readonly ok: false; readonly reason: string };

/** Refuses versions that lack an option that we rely on. */
export function parseGitVersion(text: string): GitVersion {
  const { version, major, minor } =
    /^git version (?<version>(?<major>\d{1,4})\.(?<minor>\d{1,4})[^\s]*)/u.exec(text)?.groups ?? {};
  const wanted = `${GIT_VERSION_MIN.major}.${GIT_VERSION_MIN.minor}`;
  if (version === undefined) {
    return {
      ok: false,
      reason: `The program git did not tell its version; ${wanted} or later is needed`,
    };
  }
  const isRecent =
    Number(major) > GIT_VERSION_MIN.major ||
    (Number(major) === GIT_VERSION_MIN.major && Number(minor) >= GIT_VERSION_MIN.minor);
  return isRecent
    ? { ok: true, version }
    : {
        ok: false,
        reason: `git ${version} is too old: ${wanted} or later is needed, which connects to the checked address alone (http.curloptResolve)`,
      };
}
