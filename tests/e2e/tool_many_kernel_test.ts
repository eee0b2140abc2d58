import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { BIN, kernelTest } from "./_harness.ts";

const COUNT = 10_000;

kernelTest(
  "cni tool ps, doctor and gc cope with 10,000 attachments and 1,024 open files",
  async (host) => {
    const folder = `${host.scratchDir}/state`;
    await writeState(folder);
    const script = `mount --bind ${folder} /var/lib/cni && ulimit -n 1024
export NETCONFPATH=/var/lib/cni/conf CNI_PATH=${BIN}
cd /
for command in "ps --json" doctor "gc many"; do
  ${BIN}/cni tool $command >${folder}/out 2>${folder}/err
  echo "$command: $?"
  case $command in
  ps*) grep -c '"isThere": true' ${folder}/out ;;
  doctor) grep -c 'namespace is gone: 10' ${folder}/out ;;
  *) cat ${folder}/out ;;
  esac
  cat ${folder}/err
done
times`;
    const output = await host.must(["unshare", "--mount", "sh", "-c", script]);
    const lines = output.trim().split("\n");
    const [, cpu = ""] = lines.splice(-2);
    assertEquals(lines, [
      "ps --json: 0",
      `${COUNT - 10}`,
      "doctor: 0",
      "1",
      "gc many: 0",
      `Cleaned up many; kept ${COUNT - 10} attachments`,
    ]);
    // Of all three commands; alone on a machine each takes less than 2 s.
    const [user = NaN, system = NaN] = cpu.split(" ").map((one) =>
      Number(/m([\d.]+)s/.exec(one)?.[1])
    );
    assert(user + system < 12, cpu);
    const left = [...Deno.readDirSync(`${folder}/results`)];
    assertEquals(left.length, COUNT - 10);
  },
);

kernelTest(
  "cni tool ps says what it is, with every character of a path",
  async (host) => {
    const folder = `${host.scratchDir}/state`;
    await Deno.mkdir(`${folder}/results`, { recursive: true });
    const netns = `${host.scratchDir}/a 'b' $(c)\nd`;
    await Deno.writeTextFile(netns, "");
    await Deno.writeTextFile(
      `${folder}/results/many-c1-eth0`,
      entryOf({ containerId: "c1", netns }),
    );
    const script = `mount --bind ${folder} /var/lib/cni && cd / &&
CNI_PATH=${BIN} NETCONFPATH=/var/lib/cni/conf ${BIN}/cni tool ps --json`;
    const shown = await host.must(["unshare", "--mount", "sh", "-c", script]);
    assertStringIncludes(shown, '"isThere": true');
  },
);

/** A folder for \`/var/lib/cni\` with a network and its attachments. */
async function writeState(folder: string): Promise<void> {
  for (const name of ["results", "conf", "networks/many"]) {
    await Deno.mkdir(`${folder}/${name}`, { recursive: true });
  }
  await Deno.writeTextFile(`${folder}/conf/10-many.conf`, CONFIG);
  for (let i = 0; i < COUNT; i++) {
    const containerId = `${i}`.padStart(64, "c");
    const address = `10.9.${i >> 8}.${i & 255}`;
    // Ten of them have gone without a DEL.
    const netns = i < 10 ? `/run/netns/gone-${i}` : "/proc/self/ns/net";
    const result = {
      cniVersion: "1.1.0",
      interfaces: [{ name: "eth0", sandbox: netns }],
      ips: [{ address: `${address}/16`, interface: 0 }],
    };
    Deno.writeTextFileSync(
      `${folder}/results/many-${containerId}-eth0`,
      entryOf({ containerId, netns, result }),
    );
    Deno.writeTextFileSync(
      `${folder}/networks/many/${address}`,
      `${containerId}\r\neth0`,
    );
  }
}

const CONFIG = JSON.stringify({
  cniVersion: "1.1.0",
  name: "many",
  type: "tuning",
});

function entryOf(more: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({
    kind: "cniCacheV1",
    config: btoa(CONFIG),
    ifName: "eth0",
    networkName: "many",
    ...more,
  });
}
