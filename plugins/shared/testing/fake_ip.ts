import {
  type Command,
  type Link,
  type Output,
  parseLinks,
  type Run,
} from "../../../lib/linux/mod.ts";

/** A link as `ip -j -d addr show` prints it, as far as a test is about it. */
export type RawLink = Readonly<Record<string, unknown>> & {
  readonly ifname: string;
  readonly altnames?: readonly string[];
};

/** What a {@linkcode fakeIp} has. */
export interface FakeHost {
  readonly links?: readonly RawLink[];
  /** As `ip -j route show` prints them. */
  readonly routes?: readonly Readonly<Record<string, unknown>>[];
  /** Answers other commands than those of ip that read; status 0 if absent. */
  readonly answer?: (command: Command) => Partial<Output>;
}

/** A {@linkcode fakeIp}, and what it was asked. */
export interface FakeIp {
  readonly run: Run;
  /** The commands so far, in order. */
  readonly commands: readonly Command[];
}

/** A run that reads links and routes as ip would on a host that has them. */
export function fakeIp({ links = [], routes = [], answer }: FakeHost): FakeIp {
  const commands: Command[] = [];
  const run: Run = (command) => {
    commands.push(command);
    const output = readBy(command, links, routes) ?? answer?.(command) ?? {};
    return Promise.resolve({ status: 0, stdout: "", stderr: "", ...output });
  };
  return { run, commands };
}

function readBy(
  { program, args }: Command,
  links: readonly RawLink[],
  routes: readonly Readonly<Record<string, unknown>>[],
): Partial<Output> | undefined {
  if (program !== "ip") return undefined;
  const words = args.filter((word) => !word.startsWith("-"));
  const name = words.at(-1) ?? "";
  if (words.join(" ") === `addr show dev ${name}`) {
    const found = links.filter(({ ifname, altnames = [] }) =>
      [ifname, ...altnames].includes(name)
    );
    if (found.length > 0) return { stdout: JSON.stringify(found) };
    return { status: 1, stderr: `Device "${name}" does not exist.\n` };
  }
  if (words.join(" ") === `link show type ${name}`) {
    return { stdout: JSON.stringify(links.filter(isOfKind(name))) };
  }
  if (words[0] !== "route") return undefined;
  const isIpv6 = (dst: unknown) => `${dst}`.includes(":");
  const found = routes.filter(({ dst, gateway }) =>
    isIpv6(dst === "default" ? gateway : dst) === args.includes("-6")
  );
  return { stdout: JSON.stringify(found) };
}

function isOfKind(kind: string) {
  return ({ linkinfo }: RawLink) =>
    (linkinfo as { info_kind?: string } | undefined)?.info_kind === kind;
}

/** A link as the plugins read it. */
export function linkOf(raw: RawLink): Link {
  return parseLinks([raw])[0]!;
}
