import { assertEquals, assertRejects } from "@std/assert";
import { CniCode, CniError } from "../spec/mod.ts";
import { fakeRun } from "./_testing.ts";
import { readLink, readLinks } from "./read_link_linux.ts";

Deno.test("readLink() reads a link of the host", async () => {
  const run = fakeRun(() => ({ stdout: '[{"ifindex":3,"ifname":"br0"}]\n' }));
  const link = await readLink("br0", { run });
  assertEquals([link?.name, link?.index], ["br0", 3]);
  assertEquals(run.commands, [
    { program: "ip", args: ["-j", "-d", "addr", "show", "dev", "br0"] },
  ]);
});

Deno.test("readLink() reads a link of the container", async () => {
  const run = fakeRun(() => ({ stdout: '[{},{"ifname":"eth0"}]' }));
  const netns = "/proc/7/ns/net";
  assertEquals((await readLink("eth0", { run, netns }))?.name, "eth0");
  assertEquals(run.commands, [{
    program: "ip",
    args: ["-j", "-d", "addr", "show", "dev", "eth0"],
    netns,
  }]);
});

Deno.test("readLink() knows a link that is not there", async () => {
  const words = [
    'Device "br0" does not exist.\n',
    'Cannot find device "br0"\n',
    "ip: can't find device 'br0'\n",
    "RTNETLINK answers: No such device\n",
  ];
  for (const stderr of words) {
    const run = fakeRun(() => ({ status: 1, stderr }));
    assertEquals(await readLink("br0", { run }), undefined, stderr);
  }
});

Deno.test("readLink() throws when it cannot look", async () => {
  const stderr = "Cannot open netlink socket: Operation not permitted\n";
  const run = fakeRun(() => ({ status: 1, stderr }));
  const error = await assertRejects(() => readLink("br0", { run }), CniError);
  assertEquals(
    [error.code, error.details],
    [CniCode.Internal, stderr.trim()],
  );
});

Deno.test("readLinks() reads those of the host that are there, by one process", async () => {
  const run = fakeRun(() => ({
    status: 1,
    stdout: '[{"ifname":"br0"}]\n',
    stderr: 'Device "gone" does not exist.\nCommand failed -:2\n',
  }));
  const links = await readLinks(["br0", "gone", "no name"], run);
  assertEquals(links.map(({ name }) => name), ["br0"]);
  assertEquals(run.commands, [{
    program: "ip",
    args: ["-j", "-d", "-force", "-batch", "-"],
    stdin: "addr show dev br0\naddr show dev gone\n",
  }]);
});

Deno.test("readLinks() starts nothing for no links, and throws when it cannot look", async () => {
  const run = fakeRun(() => ({ status: 255, stderr: "Cannot open netlink\n" }));
  assertEquals(await readLinks([], run), []);
  assertEquals(run.commands, []);
  await assertRejects(() => readLinks(["br0"], run), CniError);
});
