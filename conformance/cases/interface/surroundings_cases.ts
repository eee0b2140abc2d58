import {
  attach,
  attachNew,
  demandSame,
  factsOf,
  type KindCase,
  readKernel,
} from "../shared/mod.ts";

/** Cases about what a plugin has to leave alone. */
export const SURROUNDINGS_CASES: readonly KindCase[] = [
  {
    id: "interface/host-untouched",
    clause: {
      section: 'CNI 1.1.0, section 2, "ADD"',
      level: "SHOULD",
      requirement:
        "ADD makes the interface and what it needs: other links, addresses and routes of the host stay as they are",
    },
    run: async (stage) => {
      await stage.host.ip("link add other0 type veth peer name other1");
      await stage.host.ip("addr add 192.0.2.1/24 dev other0");
      await stage.host.ip("addr add 2001:db8:1::1/64 dev other0 nodad");
      await stage.host.ip("link set other0 up");
      await stage.host.ip("link set other1 up");
      await stage.host.ip("route add 100.64.9.0/24 via 192.0.2.2");
      const before = await readKernel(stage.host);
      await attachNew(stage);
      const after = await readKernel(stage.host);
      const old = before.links.map(({ name }) => name);
      const made = after.links.map(({ name }) => name)
        .filter((name) => !old.includes(name));
      // What the profile hands over is the plugin's to change.
      const handedOver = old.filter((name) =>
        name.startsWith(stage.names.device)
      );
      const without = [...made, ...handedOver];
      demandSame(
        factsOf(before, { without }),
        factsOf(after, { without }),
        "ADD changed something else on the host",
      );
    },
  },
  {
    id: "interface/container-untouched",
    clause: {
      section: 'CNI 1.1.0, section 2, "Parameters"',
      level: "SHOULD",
      requirement:
        "ADD and DEL leave the container's other interfaces as they are",
    },
    run: async (stage) => {
      const sandbox = await stage.addSandbox();
      await sandbox.ip("link add other0 type veth peer name other1");
      await sandbox.ip("addr add 192.0.2.1/24 dev other0");
      await sandbox.ip("link set other0 up");
      await sandbox.ip("link set other1 up");
      await sandbox.ip("route add 100.64.9.0/24 via 192.0.2.2");
      const without = [sandbox.ifname];
      const before = factsOf(await readKernel(sandbox), { without });
      const { remove } = await attach(stage, sandbox);
      const added = factsOf(await readKernel(sandbox), { without });
      demandSame(before, added, "ADD changed something else in the container");
      await remove();
      const deleted = factsOf(await readKernel(sandbox), { without });
      demandSame(
        before,
        deleted,
        "DEL changed something else in the container",
      );
    },
  },
];
