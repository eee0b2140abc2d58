import { demand, type Stage, type StageSandbox } from "../../suite/mod.ts";
import { type KindCase, linkNamed, readKernel } from "../shared/mod.ts";

/** Cases about the name in `CNI_IFNAME`. */
export const NAME_CASES: readonly KindCase[] = [
  {
    id: "interface/name-taken",
    clause: {
      section: 'CNI 1.1.0, section 2, "ADD"',
      level: "MUST",
      requirement:
        "ADD fails if the container has an interface of that name, and leaves it as it is",
    },
    unless: adjusts,
    run: async (stage) => {
      const sandbox = await stage.addSandbox();
      const { ifname } = sandbox;
      await sandbox.ip(`link add ${ifname} type veth peer name taken0`);
      const before = linkNamed(await readKernel(sandbox), ifname);
      await stage.mustFail("ADD", sandbox);
      const after = linkNamed(await readKernel(sandbox), ifname);
      demand(
        JSON.stringify(after) === JSON.stringify(before),
        `ADD changed the interface ${ifname} that was there before`,
      );
    },
  },
  {
    id: "interface/name-in-full",
    clause: {
      section: 'CNI 1.1.0, section 2, "Parameters"',
      level: "MUST",
      requirement:
        "A name that the kernel takes is used as it is, to its last letter, or refused",
    },
    unless: (profile) => adjusts(profile) ?? isExclusive(profile),
    run: async (stage) => {
      for (const ifname of ["abcdefghijklmno", "a-b_c.d", "0"]) {
        await demandName(stage, await stage.addSandbox(), ifname);
      }
    },
  },
  {
    id: "interface/name-too-long",
    clause: {
      section: 'CNI 1.1.0, section 2, "Parameters"',
      level: "MUST",
      requirement:
        "ADD fails for a name that no interface can have, and makes none by another name",
    },
    unless: adjusts,
    run: async (stage) => {
      const sandbox = await stage.addSandbox();
      await stage.mustFail("ADD", sandbox, { ifname: "abcdefghijklmnop" });
      const { links } = await readKernel(sandbox);
      const made = links.filter(({ name }) => name !== "lo");
      demand(
        made.length === 0,
        `The container has an interface ${made.map(({ name }) => name)}`,
      );
    },
  },
];

/** Why cases that need an interface of a new name do not apply. */
export function adjusts(
  { ifname }: { readonly ifname?: string },
): string | undefined {
  return ifname === undefined
    ? undefined
    : `it adjusts ${ifname}, which is always there`;
}

/** Why cases with more than one attachment do not apply. */
export function isExclusive(
  { exclusive }: { readonly exclusive?: boolean },
): string | undefined {
  return exclusive ? "a configuration serves one attachment" : undefined;
}

async function demandName(
  stage: Stage,
  sandbox: StageSandbox,
  ifname: string,
): Promise<void> {
  const { status } = await stage.call("ADD", sandbox, { ifname });
  const link = linkNamed(await readKernel(sandbox), ifname);
  demand(
    (status === 0) === (link !== undefined),
    status === 0
      ? `ADD succeeded without an interface ${ifname}`
      : `ADD failed and left an interface ${ifname}`,
  );
}
