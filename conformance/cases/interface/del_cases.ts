import { demand, Skip, type Stage } from "../../suite/mod.ts";
import {
  type Attachment,
  attachNew,
  demandSame,
  factsOf,
  type KindCase,
  linkNamed,
  readKernel,
} from "../shared/mod.ts";
import { adjusts } from "./name_cases.ts";

const SECTION = 'CNI 1.1.0, section 2, "DEL"';

/** Cases about what DEL takes away. */
export const DEL_CASES: readonly KindCase[] = [
  {
    id: "interface/del-removes",
    clause: {
      section: SECTION,
      level: "SHOULD",
      requirement:
        "DEL takes the interface by the name in CNI_IFNAME from the container",
    },
    unless: adjusts,
    run: async (stage) => {
      const { sandbox, ifname, remove } = await attachNew(stage);
      const added = linkNamed(await readKernel(sandbox), ifname);
      demand(added !== undefined, `There is no interface ${ifname} after ADD`);
      await remove();
      const left = linkNamed(await readKernel(sandbox), ifname);
      demand(left === undefined, `${ifname} is still there after DEL`);
    },
  },
  {
    id: "interface/del-restores-host",
    clause: {
      section: SECTION,
      level: "SHOULD",
      requirement:
        "DEL undoes what ADD did: links, addresses, routes and rules of the host are as before, apart from what other attachments share",
    },
    run: async (stage) => {
      const shared = (stage.subject.profile?.shared ?? [])
        .map((name) => stage.fill(name));
      const before = factsOf(await readKernel(stage.host), { without: shared });
      const { remove } = await attachNew(stage);
      await remove();
      const after = factsOf(await readKernel(stage.host), { without: shared });
      demandSame(before, after, "DEL left the host changed");
    },
  },
  {
    id: "interface/del-removes-rules",
    clause: {
      section: SECTION,
      level: "SHOULD",
      requirement:
        "DEL undoes what ADD did: no firewall rule names the container or its addresses any more",
    },
    run: async (stage) => {
      const attachment = await attachNew(stage);
      if ((await rulesAbout(stage, attachment)).length === 0) {
        throw new Skip("ADD made no firewall rule for the container");
      }
      await attachment.remove();
      const left = await rulesAbout(stage, attachment);
      demand(left.length === 0, `Rules are left:\n${left.join("\n")}`);
    },
  },
];

/** Rules of all tools that name a container or an address of it. */
async function rulesAbout(
  { host }: Stage,
  { sandbox, stated }: Attachment,
): Promise<readonly string[]> {
  const { stdout } = await host.run(["sh", "-c", LIST_RULES]);
  const names = [
    sandbox.containerId,
    ...stated.ips.map(({ address }) => address.split("/")[0]!),
  ];
  const words = names.map((name) =>
    new RegExp(`(?<![\\w.:-])${name.replaceAll(".", "\\.")}(?![\\w.:-])`)
  );
  return stdout.split("\n")
    .filter((line) => words.some((word) => word.test(line)));
}

// Each of them may be missing.
const LIST_RULES =
  "{ iptables-save; ip6tables-save; nft list ruleset; } 2>/dev/null";
