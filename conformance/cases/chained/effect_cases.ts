import { demand, Skip } from "../../suite/mod.ts";
import {
  type KindCase,
  passCheck,
  SINCE_0_3_0,
  SINCE_0_4_0,
} from "../shared/mod.ts";
import {
  attachChained,
  attachPrepared,
  demandEffects,
  effectsOf,
  isSeen,
  prepare,
} from "./attached.ts";

const ADD = 'CNI 1.1.0, section 2, "ADD"';
const DEL = 'CNI 1.1.0, section 2, "DEL"';
const LIFECYCLE = 'CNI 1.1.0, section 3, "Lifecycle & Ordering"';

/** Cases about what a chained plugin does, as its profile tells. */
export const EFFECT_CASES: readonly KindCase[] = [
  {
    id: "chained/effect",
    clause: {
      section: ADD,
      level: "SHOULD",
      requirement: "ADD adjusts the interface as the profile says",
      versions: SINCE_0_3_0,
    },
    unless: withoutEffects,
    run: async (stage) => {
      const prepared = await prepare(stage);
      for (const effect of effectsOf(stage, prepared)) {
        const isThere = await isSeen(stage, prepared, effect);
        if (isThere) throw new Skip(`there is ${effect.what} before ADD`);
      }
      await demandEffects(stage, await attachPrepared(stage, prepared));
    },
  },
  {
    id: "chained/effect-undone",
    clause: {
      section: DEL,
      level: "SHOULD",
      requirement: "DEL undoes what ADD did",
      versions: SINCE_0_3_0,
    },
    unless: (profile) =>
      withoutEffects(profile) ??
        (profile.effects?.every(({ stays }) => stays)
          ? "what it does outlives DEL"
          : undefined),
    run: async (stage) => {
      const attachment = await attachChained(stage);
      await demandEffects(stage, attachment);
      await attachment.remove();
      for (const effect of effectsOf(stage, attachment)) {
        const isLeft = await isSeen(stage, attachment, effect);
        demand(effect.stays || !isLeft, `DEL left ${effect.what}`);
      }
    },
  },
  {
    id: "chained/check-effect",
    clause: {
      section: 'CNI 1.1.0, section 2, "CHECK"',
      level: "SHOULD",
      requirement: "CHECK fails if something that ADD did is gone",
      versions: SINCE_0_4_0,
    },
    unless: ({ effects = [] }) =>
      effects.every(({ tamper }) => tamper === undefined)
        ? "the profile does not say how to take away what it does"
        : undefined,
    run: async (stage) => {
      const count = stage.subject.profile?.effects?.length ?? 0;
      for (let at = 0; at < count; at++) {
        const attachment = await attachChained(stage);
        const { sandbox, check } = attachment;
        const { what, place, tamper } = effectsOf(stage, attachment)[at]!;
        if (tamper === undefined) continue;
        await passCheck(stage, sandbox, check);
        const { run } = place === "host" ? stage.host : sandbox;
        const { status, stderr } = await run(["sh", "-c", tamper]);
        if (status !== 0) {
          throw new Error(`Cannot take away ${what}: ${stderr}`);
        }
        await stage.mustFail("CHECK", sandbox, check);
      }
    },
  },
  {
    id: "chained/del-of-another",
    clause: {
      section: LIFECYCLE,
      level: "MUST",
      requirement: "DEL of one container keeps what was done for others",
      versions: SINCE_0_3_0,
    },
    unless: withoutEffects,
    run: async (stage) => {
      const first = await attachChained(stage);
      const second = await attachChained(stage);
      await demandEffects(stage, second);
      await second.remove();
      await demandEffects(stage, first);
    },
  },
  {
    id: "chained/concurrent",
    clause: {
      section: LIFECYCLE,
      level: "MUST",
      requirement: "ADD and DEL work for several containers at the same time",
      versions: SINCE_0_3_0,
    },
    run: async (stage) => {
      const prepared = [];
      for (let count = 0; count < 4; count++) {
        prepared.push(await prepare(stage));
      }
      const attachments = await Promise.all(
        prepared.map((one) => attachPrepared(stage, one)),
      );
      for (const one of attachments) await demandEffects(stage, one);
      await Promise.all(attachments.map((one) => one.remove()));
    },
  },
];

function withoutEffects(
  { effects = [] }: { readonly effects?: readonly unknown[] },
): string | undefined {
  return effects.length === 0
    ? "the profile names nothing that it does"
    : undefined;
}
