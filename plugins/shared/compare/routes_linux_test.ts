import { assertEquals, assertRejects } from "@std/assert";
import { CniCode, CniError, type Route } from "../../../lib/spec/mod.ts";
import { fakeIp } from "../testing/mod.ts";
import { checkRoutes } from "./routes_linux.ts";

const ROUTES = [
  { dst: "default", gateway: "10.0.0.1", dev: "eth0" },
  { dst: "10.1.0.0/16", gateway: "10.0.0.9", dev: "eth0" },
  { dst: "10.2.0.7", dev: "eth1", flags: [] },
  {
    dst: "10.3.0.0/16",
    via: { family: "inet6", host: "fd00::9" },
    dev: "eth0",
  },
  { dst: "10.4.0.0/16", nexthops: [{ gateway: "10.0.0.7" }, { dev: "eth1" }] },
  { dst: "fd01::/64", gateway: "fd00::1", dev: "eth0" },
  { dst: "fd02::7", dev: "eth0" },
  { dst: "default", gateway: "fd00::1", dev: "eth0" },
];

/** Whether a route is found; where it is not, the error is that of a CHECK. */
async function isFound(
  route: Route,
  { dev, routes = ROUTES }: {
    readonly dev?: string;
    readonly routes?: readonly Readonly<Record<string, unknown>>[];
  } = {},
): Promise<boolean> {
  const { run } = fakeIp({ routes });
  const where = { run, ...(dev === undefined ? {} : { dev }) };
  try {
    await checkRoutes([route], where);
    return true;
  } catch (error) {
    assertEquals((error as CniError).code, CniCode.Internal);
    return false;
  }
}

Deno.test("checkRoutes() finds routes by destination and next hop", async (t) => {
  const cases: readonly (readonly [Route, boolean])[] = [
    [{ dst: "10.1.0.0/16" }, true],
    [{ dst: "10.1.9.9/16" }, true],
    [{ dst: "10.1.0.0/17" }, false],
    [{ dst: "10.1.0.0/16", gw: "10.0.0.9" }, true],
    [{ dst: "10.1.0.0/16", gw: "10.0.0.8" }, false],
    [{ dst: "10.2.0.7/32" }, true],
    [{ dst: "10.2.0.7/31" }, false],
    [{ dst: "10.3.0.0/16", gw: "fd00::9" }, true],
    [{ dst: "10.4.0.0/16", gw: "10.0.0.7" }, true],
    [{ dst: "10.4.0.0/16", gw: "10.0.0.6" }, false],
    [{ dst: "fd01::/64", gw: "fd00::1" }, true],
    [{ dst: "fd02::7/128" }, true],
    [{ dst: "fd03::/64" }, false],
  ];
  for (const [route, expected] of cases) {
    await t.step(`${route.dst} via ${route.gw}`, async () => {
      assertEquals(await isFound(route), expected);
    });
  }
});

Deno.test("checkRoutes() takes any next hop of a default route of its family", async (t) => {
  const [ipv4, ipv6] = [{ dst: "0.0.0.0/0" }, { dst: "::/0" }];
  const only4 = ROUTES.filter(({ gateway }) => gateway === "10.0.0.1");
  const none = [{ dst: "default", dev: "eth0" }];
  const cases: Record<string, readonly [Promise<boolean>, boolean]> = {
    "of IPv4": [isFound(ipv4), true],
    "of IPv6": [isFound(ipv6), true],
    "with another next hop": [isFound({ ...ipv4, gw: "10.0.0.7" }), true],
    "of the other family": [isFound(ipv6, { routes: only4 }), false],
    "without a next hop": [isFound(ipv4, { routes: none }), true],
    "none at all": [isFound(ipv4, { routes: [] }), false],
  };
  for (const [why, [found, expected]] of Object.entries(cases)) {
    await t.step(why, async () => assertEquals(await found, expected));
  }
});

Deno.test("checkRoutes() looks at one link, where it is named", async () => {
  assertEquals(await isFound({ dst: "10.1.0.0/16" }, { dev: "eth0" }), true);
  assertEquals(await isFound({ dst: "10.1.0.0/16" }, { dev: "eth1" }), false);
});

Deno.test("checkRoutes() asks for all tables of a family, once", async () => {
  const { run, commands } = fakeIp({ routes: ROUTES });
  await checkRoutes([], { run });
  assertEquals(commands, []);
  const netns = "/run/netns/c1";
  const route = { dst: "10.1.0.0/16" };
  await checkRoutes([route, route], { run, netns });
  await checkRoutes([{ dst: "fd02::7/128" }], { run });
  const show = ["route", "show", "table", "all"];
  const of = (flag: string) => ({ program: "ip", args: ["-j", flag, ...show] });
  assertEquals(commands, [
    { ...of("-4"), netns },
    of("-6"),
  ]);
});

Deno.test("checkRoutes() says which route it misses, and where", async () => {
  const { run } = fakeIp({});
  const route = { dst: "10.1.0.0/16", gw: "10.0.0.9" };
  const inHost = () => checkRoutes([route], { run });
  await assertRejects(inHost, CniError, "10.1.0.0/16 via 10.0.0.9 in the host");
  const inside = () => checkRoutes([route], { run, netns: "/n" });
  const error = await assertRejects(inside, CniError);
  assertEquals(error.message.endsWith("10.1.0.0/16 via 10.0.0.9"), true);
});
