import type { Namespaces, ShimRequest } from "./wire.ts";

/** What the daemon is, as far as it must agree with a caller. */
export interface Identity {
  /** The build that the daemon belongs to. */
  readonly buildId: string;
  readonly namespaces: Namespaces;
  /** Its working folder. */
  readonly cwd: string;
  /** The variables that programs such as iptables obey; empty means unset. */
  readonly programVariables: Readonly<Record<string, string>>;
}

/**
 * Why the shim is to do a call itself; `undefined` if the daemon can do it and
 * would do exactly what the program itself would.
 */
export function declineReason(
  request: ShimRequest,
  { buildId, namespaces, cwd, programVariables }: Identity,
): string | undefined {
  if (request.buildId !== buildId) return "build";
  if (request.namespaces.net !== namespaces.net) return "network_namespace";
  if (request.namespaces.mnt !== namespaces.mnt) return "mount_namespace";
  if (request.forceExec) return "force_exec";
  const isOther = Object.entries(programVariables).some(([name, value]) =>
    withoutOpt(request.variables[name] ?? "") !== value
  );
  if (isOther) return "variables";
  if (request.cwd !== cwd && hasRelativePath(request)) return "relative_path";
  return undefined;
}

/**
 * containerd puts this folder, of libraries for its own programs, before the
 * `LD_LIBRARY_PATH` that it was started with.
 */
const CONTAINERD_OPT = "/opt/containerd/lib:";

function withoutOpt(value: string): string {
  return value.startsWith(CONTAINERD_OPT)
    ? value.slice(CONTAINERD_OPT.length)
    : value;
}

/** Keys of configurations whose values are paths. */
const PATH_KEYS = /"(dataDir|stateDir|subnetFile|resolvConf)"\s*:\s*"[^/"]/i;

function hasRelativePath({ environment, stdin }: ShimRequest): boolean {
  const { netns, path } = environment;
  return [netns, ...path.split(":")].some((one) => /^[^/]/.test(one)) ||
    PATH_KEYS.test(stdin);
}
