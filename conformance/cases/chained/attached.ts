import type { JsonObject } from "../../../lib/spec/mod.ts";
import { demand, type Effect, type Stage } from "../../suite/mod.ts";
import { attach, type Attachment, readStated } from "../shared/mod.ts";

/** A container with a link of the suite's making, and what was done to it. */
export interface Chained extends Attachment {
  /** What the plugin was given. */
  readonly prevResult: JsonObject;
}

/** Makes a container with a link, by the suite's own means. */
export async function prepare(
  stage: Stage,
): Promise<Pick<Chained, "sandbox" | "prevResult">> {
  const sandbox = await stage.addSandbox();
  return { sandbox, prevResult: await stage.addPrevious(sandbox) };
}

/** Calls ADD, which must succeed, for a container with a link. */
export async function attachPrepared(
  stage: Stage,
  { sandbox, prevResult }: Pick<Chained, "sandbox" | "prevResult">,
): Promise<Chained> {
  return { ...await attach(stage, sandbox, { prevResult }), prevResult };
}

/** {@linkcode prepare} and {@linkcode attachPrepared}. */
export async function attachChained(stage: Stage): Promise<Chained> {
  return attachPrepared(stage, await prepare(stage));
}

/** The effects of a profile, in this attachment's words. */
export function effectsOf(
  stage: Stage,
  { sandbox, prevResult }: Pick<Chained, "sandbox" | "prevResult">,
): readonly Effect[] {
  const { interfaces, ips } = readStated(prevResult);
  const addresses = ips.map(({ address }) => address.split("/")[0]!);
  // The pair's end is the last of those on the host: a bridge stands before.
  const host = interfaces.filter((one) => one.sandbox === "").at(-1);
  const values: Readonly<Record<string, string | undefined>> = {
    hostIfname: host?.name,
    ifname: sandbox.ifname,
    address4: addresses.find((one) => !one.includes(":")),
    address6: addresses.find((one) => one.includes(":")),
    containerId: sandbox.containerId,
    netns: sandbox.path,
  };
  const fill = (text: string) =>
    stage.fill(
      text.replaceAll(/\{(\w+)\}/g, (all, name) => values[name] ?? all),
    );
  const { effects = [] } = stage.subject.profile ?? {};
  return effects.map(({ look, shows, tamper, ...rest }) => ({
    ...rest,
    look: fill(look),
    shows: fill(shows),
    ...(tamper === undefined ? {} : { tamper: fill(tamper) }),
  }));
}

/** Whether an effect can be seen. */
export async function isSeen(
  stage: Stage,
  { sandbox }: Pick<Chained, "sandbox">,
  { place, look, shows }: Effect,
): Promise<boolean> {
  const { run } = place === "host" ? stage.host : sandbox;
  const { stdout } = await run(["sh", "-c", look]);
  return new RegExp(shows, "m").test(stdout);
}

/** Demands that all effects of a container are there. */
export async function demandEffects(
  stage: Stage,
  attachment: Chained,
): Promise<void> {
  for (const effect of effectsOf(stage, attachment)) {
    const isThere = await isSeen(stage, attachment, effect);
    demand(isThere, `There is no ${effect.what}`);
  }
}
