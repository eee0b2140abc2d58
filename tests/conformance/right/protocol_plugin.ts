/**
 * A small plugin that does everything right, and one thing wrong if `FAULT`
 * names it: the cases of the suite have to pass it, and to catch each fault. It
 * shares no code with the plugins or the library, so that the suite is not
 * proved by what it is to judge.
 *
 * It makes a pair of links, and asks an IPAM plugin for the address if it is
 * told to.
 */

type Json = Record<string, unknown>;

const env = Deno.env.toObject();
const fault = env.FAULT ?? "";
const command = env.CNI_COMMAND ?? "";
const containerId = env.CNI_CONTAINERID ?? "";
const netns = env.CNI_NETNS ?? "";
const ifname = env.CNI_IFNAME ?? "";
const STATE = "/var/lib/cni/right";
const VERSIONS = [
  "0.1.0",
  "0.2.0",
  "0.3.0",
  "0.3.1",
  "0.4.0",
  "1.0.0",
  "1.1.0",
];
let speaks: string | undefined;

class Failure extends Error {
  constructor(readonly code: number, message: string) {
    super(message);
  }
}

function has(name: string): boolean {
  return fault === name;
}

async function run(): Promise<unknown> {
  if (command === "VERSION") {
    if (has("version-needs-path")) requireVariables("CNI_PATH");
    if (has("version-empty")) return undefined;
    const asked = JSON.parse(await readStdin()).cniVersion;
    return { cniVersion: asked, supportedVersions: VERSIONS };
  }
  if (!has("ignores-variables")) checkVariables();
  else if (isIncomplete()) return { cniVersion: "1.1.0", ips: [] };
  const config = await readConfig();
  switch (command) {
    case "ADD":
      return await add(config);
    case "DEL":
      return await del(config);
    case "CHECK":
      return await check(config);
    case "GC":
      return await gc(config);
    case "STATUS":
      return await status(config);
  }
  if (has("any-command")) return undefined;
  throw new Failure(4, `there is no CNI_COMMAND ${command}`);
}

function isIncomplete(): boolean {
  const needs: Record<string, string[]> = {
    ADD: [containerId, netns, ifname],
    CHECK: [containerId, netns, ifname],
    DEL: [containerId, ifname],
    GC: [env.CNI_PATH ?? ""],
  };
  return (needs[command] ?? []).includes("");
}

function checkVariables(): void {
  if (command === "GC" || has("needs-path")) requireVariables("CNI_PATH");
  if (command === "GC" || command === "STATUS") return;
  requireVariables("CNI_CONTAINERID", "CNI_IFNAME");
  if (command !== "DEL" || has("del-needs-netns")) {
    requireVariables("CNI_NETNS");
  }
  if (!/^[a-zA-Z0-9][\w.-]*$/.test(containerId)) invalid("CNI_CONTAINERID");
  const isName = /^[^/:\s]{1,15}$/.test(ifname) && !/^\.\.?$/.test(ifname);
  if (!isName && !has("any-ifname")) invalid("CNI_IFNAME");
}

function requireVariables(...names: readonly string[]): void {
  for (const name of names) if (!env[name]) invalid(name);
}

function invalid(name: string): never {
  const code = has("code-42") ? 42 : 4;
  const text = has("error-vague") ? "a variable" : name;
  throw new Failure(code, `${text} is missing or malformed`);
}

async function readStdin(): Promise<string> {
  const bytes = await new Response(Deno.stdin.readable).bytes();
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}

async function readConfig(): Promise<Json> {
  let config: unknown;
  try {
    config = JSON.parse(await readStdin());
    if (!isObject(config)) throw new Failure(6, "stdin is no object");
  } catch {
    if (has("lenient-json")) Deno.exit(0);
    if (has("trace")) throw new Deno.errors.InvalidData("stdin");
    if (has("crash")) Deno.kill(Deno.pid, "SIGABRT");
    if (has("hang")) await new Promise((done) => setTimeout(done, 60_000));
    if (has("two-errors")) write({ code: 6, msg: "first" });
    throw new Failure(6, "stdin is no JSON object");
  }
  if (!isObject(config)) throw new Error();
  const { cniVersion = "0.1.0", name } = config;
  if (typeof cniVersion === "string" && VERSIONS.includes(cniVersion)) {
    speaks = cniVersion;
  } else if (has("any-version")) speaks = "1.1.0";
  else throw new Failure(1, `cniVersion is ${JSON.stringify(cniVersion)}`);
  const isName = typeof name === "string" && /^[a-zA-Z0-9][\w.-]*$/.test(name);
  if (!isName && !has("any-name")) throw new Failure(7, "name is malformed");
  checkKeys(config);
  return config;
}

function checkKeys({ type, ipam, dns, args, runtimeConfig, ...rest }: Json) {
  const isFine = typeof type === "string" &&
    [ipam, dns, args, runtimeConfig, rest.prevResult].every((one) =>
      one === undefined || isObject(one)
    );
  if (has("trace-on-odd-keys") && !isFine) throw new TypeError("a key");
  const isResult = rest.prevResult === undefined ||
    isResultLike(rest.prevResult);
  if (has("any-prevresult")) return;
  if (!isFine || !isResult) throw new Failure(7, "a key is of a wrong type");
  const isRefused = "refuse" in rest && rest.refuse !== false;
  if (isRefused && !has("takes-refused")) throw new Failure(7, "refuse is set");
}

function isResultLike(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { ips = [], interfaces = [], routes = [] } = value;
  return [ips, interfaces, routes].every((list) =>
    Array.isArray(list) && list.every(isObject)
  ) && (ips as Json[]).every(({ address }) => isCidr(address)) &&
    (routes as Json[]).every(({ dst }) => isCidr(dst));
}

function isCidr(value: unknown): boolean {
  return typeof value === "string" && /^[0-9a-f.:]+\/\d+$/.test(value);
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The file that stands for this attachment, and the link on the host. */
function stateFile(config: Json, id = containerId, name = ifname): string {
  return `${STATE}/${config.name}-${id}-${name}`;
}

async function hostLink(file: string): Promise<string> {
  const bytes = new TextEncoder().encode(file);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-1", bytes));
  return `rp${hash.toHex().slice(0, 10)}`;
}

async function add(config: Json): Promise<Json> {
  const file = stateFile(config);
  if (has("serves-one") && names().length > 0) throw new Failure(999, "busy");
  if (has("any-ifname") && /[/:\s]|^\.\.?$|.{16}/.test(ifname)) {
    return resultOf("10.197.0.2/24");
  }
  if (has("add-silent")) return undefined as unknown as Json;
  let address = "10.197.0.2/24";
  try {
    const given = await delegate(config, "ADD");
    if (given !== undefined) address = addressIn(given) ?? address;
  } catch (error) {
    if (!has("ignores-ipam-failure")) throw error;
  }
  const link = await hostLink(file);
  try {
    await exec(
      "ip",
      "link",
      "add",
      link,
      "type",
      "veth",
      "peer",
      "name",
      ifname,
      "netns",
      netns,
    );
  } catch (error) {
    await delegate(config, "DEL").catch(() => {});
    throw error;
  }
  Deno.mkdirSync(STATE, { recursive: true });
  Deno.writeTextFileSync(file, link);
  if (has("log-on-stdout")) console.log("adding a link");
  return resultOf(address);
}

function resultOf(address: string): Json {
  const cniVersion = has("result-version") ? "0.9.9" : speaks;
  const interfaces = [{ name: ifname, sandbox: netns }];
  const text = has("bad-address") ? "10.197.0.2" : address;
  const newest = {
    cniVersion,
    interfaces,
    ips: [{ address: text, interface: 0 }],
  };
  if (has("newest-shape")) return newest;
  if (speaks === "0.1.0" || speaks === "0.2.0") {
    return { cniVersion, ip4: { ip: text }, dns: {} };
  }
  if (speaks?.startsWith("0.")) {
    return { ...newest, ips: [{ version: "4", address: text, interface: 0 }] };
  }
  return newest;
}

function addressIn({ ips, ip4 }: Json): string | undefined {
  const [first] = Array.isArray(ips) ? ips as Json[] : [];
  const old = isObject(ip4) ? ip4.ip : undefined;
  return (first?.address ?? old) as string | undefined;
}

async function del(config: Json): Promise<undefined> {
  const file = stateFile(config);
  if (has("del-fails")) throw new Failure(999, "DEL fails");
  if (has("del-once") && !isThere(file)) throw new Failure(999, "not there");
  const link = await hostLink(file);
  const look = await new Deno.Command("ip", {
    args: ["link", "show", link],
    stdout: "null",
    stderr: "null",
  }).output();
  if (has("del-needs-link") && !look.success) throw new Failure(999, "no link");
  await delegate(config, "DEL");
  if (look.success) await exec("ip", "link", "del", link);
  if (isThere(file)) Deno.removeSync(file);
}

async function check(config: Json): Promise<unknown> {
  if (has("check-fails")) throw new Failure(999, "CHECK fails");
  // Here too, as calls that begin together need not meet at ADD.
  if (has("serves-one") && names().length > 1) throw new Failure(999, "busy");
  if (!has("any-prevresult") && !isObject(config.prevResult)) {
    throw new Failure(7, "prevResult is missing");
  }
  const file = stateFile(config);
  if (!isThere(file)) throw new Failure(999, "it was not added");
  const link = Deno.readTextFileSync(file);
  await exec("ip", "link", "show", link);
  await delegate(config, "CHECK");
  return has("check-prints") ? config.prevResult : undefined;
}

async function gc(config: Json): Promise<undefined> {
  const list = config["cni.dev/valid-attachments"];
  const valid = (Array.isArray(list) ? list as Json[] : []).map((one) =>
    stateFile(config, String(one.containerID), String(one.ifname))
  );
  await delegate(config, "GC");
  for (const name of names()) {
    const file = `${STATE}/${name}`;
    const isOurs = name.startsWith(`${config.name}-`);
    if (!isOurs || (valid.includes(file) && !has("gc-takes-all"))) continue;
    await exec("ip", "link", "del", Deno.readTextFileSync(file))
      .catch(() => {});
    Deno.removeSync(file);
  }
}

async function status(config: Json): Promise<undefined> {
  if (has("status-fails")) throw new Failure(50, "STATUS fails");
  if (has("status-breaks")) Deno.removeSync(STATE, { recursive: true });
  await delegate(config, "STATUS");
}

/** Has the IPAM plugin, if there is one, do the same. */
async function delegate(
  config: Json,
  verb: string,
): Promise<Json | undefined> {
  const ipam = config.ipam as Json | undefined;
  if (ipam === undefined || has("ignores-ipam")) return undefined;
  if (has(`keeps-${verb}`)) return undefined;
  const folders = (env.CNI_PATH ?? "").split(":");
  const file = folders.map((folder) => `${folder}/${ipam.type}`)
    .find(isThere);
  if (file === undefined) throw new Failure(7, "there is no such IPAM plugin");
  const variables: Record<string, string> = { ...env, CNI_COMMAND: verb };
  if (has("drops-args")) delete variables.CNI_ARGS;
  if (has("drops-environment")) delete variables.CNI_CONTAINERID;
  const child = new Deno.Command(file, {
    env: variables,
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(config)));
  await writer.close();
  const { success, stdout } = await child.output();
  const text = new TextDecoder().decode(stdout);
  const reply = text === "" ? undefined : JSON.parse(text) as Json;
  if (success) return reply;
  throw new Failure(Number(reply?.code ?? 999), String(reply?.msg ?? "IPAM"));
}

function names(): readonly string[] {
  try {
    return [...Deno.readDirSync(STATE)].map(({ name }) => name);
  } catch {
    return [];
  }
}

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

async function exec(program: string, ...args: string[]): Promise<void> {
  const output = await new Deno.Command(program, { args }).output();
  if (output.success) return;
  throw new Failure(999, new TextDecoder().decode(output.stderr).trim());
}

function write(value: unknown): void {
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(value)));
}

try {
  const result = await run();
  if (result !== undefined) write(result);
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  if (has("status-0")) {
    write({ code: error.code, msg: error.message });
    Deno.exit(0);
  }
  if (has("plain-errors")) console.error(error.message);
  else write({ cniVersion: speaks, code: error.code, msg: error.message });
  Deno.exit(1);
}
