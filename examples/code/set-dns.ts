#!/usr/bin/env -S deno run --quiet --allow-env
// A chained plugin: gives the container the name servers of its configuration.
import {
  createContext,
  definePlugin,
  denoProcess,
  dnsOf,
  prevResultOf,
  type Request,
  runPlugin,
} from "@cni/toolkit/plugin";

function nameServers({ config }: Request): readonly string[] {
  const servers = config.fields.strings("servers") ?? [];
  if (servers.length > 0) return servers;
  throw config.fields.invalid("servers", 'addresses such as ["10.0.0.53"]');
}

const setDns = definePlugin({
  name: "set-dns",
  add: (request) =>
    Promise.try(() => {
      const nameservers = nameServers(request);
      const before = prevResultOf(request.config) ?? {};
      return { ...before, dns: { ...dnsOf(request.config), nameservers } };
    }),
  check: (request) => Promise.try(() => void nameServers(request)),
  del: () => Promise.resolve(), // Nothing is kept, so nothing is left.
});

const context = createContext({ warn: (text) => console.error(text) });
const how = { process: denoProcess, context, programVersion: "1.0.0" };
Deno.exit(await runPlugin(setDns, how));
