import { registryFor } from "../../plugins/mod.ts";
import type { Target } from "../compile.ts";

/** A system and processor that releases are made for. */
export interface ReleaseTarget {
  /** As Deno calls it. */
  readonly target: Target;
  /** As Go calls them, which is what CNI's releases are named by. */
  readonly os: "linux" | "windows";
  readonly arch: "amd64" | "arm64";
}

/** All targets of a release. */
export const RELEASE_TARGETS: readonly ReleaseTarget[] = [
  { target: "x86_64-unknown-linux-gnu", os: "linux", arch: "amd64" },
  { target: "aarch64-unknown-linux-gnu", os: "linux", arch: "arm64" },
  { target: "x86_64-pc-windows-msvc", os: "windows", arch: "amd64" },
];

/** The program's file name on a system. */
export function programName(os: ReleaseTarget["os"]): string {
  return os === "windows" ? "cni.exe" : "cni";
}

/** The names that the program goes by on a system, besides its own. */
export function appletFiles(os: ReleaseTarget["os"]): readonly string[] {
  const ending = os === "windows" ? ".exe" : "";
  return ["cnitool", ...registryFor(os).keys()].sort()
    .map((name) => name + ending);
}

/** The file name of a target's archive. */
export function archiveName(
  { os, arch }: ReleaseTarget,
  version: string,
): string {
  return `cni-${os}-${arch}-${version}.${os === "windows" ? "zip" : "tgz"}`;
}
