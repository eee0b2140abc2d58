import { assertEquals, assertStringIncludes } from "@std/assert";
import { withoutEmptyOwners } from "./_firewall.ts";
import {
  attachmentsOf,
  type Host,
  type Resident,
  residentTest,
  type Sandbox,
} from "./_harness.ts";
import { firewallChain } from "./_resident_chain.ts";

/** How many containers come, and go, at once. */
const COUNT = 100;

/** Fewer starts of a family's `iptables-restore` than this for all of them. */
const MAX_STARTS = 25;

const PROGRAMS = ["iptables-restore", "ip6tables-restore"];

/**
 * Starts a daemon that finds other programs in place of these: shell scripts
 * that end with the program itself.
 *
 * @param script What each does first, by its name.
 * @returns The variables of calls that go to this daemon.
 */
async function replacePrograms(
  host: Host,
  resident: Resident,
  script: (name: string) => string,
): Promise<Record<string, string>> {
  const folder = `${host.scratchDir}/programs`;
  await Deno.mkdir(folder);
  for (const name of PROGRAMS) {
    const text = `#!/bin/sh\n${script(name)}\n`;
    await Deno.writeTextFile(`${folder}/${name}`, text, { mode: 0o755 });
  }
  const PATH = `${folder}:${Deno.env.get("PATH")}`;
  const env = { PATH, CNI_DAEMON_SOCKET: resident.socket };
  await resident.start([], { env });
  return env;
}

const NEEDS = PROGRAMS.map((name) => `/usr/sbin/${name}`);

residentTest(
  "daemon: firewall transactions of 100 containers at once go together",
  async (host, resident) => {
    const log = `${host.scratchDir}/starts`;
    const env = await replacePrograms(
      host,
      resident,
      (name) => `echo ${name} >>${log}\nexec /usr/sbin/${name} "$@"`,
    );
    const chain = firewallChain(host, resident);
    const sandboxes: Sandbox[] = [];
    while (sandboxes.length < COUNT + 1) {
      sandboxes.push(await host.addSandbox());
    }
    // What all containers share is made before, and stays.
    const [first, ...others] = sandboxes;
    assertEquals((await chain.add(first!, { env })).status, 0);
    const before = await attachmentsOf(host);
    const startsOf = async (act: () => Promise<unknown>) => {
      await Deno.writeTextFile(log, "");
      await act();
      const lines = (await Deno.readTextFile(log)).split("\n");
      return PROGRAMS.map((name) =>
        lines.filter((line) => line === name).length
      );
    };
    const added = await startsOf(() =>
      Promise.all(others.map(async (sandbox) => {
        const { status, stdout } = await chain.add(sandbox, { env });
        assertEquals(status, 0, stdout);
      }))
    );
    const { rules } = await attachmentsOf(host);
    const published = rules.filter((rule) =>
      /-A CNI-DN-\S+ -p tcp .*--dport 20\d+ -j DNAT/.test(rule)
    );
    const deleted = await startsOf(() =>
      Promise.all(others.map((sandbox) => chain.del(sandbox, { env })))
    );
    console.log(
      `iptables-restore of 100 ADDs ${added}, of 100 DELs ${deleted}`,
    );
    assertEquals(published.length, 2 * (COUNT + 1));
    assertEquals(await attachmentsOf(host), before);
    assertEquals((await resident.status()).declined, {});
    for (const count of [...added, ...deleted]) {
      assertEquals(count > 0 && count < MAX_STARTS, true, `${count} starts`);
    }
  },
  { needs: NEEDS },
);

residentTest(
  "daemon: a firewall transaction that fails takes no other with it",
  async (host, resident) => {
    const sandboxes: Sandbox[] = [];
    while (sandboxes.length < 30) sandboxes.push(await host.addSandbox());
    const guilty = sandboxes[17]!.containerId;
    // It refuses what has this container's rules, and does nothing of it.
    const env = await replacePrograms(host, resident, (name) =>
      `text=$(cat)
case $text in *'-A '*'${guilty}'*) echo refused >&2; exit 1 ;; esac
printf '%s\\n' "$text" | exec /usr/sbin/${name} "$@"`);
    const chain = firewallChain(host, resident);
    const ended = await Promise.all(
      sandboxes.map((sandbox) => chain.add(sandbox, { env })),
    );
    const failed = sandboxes.filter((_, index) => ended[index]!.status !== 0);
    assertEquals(failed.map(({ containerId }) => containerId), [guilty]);
    assertStringIncludes(ended[17]!.stdout, "refused");
    const { links, rules } = await attachmentsOf(host);
    // Loopback, and the host's end of each that was attached.
    assertEquals(Object.keys(links).length, 1 + 29);
    assertEquals(rules.filter((rule) => rule.includes(guilty)), []);
    await Promise.all(
      sandboxes.map((sandbox) => chain.del(sandbox, { env })),
    );
    const left = await attachmentsOf(host);
    assertEquals(Object.keys(left.links), ["lo"]);
    assertEquals([withoutEmptyOwners(left.rules), left.files], [[], {}]);
  },
  { needs: NEEDS },
);
