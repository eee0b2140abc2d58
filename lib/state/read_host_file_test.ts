import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { CniCode, CniError } from "../spec/mod.ts";
import { readHostFile } from "./read_host_file.ts";

const ORIGIN = { key: "ipam.resolvConf" };

Deno.test("readHostFile() follows a link, as /etc/resolv.conf is one", () => {
  const folder = Deno.makeTempDirSync();
  Deno.writeTextFileSync(`${folder}/real`, "domain x\n");
  Deno.symlinkSync("real", `${folder}/link`);
  assertEquals(readHostFile(`${folder}/link`, ORIGIN), "domain x\n");
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("readHostFile() tells of a missing file", () => {
  const read = () => readHostFile("/nowhere/resolv.conf", ORIGIN);
  const error = assertThrows(read, CniError);
  assertEquals(error.code, CniCode.IoFailure);
  assertStringIncludes(error.message, "ipam.resolvConf");
  assertStringIncludes(error.message, "/nowhere/resolv.conf");
});

Deno.test({
  name: "readHostFile() names the remedy for a path out of permission",
  permissions: { read: ["/tmp/cni-permitted"] },
  fn: () => {
    const read = () => readHostFile("/srv/resolv.conf", ORIGIN);
    const error = assertThrows(read, CniError);
    assertEquals(error.code, CniCode.InvalidConfig);
    assertStringIncludes(error.toString(), "ipam.resolvConf");
    assertStringIncludes(error.details, "READ_DIRS=/srv/resolv.conf");
  },
});
