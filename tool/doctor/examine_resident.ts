import type { DaemonStatus, Silence } from "../resident/ask_daemon.ts";
import { formatDuration } from "../resident/format_duration.ts";
import { silenceText } from "../resident/show_daemon.ts";
import type { Diagnosis } from "./diagnosis.ts";
import type { Installation } from "./examine_installation.ts";

/** What there is to know of the resident mode. */
export interface ResidentFacts {
  readonly socket: string;
  /** This program's build. */
  readonly buildId: string | undefined;
  readonly ask: (socket: string) => Promise<DaemonStatus | Silence>;
}

/**
 * Examines the resident mode where it is installed: the shims, and the daemon
 * that they hand calls to. Nothing where it is not.
 */
export async function examineResident(
  installations: readonly Installation[],
  { socket, buildId, ask }: ResidentFacts,
): Promise<readonly Diagnosis[]> {
  const residents = installations.filter(({ isResident }) => isResident);
  const [first] = residents;
  if (first === undefined) return [];
  const shims = residents.flatMap(diagnoseShims);
  const told = await ask(socket);
  if (typeof told === "string") {
    return [...shims, diagnoseSilence(told, { socket, folder: first.folder })];
  }
  const who = `daemon at ${socket}`;
  if (buildId !== undefined && told.buildId !== buildId) {
    return [...shims, {
      status: "warning",
      text: `${who} is of another build (${told.buildId}): it declines all ` +
        "calls, which are executed",
      remedy: RESTART,
    }];
  }
  const since = formatDuration(told.uptimeMs);
  const text = `${who} answers, has been running for ${since}`;
  return [...shims, { status: "ok", text }];
}

const RESTART = "systemctl restart cni-daemon, or end it and start it again";

function diagnoseShims(
  { folder, notShim, isSameBuild }: Installation,
): readonly Diagnosis[] {
  const remedy = `build/resident/cni install --resident --bin-dir ${folder}`;
  const build: readonly Diagnosis[] = isSameBuild ? [] : [{
    status: "warning",
    text: `${folder}/cni-shim is of another build than this program`,
    remedy,
  }];
  return [
    ...build,
    ...notShim.map((name) => ({
      status: "warning" as const,
      text: `${folder}/${name} is not cni-shim: its calls do not reach the ` +
        "daemon",
      remedy,
    })),
  ];
}

function diagnoseSilence(
  silence: Silence,
  { socket, folder }: { readonly socket: string; readonly folder: string },
): Diagnosis {
  const start = `systemctl start cni-daemon, or, from /: ${folder}/cni daemon`;
  const remedies = {
    absent: start,
    denied: "run this as root",
    mute: RESTART,
  };
  return {
    status: silence === "mute" ? "failure" : "warning",
    text: `${silenceText(silence)} at ${socket}` +
      (silence === "absent" ? ": every call is executed" : ""),
    remedy: remedies[silence],
  };
}
