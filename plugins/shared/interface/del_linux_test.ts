import { assertEquals, assertRejects } from "@std/assert";
import {
  type Command,
  type Output,
  parseLinks,
  type Run,
  runCommand,
} from "../../../lib/linux/mod.ts";
import type { Context } from "../../../lib/plugin/mod.ts";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { requestWith } from "../testing/mod.ts";
import { detach, type Leaving } from "./del_linux.ts";
import type { InterfaceConfig } from "./kind.ts";

const LINKS = parseLinks([{ ifindex: 2, ifname: "eth0" }]);

/** What a removal did, in order. */
interface Trial {
  readonly acts: readonly string[];
  readonly error?: unknown;
}

/** What is tried: by default, to remove a link that is there. */
interface Given {
  readonly links?: typeof LINKS;
  readonly kind?: (acts: string[]) => Leaving<InterfaceConfig, void>;
}

/** Removes eth0 from where `links` are, by `answer`, and releases. */
async function remove(
  answer: (command: Command) => Promise<Output>,
  { links = LINKS, kind = () => ({}) }: Given = {},
): Promise<Trial> {
  const acts: string[] = [];
  const run: Run = (command) => {
    const { program, args, netns } = command;
    acts.push([netns, program, ...args].join(" "));
    return answer(command);
  };
  const context: Context = {
    delegate: (type, { command }) => {
      acts.push(`${type} ${command}`);
      return Promise.resolve({});
    },
    preload: () => {},
    isForeign: () => false,
    warn: () => {},
  };
  const request = requestWith({ ipam: { type: "static" } }, { command: "DEL" });
  try {
    const link = links.find(({ name }) => name === request.ifname);
    const found = { links, link, hostEnds: [] };
    await detach(kind(acts), { request, found, context, run });
    return { acts };
  } catch (error) {
    return { acts, error };
  }
}

function ends(output: Partial<Output>) {
  return () =>
    Promise.resolve({ status: 0, stdout: "", stderr: "", ...output });
}

const REMOVAL = "/run/netns/c1 ip link del dev eth0";

Deno.test("detach() removes the link before it releases", async () => {
  assertEquals(await remove(ends({})), { acts: [REMOVAL, "static DEL"] });
});

Deno.test("detach() only releases where there is no link", async () => {
  const other = parseLinks([{ ifindex: 2, ifname: "eth1" }]);
  assertEquals(await remove(ends({}), { links: other }), {
    acts: ["static DEL"],
  });
});

Deno.test({
  name: "detach() releases for a link that went in the meantime",
  ignore: Deno.build.os !== "linux",
  async fn(t) {
    const cases = {
      "as ip words it": ends({
        status: 1,
        stderr: 'Cannot find device "eth0"\n',
      }),
      "as the kernel words it, between ip's look and the removal": ends({
        status: 2,
        stderr: "RTNETLINK answers: No such device\n",
      }),
      "as the installed ip words it": ({ program, args }: Command) =>
        runCommand({
          program,
          args: args.map((word) => word === "eth0" ? "no-such-link" : word),
        }),
    };
    for (const [why, answer] of Object.entries(cases)) {
      await t.step(why, async () => {
        const trial = await remove(answer);
        assertEquals(trial, { acts: [REMOVAL, "static DEL"] });
      });
    }
  },
});

Deno.test("detach() keeps the address of a link that stays", async () => {
  const stderr = "RTNETLINK answers: Operation not permitted\n";
  const { acts, error } = await remove(ends({ status: 2, stderr }));
  assertEquals(acts, [REMOVAL]);
  const { code, details } = await assertRejects(
    () => Promise.reject(error),
    CniError,
    'Cannot remove the link "eth0"',
  );
  assertEquals([code, details], [CniCode.Internal, "Operation not permitted"]);
});

Deno.test("detach() removes rules when the link is gone, and only then", async () => {
  const kind = (acts: string[]) => ({
    removeRules: () => {
      acts.push("rules");
      return Promise.resolve();
    },
  });
  assertEquals(await remove(ends({}), { kind }), {
    acts: [REMOVAL, "static DEL", "rules"],
  });
  const { acts } = await remove(ends({ status: 2 }), { kind });
  assertEquals(acts, [REMOVAL]);
});

Deno.test("detach() gives a link back, and releases even if that fails", async () => {
  const error = new CniError(CniCode.Internal, "Cannot give it back");
  const giving = (fails: boolean): NonNullable<Given["kind"]> => (acts) => ({
    giveBack: {
      act: (_request, { link }) => {
        acts.push(`give ${link?.name} back`);
        return fails ? Promise.reject(error) : Promise.resolve();
      },
      plan: () => undefined,
    },
  });
  const acts = ["give eth0 back", "static DEL"];
  assertEquals(await remove(ends({}), { kind: giving(false) }), { acts });
  assertEquals(await remove(ends({}), { kind: giving(true) }), { acts, error });
  assertEquals(await remove(ends({}), { kind: giving(false), links: [] }), {
    acts: ["give undefined back", "static DEL"],
  });
});
