import { assertEquals } from "@std/assert";
import { parseCidr } from "../net/mod.ts";
import { masqueradeText } from "./masquerade_text.ts";

const MASQUERADE = {
  network: "n1",
  containerId: "c1",
  ifname: "eth0",
  ips: ["10.0.0.2/24", "fd00::2/64"].map(parseCidr),
};

Deno.test("masqueradeText() writes iptables commands for each family", async () => {
  const chain = "CNI-7be53730afe4dc6eb2178d03";
  const comment = '-m comment --comment "name: \\"n1\\" id: \\"c1\\""';
  assertEquals(await masqueradeText(MASQUERADE, "iptables"), [
    `iptables -t nat -N ${chain}`,
    `iptables -t nat -A ${chain} -d 10.0.0.0/24 ${comment} -j ACCEPT`,
    `iptables -t nat -A ${chain} ! -d 224.0.0.0/4 ${comment} -j MASQUERADE`,
    `iptables -t nat -A POSTROUTING -s 10.0.0.2/32 ${comment} -j ${chain}`,
    `ip6tables -t nat -N ${chain}`,
    `ip6tables -t nat -A ${chain} -d fd00::/64 ${comment} -j ACCEPT`,
    `ip6tables -t nat -A ${chain} ! -d ff00::/8 ${comment} -j MASQUERADE`,
    `ip6tables -t nat -A POSTROUTING -s fd00::2/128 ${comment} -j ${chain}`,
  ]);
});

Deno.test("masqueradeText() writes nft commands, each one word of the shell", async () => {
  const lines = await masqueradeText(MASQUERADE, "nftables");
  assertEquals(lines.length, 9);
  assertEquals(lines[0], "nft 'add table inet cni_plugins_masquerade'");
  assertEquals(lines.filter((line) => !/^nft '[^']+'$/.test(line)), []);
});
