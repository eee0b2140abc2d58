import { assertEquals } from "@std/assert";
import {
  attachmentsOf,
  bridgeConfig,
  hostLocal,
  kernelTest,
  linkNamesIn,
  mustCall,
  type PluginCall,
  REFERENCE_BIN,
  SUBNET4,
  SUBNET6,
} from "./_harness.ts";

/** Names that the kernel takes, whatever they look like to a shell. */
const IFNAMES = {
  "an option": "-a",
  "a key word of ip": "dev",
  "signs": "a+b=c,d~e^f_g",
  "dots": "...",
  "a dot, as of a VLAN": "eth0.100",
  "15 bytes of UTF-8": "日日日日日",
  "white space to JavaScript alone": "a\ufeff",
  "the end of a here-document": "END",
  "a number to ip": "if1",
};

kernelTest(
  "bridge: every interface name that the kernel takes will do",
  async (host, t) => {
    const before = await attachmentsOf(host);
    const config = bridgeConfig(host, {
      isDefaultGateway: true,
      ipMasq: true,
      macspoofchk: true,
      ipam: hostLocal(host, [SUBNET4, SUBNET6]),
    });
    for (const backend of ["iptables", "nftables"]) {
      const keys = { ...config, ipMasqBackend: backend };
      for (const [why, ifname] of Object.entries(IFNAMES)) {
        await t.step(`${why}, ${backend}`, async () => {
          const sandbox = await host.addSandbox();
          const call = { config: keys, sandbox, ifname };
          const prevResult = await mustCall(host, "bridge", call);
          assertEquals(await linkNamesIn(sandbox), ["lo", ifname]);
          const check = { ...keys, prevResult };
          const checked = { ...call, command: "CHECK", config: check };
          await mustCall(host, "bridge", checked);
          await mustCall(host, "bridge", { ...call, command: "DEL" });
          assertEquals(await linkNamesIn(sandbox), ["lo"]);
          assertEquals(await attachmentsOf(host), before);
        });
      }
    }
  },
  { needs: ["iptables", "ip6tables", "nft"] },
);

/** Longest first in what the kernel cuts: comments, aliases, chain names. */
const LENGTHS = { "as usual": 64, "long": 180 };

kernelTest(
  "bridge: container ids and network names may be long",
  async (host, t) => {
    const before = await attachmentsOf(host);
    for (const [why, length] of Object.entries(LENGTHS)) {
      for (const ipMasqBackend of ["iptables", "nftables"]) {
        await t.step(`${why}, ${ipMasqBackend}`, async () => {
          const sandbox = await host.addSandbox();
          const config = bridgeConfig(host, {
            name: `${host.network}${"n".repeat(length)}`,
            isDefaultGateway: true,
            ipMasq: true,
            ipMasqBackend,
            macspoofchk: true,
          });
          const containerId = "c".repeat(length);
          const call = { config, sandbox, containerId };
          await mustCall(host, "bridge", call);
          await mustCall(host, "bridge", { ...call, command: "DEL" });
          assertEquals(await attachmentsOf(host), before);
        });
      }
    }
  },
  { needs: ["iptables", "nft"] },
);

kernelTest(
  "bridge: spoof checks of ours and of the reference undo each other",
  async (host) => {
    const before = await attachmentsOf(host);
    const sandbox = await host.addSandbox();
    const config = bridgeConfig(host, { macspoofchk: true });
    const ours: PluginCall = { config, sandbox };
    const theirs: PluginCall = { ...ours, bin: REFERENCE_BIN };
    for (const [adder, remover] of [[ours, theirs], [theirs, ours]] as const) {
      await mustCall(host, "bridge", adder);
      await mustCall(host, "bridge", { ...remover, command: "DEL" });
      assertEquals(await attachmentsOf(host), before);
    }
  },
  { needs: ["nft", `${REFERENCE_BIN}/bridge`] },
);
