import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { CniCode, CniError } from "../../../lib/spec/mod.ts";
import { parseSubnetEnv, type SubnetEnv } from "./subnet_env.ts";

const FILE = "/run/flannel/subnet.env";

const IPV4 = "FLANNEL_NETWORK=10.1.0.0/16\nFLANNEL_SUBNET=10.1.17.1/24\n";
const IPV6 = "FLANNEL_IPV6_NETWORK=fc00::/48\nFLANNEL_IPV6_SUBNET=fc00::1/64\n";
const REST = "FLANNEL_MTU=1472\nFLANNEL_IPMASQ=true\n";

const PARSED4: SubnetEnv = {
  networks: ["10.1.0.0/16"],
  subnet: "10.1.17.0/24",
  ipv6Networks: [],
  mtuBytes: 1472,
  ipMasq: true,
};

Deno.test("parseSubnetEnv() reads what flanneld writes", async (t) => {
  const cases: Record<string, readonly [string, SubnetEnv]> = {
    "IPv4": [IPV4 + REST, PARSED4],
    "IPv6": [IPV6 + REST, {
      networks: [],
      ipv6Networks: ["fc00::/48"],
      ipv6Subnet: "fc00::/64",
      mtuBytes: 1472,
      ipMasq: true,
    }],
    "both": [IPV4 + IPV6 + REST, {
      ...PARSED4,
      ipv6Networks: ["fc00::/48"],
      ipv6Subnet: "fc00::/64",
    }],
    "any order": [REST + IPV4, PARSED4],
    "CR LF": [(IPV4 + REST).replaceAll("\n", "\r\n"), PARSED4],
    "no newline at the end": [(IPV4 + REST).trimEnd(), PARSED4],
    "comments, blank lines and other keys": [
      `# by hand\n\nFLANNEL_OTHER=1\n#FLANNEL_MTU=1\nMTU\n${IPV4}${REST}`,
      PARSED4,
    ],
    "several networks": [
      "FLANNEL_NETWORK=10.1.5.9/16,10.2.0.0/16,10.1.0.0/16,10.2.0.0/15\n" +
      "FLANNEL_SUBNET=10.1.17.1/24\n" + REST,
      { ...PARSED4, networks: ["10.1.0.0/16", "10.2.0.0/16", "10.2.0.0/15"] },
    ],
    "IPv6 in other letters": [
      "FLANNEL_IPV6_NETWORK=FC00:0:0:0::/48,2001:DB8::1/32\n" +
      "FLANNEL_IPV6_SUBNET=FC00:0::1/64\n" + REST,
      {
        networks: [],
        ipv6Networks: ["fc00::/48", "2001:db8::/32"],
        ipv6Subnet: "fc00::/64",
        mtuBytes: 1472,
        ipMasq: true,
      },
    ],
    "a family under the other's key": [
      "FLANNEL_NETWORK=fc00::/48\nFLANNEL_SUBNET=fc00::1/64\n" + REST,
      { ...PARSED4, networks: ["fc00::/48"], subnet: "fc00::/64" },
    ],
    "the smallest MTU": [
      IPV4 + "FLANNEL_MTU=000\nFLANNEL_IPMASQ=false",
      { ...PARSED4, mtuBytes: 0, ipMasq: false },
    ],
    "the largest MTU": [
      IPV4 + "FLANNEL_MTU=4294967295\nFLANNEL_IPMASQ=true",
      { ...PARSED4, mtuBytes: 4294967295 },
    ],
  };
  for (const [why, [text, expected]] of Object.entries(cases)) {
    await t.step(why, () => {
      assertEquals(parseSubnetEnv(text, FILE), expected);
    });
  }
});

Deno.test("parseSubnetEnv() names what is missing", async (t) => {
  const cases: Record<string, readonly [string, string]> = {
    "all": [
      "",
      "FLANNEL_NETWORK, FLANNEL_IPV6_NETWORK, FLANNEL_SUBNET, " +
      "FLANNEL_IPV6_SUBNET, FLANNEL_MTU, FLANNEL_IPMASQ",
    ],
    "the network": [
      "FLANNEL_SUBNET=10.1.17.1/24\n" + REST,
      "FLANNEL_NETWORK, FLANNEL_IPV6_NETWORK",
    ],
    "the subnet": [
      "FLANNEL_NETWORK=10.1.0.0/16\n" + REST,
      "FLANNEL_SUBNET, FLANNEL_IPV6_SUBNET",
    ],
    "the rest": [IPV4, "FLANNEL_MTU, FLANNEL_IPMASQ"],
  };
  for (const [why, [text, keys]] of Object.entries(cases)) {
    await t.step(why, () => {
      const { message } = refusal(text);
      assertEquals(
        message,
        `failed to load flannel 'subnet.env' file: ${FILE} is missing ${keys}`,
      );
    });
  }
});

Deno.test("parseSubnetEnv() names the line of what will not do", async (t) => {
  const at = (line: string) => `${IPV4}${line}\n${REST}`;
  const cases: Record<string, readonly [text: string, names: string[]]> = {
    "no value": [at("FLANNEL_MTU"), ["line 3", "FLANNEL_MTU"]],
    "given twice": [
      at("FLANNEL_SUBNET=10.1.17.1/24"),
      ["line 3", "line 2", "FLANNEL_SUBNET"],
    ],
    "MTU given twice": [at("FLANNEL_MTU=1472"), ["line 4", "line 3"]],
    "a subnet that is none": [
      "FLANNEL_SUBNET=10.1.17.1\n" + REST + "FLANNEL_NETWORK=10.1.0.0/16",
      ["line 1", "invalid CIDR address: 10.1.17.1", "FLANNEL_SUBNET"],
    ],
    "octal": [
      "FLANNEL_NETWORK=010.1.0.0/16\nFLANNEL_SUBNET=10.1.17.1/24\n" + REST,
      ["line 1", "invalid CIDR address: 010.1.0.0/16"],
    ],
    "empty": [
      "FLANNEL_NETWORK=\nFLANNEL_SUBNET=10.1.17.1/24\n" + REST,
      ["line 1", "FLANNEL_NETWORK"],
    ],
    "a blank in a list": [
      "FLANNEL_NETWORK=10.1.0.0/16, 10.2.0.0/16\nFLANNEL_SUBNET=10.1.17.1/24\n" +
      REST,
      ["line 1", "invalid CIDR address:  10.2.0.0/16"],
    ],
    "quotes": [
      IPV4 + 'FLANNEL_MTU="1472"\nFLANNEL_IPMASQ=true',
      ["line 3", "FLANNEL_MTU"],
    ],
    "MTU with a sign": [
      IPV4 + "FLANNEL_MTU=-1\nFLANNEL_IPMASQ=true",
      ["line 3", "FLANNEL_MTU"],
    ],
    "MTU of more than 32 bits": [
      IPV4 + "FLANNEL_MTU=4294967296\nFLANNEL_IPMASQ=true",
      ["line 3", "FLANNEL_MTU"],
    ],
    "neither true nor false": [
      IPV4 + "FLANNEL_MTU=1\nFLANNEL_IPMASQ=True",
      ["line 4", "FLANNEL_IPMASQ", '"True"'],
    ],
    "blanks around the sign": [
      IPV4 + "FLANNEL_MTU = 1472\nFLANNEL_IPMASQ=true",
      ["is missing FLANNEL_MTU", "line 3"],
    ],
    "not from the start of the line": [
      IPV4 + "export FLANNEL_MTU=1472\nFLANNEL_IPMASQ=true",
      ["is missing FLANNEL_MTU", "line 3"],
    ],
  };
  for (const [why, [text, names]] of Object.entries(cases)) {
    await t.step(why, () => {
      const told = refusal(text).toString();
      for (const name of names) assertStringIncludes(told, name);
      assertStringIncludes(told, "check the flannel pod log for this node");
    });
  }
});

function refusal(text: string): CniError {
  const error = assertThrows(() => parseSubnetEnv(text, FILE), CniError);
  assertEquals(error.code, CniCode.InvalidConfig);
  return error;
}
