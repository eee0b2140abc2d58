import { assertEquals, assertRejects } from "@std/assert";
import {
  type Command,
  type Output,
  parseLinks,
  type Run,
  runCommand,
} from "../../lib/linux/mod.ts";
import type { Context } from "../../lib/plugin/mod.ts";
import { CniCode, CniError } from "../../lib/spec/mod.ts";
import { removeAndRelease } from "./container_link_linux.ts";
import { requestWith } from "./testing/mod.ts";

const LINKS = parseLinks([{ ifindex: 2, ifname: "eth0" }]);

/** What a removal did, in order. */
interface Trial {
  readonly acts: readonly string[];
  readonly error?: unknown;
}

/** Removes eth0 from where `links` are, by `answer`, and releases. */
async function remove(
  answer: (command: Command) => Promise<Output>,
  links = LINKS,
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
    await removeAndRelease(request, links, { context, run });
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

Deno.test("removeAndRelease() removes the link before it releases", async () => {
  assertEquals(await remove(ends({})), { acts: [REMOVAL, "static DEL"] });
});

Deno.test("removeAndRelease() only releases where there is no link", async () => {
  const other = parseLinks([{ ifindex: 2, ifname: "eth1" }]);
  assertEquals(await remove(ends({}), other), { acts: ["static DEL"] });
});

Deno.test({
  name: "removeAndRelease() releases for a link that went in the meantime",
  ignore: Deno.build.os !== "linux",
  async fn(t) {
    const cases = {
      "as ip words it": ends({
        status: 1,
        stderr: 'Cannot find device "eth0"\n',
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

Deno.test("removeAndRelease() keeps the address of a link that stays", async () => {
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
